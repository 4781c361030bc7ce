import { expect } from "chai";
import type { Page } from "playwright-core";
import { asOwner } from "../support/database.ts";
import { makeUser } from "../support/people.ts";
import { button, entriesOf, link, onPage, sendIn } from "../support/pages.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";
import { useFresh } from "../support/suite-resource.ts";

describe("the page of a blocked user", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ office: {}, application: {} });
  const user = useFresh(() => makeUser(vestibule.services, vestibule.office));

  async function blockFor(interval: string): Promise<void> {
    await asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, blocked_until) values (home_of($1), $1, $2, now() + $3::interval)
       on conflict (home, office_id, user_id) do update set blocked_until = excluded.blocked_until`,
      [vestibule.office.id, user.id, interval],
    );
  }

  async function signIn(page: Page): Promise<void> {
    await page.goto(vestibule.request().url);
    await sendIn(page, entriesOf(user));
  }

  it("says until when, and counts down", async () => {
    const { page } = await open({ timezoneId: "Asia/Kolkata" });
    await blockFor("15 minutes");
    await signIn(page);
    await onPage(page, "You are blocked for 15 minutes");
    expect(await page.getByRole("timer", { name: "Time left" }).innerText()).to.match(/^(15:00|14:5\d)$/);
    const printed = await page.locator("time").innerText();
    const until = new Date((await page.locator("time").getAttribute("datetime")) ?? "");
    const here = { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Kolkata", hourCycle: "h23" } as const;
    expect(printed).to.contain(until.toLocaleTimeString("en", here));
  });

  it("says until when without JavaScript too, with the server's zone", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await blockFor("15 minutes");
    await signIn(page);
    await onPage(page, "You are blocked for 15 minutes");
    expect(await page.locator("time").innerText()).to.match(/^(\w+,? )?(at )?\d\d:\d\d \S+$/);
    expect(await page.getByRole("timer").innerText()).to.equal("");
    await blockFor("-1 seconds");
    await link(page, "Try again").click();
    await onPage(page, "Arrived");
  });

  it("goes on by itself when the block ends", async () => {
    const { page } = await open();
    await blockFor("4 seconds");
    await signIn(page);
    await onPage(page, "You are blocked for 1 minute");
    await onPage(page, "Arrived");
  });

  it("does not say fifteen minutes when it is longer", async () => {
    const { page } = await open();
    await blockFor("24 hours");
    await signIn(page);
    await onPage(page, "You are blocked for 24 hours");
    expect(await page.getByRole("timer").innerText()).to.match(/^2[34]:\d\d:\d\d$/);
    expect(await page.locator("time").innerText()).to.match(/day\b/);
  });

  it("offers a new password as the way around", async () => {
    const { page } = await open();
    await blockFor("15 minutes");
    await signIn(page);
    expect(await page.getByText("we will email you a link to set a new password").count()).to.equal(1);
    await link(page, "Set a new password").click();
    await onPage(page, "Forgot your password?");
    await link(page, "Back to sign-in").click();
    await onPage(page, "You are blocked for 15 minutes");
  });

  it("lets the user cancel", async () => {
    const { page } = await open();
    await blockFor("15 minutes");
    await signIn(page);
    await button(page, "Cancel").click();
    await onPage(page, "Arrived");
    expect(new URL(page.url()).searchParams.get("error")).to.equal("access_denied");
  });
});

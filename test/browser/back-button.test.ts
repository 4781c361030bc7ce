import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff, type Staff } from "../support/console.ts";
import { button, entriesOf, link, onPage, sendIn } from "../support/pages.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

const ANNA = { name: "Anna Jansen", mail: "anna@noord.example", language: "nl" };
const NOTHING = { name: "", mail: "", language: "" };

describe("the back button of a browser", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule({ office: { name: "Noord & Zonen" } });
  const { office, services } = vestibule;
  const superuser = () => makeStaff(services, office, { role: "superuser" });

  it("gives back what was typed and never sent, after a link and after a step forward", async () => {
    const page = await addPage(await superuser());
    await type(page);
    await link(page, "Users").first().click();
    await onPage(page, "Users");
    await back(page);
    expect(await typedOn(page)).to.deep.equal(ANNA);
    await page.locator("#name").fill("Anna de Vries");
    await page.goForward();
    await onPage(page, "Users");
    await back(page);
    expect(await typedOn(page), "with the cursor still in the box").to.deep.equal({
      ...ANNA,
      name: "Anna de Vries",
    });
  });

  it("gives back nothing once the form was sent", async () => {
    const page = await addPage(await superuser());
    await type(page);
    await page.locator("#username").fill("anna");
    await page.getByRole("checkbox").uncheck();
    await button(page, "Add").click();
    await onPage(page, ANNA.name);
    await back(page);
    expect(await typedOn(page)).to.deep.include({ name: "", mail: "" });
  });

  it("gives back nothing to another user of the same window", async () => {
    const first = await superuser();
    const page = await addPage(first);
    await type(page);
    const address = page.url();
    const before = await page.evaluate<unknown>("history.state");
    await page.goto(`${vestibule.issuer}/sign-out`);
    await button(page, "Sign out").click();
    await onPage(page, "You are signed out");
    await page.goto(address);
    await signIn(page, await superuser());
    expect(await typedOn(page), "on a new page").to.deep.equal(NOTHING);
    await page.evaluate(`history.replaceState(${JSON.stringify(before)}, "")`);
    await page.reload();
    expect(await typedOn(page), "in the same place of the history").to.deep.include({ name: "", mail: "" });
  });

  it("keeps no password and no code in the history", async () => {
    const staff = await superuser();
    const page = await addPage(staff);
    await page.goto(`${vestibule.issuer}/account/password`);
    await page.locator("#currentPassword").fill("not to be kept");
    await page.locator("#newPassword").fill("not to be kept");
    await page.locator("#newPassword").blur();
    expect(JSON.stringify(await page.evaluate<unknown>("history.state"))).to.not.contain("not to be kept");
  });

  async function type(page: Page): Promise<void> {
    await page.locator("#name").fill(ANNA.name);
    await page.locator("#mail").fill(ANNA.mail);
    await page.locator("#language").selectOption(ANNA.language);
  }

  async function typedOn(page: Page) {
    const [name = "", mail = "", language = ""] = await Promise.all(
      ["#name", "#mail", "#language"].map((box) => page.locator(box).inputValue()),
    );
    return { name, mail, language };
  }

  async function back(page: Page): Promise<void> {
    await page.goBack();
    await onPage(page, "Add a user");
  }

  async function addPage(staff: Staff): Promise<Page> {
    const { page } = await open({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${vestibule.issuer}/console/o/${office.code}/users/add`);
    await signIn(page, staff);
    return page;
  }

  async function signIn(page: Page, staff: Staff): Promise<void> {
    await sendIn(page, entriesOf(staff.user));
    await page.getByLabel("Verification code").fill(await new App(staff.secret).code());
    await onPage(page, "Add a user");
  }
});

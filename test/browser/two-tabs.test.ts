import { expect } from "chai";
import type { Page } from "playwright-core";
import { asOwner } from "../support/database.ts";
import { button, entriesOf, fillIn, onPage, sendIn, wrongField } from "../support/pages.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("impatience and second tabs", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ user: {}, application: {} });
  const address = () => vestibule.request().url;

  /** Complete sign-ins since the suite began. */
  async function signIns(): Promise<number> {
    const rows = await asOwner(vestibule.database, "select 1 from audit_events where type = 'sign-in'");
    return rows.length;
  }

  const hasCode = (page: Page) => new URL(page.url()).searchParams.has("code");

  it("a double click on Sign in signs in once", async () => {
    const { page } = await open();
    const before = await signIns();
    await page.goto(address());
    await fillIn(page, entriesOf(vestibule.user));
    await button(page, "Sign in").dblclick();
    await onPage(page, "Arrived");
    expect(hasCode(page)).to.equal(true);
    expect((await signIns()) - before).to.equal(1);
  });

  it("a double click without JavaScript ends at the application or on a friendly page", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(address());
    await fillIn(page, entriesOf(vestibule.user));
    await button(page, "Sign in").dblclick();
    await page.getByRole("heading", { name: /^(Arrived|This sign-in has expired)$/ }).waitFor();
  });

  it("the same sign-in in two tabs is finished in one, and the other says so", async () => {
    const { page, context } = await open();
    await page.goto(address());
    const other = await context.newPage();
    await other.goto(page.url());
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    await sendIn(other, entriesOf(vestibule.user));
    await onPage(other, "This sign-in has expired");
  });

  it("the same sign-in sent in two tabs at the same moment signs in at most once", async () => {
    const { page, context } = await open();
    await page.goto(address());
    const other = await context.newPage();
    await other.goto(page.url());
    const before = await signIns();
    await Promise.all([sendIn(page, entriesOf(vestibule.user)), sendIn(other, entriesOf(vestibule.user))]);
    const ends = /^(Arrived|This sign-in has expired)$/;
    await Promise.all([page, other].map((tab) => tab.getByRole("heading", { name: ends }).waitFor()));
    expect([page, other].filter(hasCode).length).to.be.at.least(1);
    expect((await signIns()) - before).to.be.within(1, 2);
  });

  it("two sign-ins in two tabs of one browser both come to their end", async () => {
    const { page, context } = await open();
    const other = await context.newPage();
    await page.goto(address());
    await other.goto(address());
    await sendIn(other, entriesOf(vestibule.user));
    await onPage(other, "Arrived");
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    expect([page, other].filter(hasCode).length).to.equal(2);
  });

  it("the back button after a sign-in, and sending the form again, end on a friendly page", async () => {
    const { page } = await open();
    await page.goto(address());
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    await page.goBack();
    if (await button(page, "Sign in").isVisible()) {
      await sendIn(page, entriesOf(vestibule.user));
    }
    await onPage(page, "This sign-in has expired");
  });

  it("a sign-in that was cancelled stays cancelled, whatever the back button shows", async () => {
    const { page } = await open();
    await page.goto(address());
    await button(page, "Cancel").click();
    await onPage(page, "Arrived");
    await page.goBack();
    if (await button(page, "Sign in").isVisible()) {
      await sendIn(page, entriesOf(vestibule.user));
    }
    await onPage(page, "This sign-in has expired");
  });

  it("a reload after a wrong password asks nothing twice and breaks nothing", async () => {
    const { page } = await open();
    await page.goto(address());
    await sendIn(page, { ...entriesOf(vestibule.user), password: "not-the-password" });
    await wrongField(page, "is incorrect").waitFor();
    await page.reload();
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
  });
});

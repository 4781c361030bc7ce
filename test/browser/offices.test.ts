import { expect } from "chai";
import { makeApplication, makeOffice } from "../support/people.ts";
import {
  button,
  entriesOf,
  expectFocus,
  onPage,
  passwordBox,
  sendIn,
  styleOf,
  wrongField,
} from "../support/pages.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("the office on the password page", () => {
  const open = useBrowser();
  const vestibule = useVestibule({
    office: {
      code: "NOORD",
      name: "Noord & Zonen",
      accent: "#8a2be2",
    },
    user: { username: "sanne" },
    application: {},
  });
  const address = (changes: Record<string, string> = {}, of = vestibule.application) =>
    authorizationRequest(vestibule.issuer, of, changes).url;

  it("is asked for in a browser that knows none", async () => {
    const { page } = await open();
    await page.goto(address());
    expect(await page.getByLabel("Office code").inputValue()).to.equal("");
    await expectFocus(page.getByLabel("Office code"));
    expect(await page.getByRole("banner").innerText()).to.equal("Vestibule");
    expect(await page.getByText("to continue to Ledger").count()).to.equal(1);
  });

  it("is remembered from its deep link, with its name and its colour", async () => {
    const { page } = await open();
    await page.goto(`${vestibule.issuer}/o/noord`);
    await onPage(page, "Noord & Zonen");
    expect(await page.getByRole("main").innerText()).to.contain("remembers your office code, NOORD");
    await page.goto(address());
    expect(await page.getByLabel("Office code").inputValue()).to.equal("NOORD");
    await expectFocus(page.getByLabel("Username"));
    expect(await page.getByRole("banner").innerText()).to.contain("Noord & Zonen");
    expect(await styleOf(button(page, "Sign in"), "backgroundColor")).to.equal("rgb(138, 43, 226)");
  });

  it("leads from its deep link to its applications, and always to one's account", async () => {
    const { page } = await open();
    const quiet = await makeOffice(vestibule.services, { code: "STIL", name: "Stil" });
    await page.goto(`${vestibule.issuer}/o/${quiet.code}`);
    await page
      .getByRole("main")
      .getByRole("link", { name: /^Your account/ })
      .click();
    await sendIn(page, { username: "piet", password: "not-the-password" });
    expect(await page.getByLabel("Office code").inputValue()).to.equal("STIL");
    await page.goto(`${vestibule.issuer}/o/NOORD`);
    await page
      .getByRole("main")
      .getByRole("link", { name: /^Your account/ })
      .click();
    await sendIn(page, { username: "sanne", password: vestibule.user.password });
    await page.waitForURL("**/account");
  });

  it("is remembered from the last sign-in", async () => {
    const { page, context } = await open();
    await page.goto(address());
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    await context.clearCookies({ name: /session/ });
    await page.goto(address());
    expect(await page.getByLabel("Office code").inputValue()).to.equal("NOORD");
  });

  it("leaves the focus at the password when the application hints at the person", async () => {
    const { page } = await open();
    await page.goto(`${vestibule.issuer}/o/NOORD`);
    await page.goto(address({ login_hint: "sanne" }));
    expect(await page.getByLabel("Username").inputValue()).to.equal("sanne");
    await expectFocus(passwordBox(page));
    await sendIn(page, { password: vestibule.user.password });
    await onPage(page, "Arrived");
  });

  it("cannot be changed where the application belongs to one office", async () => {
    const { page } = await open();
    const pinned = await makeApplication(vestibule.services, { name: "Payroll" }, vestibule.user.office.id);
    const other = await makeOffice(vestibule.services, { code: "ZUID", name: "Zuid" });
    await page.goto(`${vestibule.issuer}/o/${other.code}`);
    await page.goto(address({}, pinned));
    expect(await page.getByLabel("Office code").count()).to.equal(0);
    expect(await page.getByRole("main").innerText()).to.contain("Noord & Zonen");
    expect(await page.getByRole("banner").innerText()).to.contain("Noord & Zonen");
    await sendIn(page, { username: "sanne", password: "not-the-password" });
    await expectFocus(passwordBox(page));
    await sendIn(page, { password: vestibule.user.password });
    await onPage(page, "Arrived");
  });

  it("cannot be changed where the request names it, known or not", async () => {
    const { page } = await open();
    await page.goto(address({ office: "NO-SUCH-OFFICE" }));
    expect(await page.getByLabel("Office code").count()).to.equal(0);
    expect(await page.getByRole("main").innerText()).to.contain("NO-SUCH-OFFICE");
    await sendIn(page, { username: "sanne", password: vestibule.user.password });
    await wrongField(page, "The office code, username or password is incorrect.").waitFor();
  });

  it("has a friendly page for a deep link of no office", async () => {
    const { page } = await open();
    const answer = await page.goto(`${vestibule.issuer}/o/NO-SUCH-OFFICE`);
    expect(answer?.status()).to.equal(404);
    await onPage(page, "Page not found");
  });
});

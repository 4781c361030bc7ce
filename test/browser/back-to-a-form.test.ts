import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff, type Staff } from "../support/console.ts";
import { giveCode, scan, wrongCode } from "../support/factor-pages.ts";
import { makeUser } from "../support/people.ts";
import { button, entriesOf, fillIn, link, onPage, sendIn, summary, wrongField } from "../support/pages.ts";
import { changeOffice, giveApp, guardOf, makeStrictOffice, REQUIRED } from "../support/second-factor.ts";
import { useResource } from "../support/suite-resource.ts";
import { HOUR, travel } from "../support/time.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";
import { ENGLISH as words } from "../support/words.ts";

/** The answer to a form is in no cache: going back to it by its own address ends on a page of the browser, which `goBack` refuses. */
describe("the back button after a form was sent", function () {
  this.timeout(90_000);
  const open = useBrowser();
  const vestibule = useVestibule({ office: { name: "Noord & Zonen" }, application: {} });
  const { office, services } = vestibule;
  const strict = useResource(async () => {
    const made = await makeStrictOffice(services);
    const secondFactor = { ...REQUIRED, methods: ["totp", "sms"] as const };
    await changeOffice(services, made, { secondFactor });
    return made;
  });

  async function back(page: Page, title: string): Promise<void> {
    await page.goBack();
    await onPage(page, title);
  }

  describe("at the sign-in", () => {
    const typedOn = async (page: Page) => [
      await page.getByLabel("Office code").inputValue(),
      await page.getByLabel("Username").inputValue(),
      await page.locator("#password").inputValue(),
    ];

    it("leads to the password page as it was, without the password", async () => {
      const user = await makeUser(services, office);
      const { page } = await open();
      await page.goto(vestibule.request().url);
      await sendIn(page, { ...entriesOf(user), password: "not-the-password" });
      await wrongField(page, "is incorrect").waitFor();
      await link(page, "Forgot password?").click();
      await onPage(page, "Forgot your password?");
      await back(page, "Sign in");
      expect(await typedOn(page), "the refused form").to.deep.equal([office.code, user.username, ""]);
      await back(page, "Sign in");
      expect(await typedOn(page), "the form before").to.deep.equal([office.code, user.username, ""]);
      await fillIn(page, { password: user.password });
      await button(page, "Sign in").click();
      await onPage(page, "Arrived");
    });

    it("leads to the page of the code, which takes the right one after a wrong one", async () => {
      const user = await makeUser(services, strict);
      const { secret } = await giveApp(services, user);
      const { page } = await open();
      await page.goto(vestibule.request().url);
      await sendIn(page, entriesOf(user));
      await giveCode(page, words, wrongCode(secret));
      await wrongField(page, "That code is incorrect.").waitFor();
      await link(page, words.useRecoveryCode).click();
      await page.getByLabel(words.recoveryCode).waitFor();
      await back(page, words.challenge);
      await back(page, words.challenge);
      expect((await guardOf(vestibule, user)).failed_attempts, "nothing is sent again").to.equal(1);
      await giveCode(page, words, await new App(secret).code());
      await onPage(page, "Arrived");
    });

    it("leads to the set-up with the same key, and to the number that was refused", async () => {
      const user = await makeUser(services, strict);
      const { page } = await open();
      await page.goto(vestibule.request().url);
      await sendIn(page, entriesOf(user));
      await onPage(page, words.choose);
      await button(page, words.confirm).click();
      await onPage(page, words.setUp);
      const secret = await scan(page);
      await giveCode(page, words, wrongCode(secret));
      await wrongField(page, "That code is incorrect.").waitFor();
      await link(page, "Use text messages instead").click();
      await page.getByLabel("Mobile number").fill("020 123 4567");
      await button(page, words.continue).click();
      await page.locator(".wrong").waitFor();
      await link(page, "Use an app instead").click();
      await onPage(page, words.setUp);
      await page.goBack();
      expect(await page.getByLabel("Mobile number").inputValue()).to.equal("020 123 4567");
      await page.goBack();
      await back(page, words.setUp);
      expect(await scan(page)).to.equal(secret);
      await giveCode(page, words, totpNow(secret));
      await onPage(page, words.save);
    });
  });

  describe("in the console", () => {
    const at = (below: string) => `${vestibule.issuer}/console/o/${office.code}${below}`;

    async function goTo(below: string) {
      const staff = await makeStaff(services, office, { role: "superuser" });
      const person = await makeUser(services, office, { name: "Anna Jansen" });
      const app = new App(staff.secret);
      const { page } = await open({ viewport: { width: 1280, height: 900 } });
      await page.goto(at(below.replace(":user", person.id)));
      await signIn(page, { staff, app });
      await page.waitForURL(`**/console/o/**`);
      await page.waitForLoadState("load");
      return { page, staff, app, person };
    }

    async function signIn(page: Page, { staff, app }: { staff: Staff; app: App }): Promise<void> {
      await sendIn(page, entriesOf(staff.user));
      await page.getByLabel("Verification code").fill(await app.code());
    }

    const typedOn = async (page: Page) => [
      await page.locator("#name").inputValue(),
      await page.locator("#mail").inputValue(),
      await page.locator("#language").inputValue(),
    ];

    async function type(page: Page, name: string, mail: string): Promise<void> {
      await page.locator("#name").fill(name);
      await page.locator("#mail").fill(mail);
      await page.locator("#language").selectOption("nl");
    }

    it("gives what was refused, on its own page and on the one before, until it is taken", async () => {
      const { page } = await goTo("/users/:user/edit");
      const refused = ["Anna de Vries", "no address", "nl"];
      await type(page, "Anna de Vries", "no address");
      await button(page, "Save").click();
      await page.locator(".wrong").waitFor();
      await link(page, "Users").first().click();
      await onPage(page, "Users");
      await back(page, "Edit the user");
      expect(await typedOn(page), "the refused form").to.deep.equal(refused);
      await back(page, "Edit the user");
      expect(await typedOn(page), "the form before").to.deep.equal(refused);
      await page.locator("#mail").fill("anna@noord.example");
      await button(page, "Save").click();
      await onPage(page, "Anna de Vries");
      await back(page, "Edit the user");
      expect(await typedOn(page), "what is stored").to.deep.equal([
        "Anna de Vries",
        "anna@noord.example",
        "nl",
      ]);
    });

    it("gives the chosen policy after a look at whom it affects", async () => {
      const { page } = await goTo("/settings/second-factor");
      await page.locator("[name=demand][value=required]").check();
      await page.locator("#from").fill("2027-01-31");
      await button(page, "Continue").click();
      await onPage(page, "Affected users");
      await link(page, "Users").first().click();
      await onPage(page, "Users");
      for (const step of ["what was looked at", "the form before"]) {
        await back(page, "Second factor");
        expect(await page.locator("[name=demand][value=required]").isChecked(), step).to.equal(true);
        expect(await page.locator("#from").inputValue(), step).to.equal("2027-01-31");
      }
    });

    it("gives what was typed when the session has ended meanwhile, after the sign-in", async () => {
      const { page, staff, app } = await goTo("/users/:user/edit");
      await type(page, "Anna de Vries", "anna@noord.example");
      await link(page, "Users").first().click();
      await onPage(page, "Users");
      travel(2 * HOUR);
      await back(page, "Sign in");
      await signIn(page, { staff, app });
      await onPage(page, "Edit the user");
      expect(await typedOn(page)).to.deep.equal(["Anna de Vries", "anna@noord.example", "nl"]);
      await button(page, "Save").click();
      await onPage(page, "Anna de Vries");
    });

    it("gives what was typed after a page that says what went wrong, also by its own button", async () => {
      const { page } = await goTo("/users/:user/edit");
      const typed = ["Anna de Vries", "anna@noord.example", "nl"];
      await type(page, "Anna de Vries", "anna@noord.example");
      await page.evaluate("document.querySelector('main [name=_csrf]').value = 'forged'");
      await page.evaluate("document.querySelector('main [name=_owner]').value += 'x'");
      await button(page, "Save").click();
      await onPage(page, "The form was not accepted");
      await back(page, "Edit the user");
      expect(await typedOn(page)).to.deep.equal(typed);
      await button(page, "Save").click();
      await onPage(page, "Anna de Vries");
    });

    it("shows no code a second time, and says how to get others", async () => {
      const { page, person } = await goTo("/users/:user");
      await giveApp(services, person);
      await page.goto(at(`/users/${person.id}/reset-authenticator`));
      await page.locator("#reason").fill("called back on the number of the office");
      await page.locator("main form .dangerous, main form .primary").first().click();
      await page.locator("main .code").waitFor();
      const code = await page.locator("main .code").first().innerText();
      await link(page, "Users").first().click();
      await onPage(page, "Users");
      await page.goBack();
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.getByRole("main").innerText()).to.not.contain(code);
      expect(await summary(page).count()).to.equal(0);
    });
  });
});

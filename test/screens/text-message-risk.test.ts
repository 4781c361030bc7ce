import { expect } from "chai";
import { App, openAccount } from "../support/account.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { BY_SMS } from "../support/mobile-numbers.ts";
import { BY_HAND } from "../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { changeOffice, giveApp, pageName, passPassword, sendForm } from "../support/second-factor.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** What each language says of the number: that attackers can have it moved to a phone of theirs. */
const MOVED: Readonly<Record<string, string>> = {
  en: "have your number transferred to their own phone",
  nl: "uw nummer laten overzetten naar hun eigen telefoon",
  de: "Ihre Nummer auf ihr eigenes Telefon übertragen lassen",
  fr: "faire transférer votre numéro vers leur téléphone",
};

describe("the risk of text messages", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  let user: TestUser;
  beforeEach(async () => {
    const office = await makeOffice(vestibule.services);
    await changeOffice(vestibule.services, office, { secondFactor: BY_SMS });
    user = await makeUser(vestibule.services, office);
  });

  for (const [language, words] of Object.entries(MOVED)) {
    it(`T135 is told before a user chooses them, and where the number is entered (${language})`, async () => {
      const browser = new HttpBrowser(vestibule.issuer, vestibule.settings.port, language);
      const choice = await passPassword(browser, vestibule.application, user);
      expect([pageName(choice), choice.body.includes(words)]).to.deep.equal(["choose", true]);
      expect(choice.body.indexOf('value="totp"'), "the app is first").to.be.below(
        choice.body.indexOf('value="sms"'),
      );
      const number = await sendForm(browser, choice, { method: "sms" });
      expect([pageName(number), number.body.includes(words)]).to.deep.equal(["enter-number", true]);
    });
  }

  it("T135 is told on the account page as well", async () => {
    const { secret } = await giveApp(vestibule.services, user);
    const page = await openAccount(vestibule.browser(), "/account/method", { user, app: new App(secret) });
    expect(page.body).to.contain(MOVED["en"] ?? "?");
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { giveNumber, makeSmsOffice, newNumber } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  changeOffice,
  codesOn,
  giveApp,
  hasCode,
  keyOf,
  REQUIRED,
  sayLost,
  sendForm,
} from "../../support/second-factor.ts";
import { smsSignIn } from "../../support/sms-sign-in.ts";
import { useResource } from "../../support/suite-resource.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a lost number, with a recovery code at hand", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services, database } = vestibule;
  const office = useResource(() => makeSmsOffice(services));
  const { code, userWithNumber, arrive, at, openPage } = smsSignIn(vestibule, office);

  const giveCodes = async (user: TestUser): Promise<readonly string[]> => {
    const { recoveryCodes } = services.secondFactor;
    const { codes, save } = await recoveryCodes.prepare();
    const person = { id: user.id, officeId: user.office.id };
    await services.database.inOffice(person.officeId, (tx) => save(tx, person, new Date()));
    return codes;
  };
  /** From "I no longer have this number" to the page after the code. */
  const recover = async (user: TestUser, recoveryCode = "") => {
    const { browser, page } = await arrive(user);
    const sms = await openPage(browser, page, "challenge-sms");
    const lost = await openPage(browser, sms, "lost-number");
    expect(lost.body).to.contain("/lost-number-code").and.not.contain("/recovery-code");
    const form = await openPage(browser, lost, "lost-number-code");
    expect(form.body).to.contain("new number");
    return { browser, page: await sendForm(browser, form, { recoveryCode }) };
  };
  const kindsOf = async ({ id }: TestUser) => {
    const rows = await asOwner<{ kind: string }>(
      database,
      "select kind from factors where user_id = $1 order by kind",
      [id],
    );
    return rows.map(({ kind }) => kind);
  };

  it("is not asked for again: the code is acknowledged where the new one is set up", async () => {
    const { user } = await userWithNumber();
    const [first] = await giveCodes(user);
    const { browser, page } = await recover(user, first);
    expect(at(page)).to.equal("choose");
    expect(page.body).to.contain("Recovery code accepted. You have 5 left.");
    const entry = await sendForm(browser, page, { method: "sms" });
    expect(at(entry)).to.equal("enter-number");
    const other = newNumber();
    const shown = await sendForm(browser, await sendForm(browser, entry, { number: other }), {
      code: await code(other),
    });
    expect(codesOn(shown)).to.have.length(6);
    expect(hasCode(await sendForm(browser, shown, { saved: "yes" }))).to.equal(true);
  });

  it("T146 loses nothing by Cancel, and the number stays as it was", async () => {
    const { user, number } = await userWithNumber();
    const [first] = await giveCodes(user);
    const { browser, page } = await recover(user, first);
    const entry = await sendForm(browser, page, { method: "sms" });
    expect(entry.body).to.contain("Set up later");
    expect(hasCode(await sendForm(browser, entry, { cancel: "1" }))).to.equal(true);
    const later = await arrive(user);
    expect(hasCode(await sendForm(later.browser, later.page, { code: await code(number) }))).to.equal(true);
  });

  it("T146 is gone once the app is set up in its place, and its owner reads that", async () => {
    const { user } = await userWithNumber();
    const [first] = await giveCodes(user);
    const { browser, page } = await recover(user, first);
    const setUp = await sendForm(browser, page, { method: "totp" });
    expect(await kindsOf(user)).to.deep.equal(["sms"]);
    await sendForm(browser, setUp, { code: totpNow(keyOf(setUp)) });
    expect(await kindsOf(user)).to.deep.equal(["totp"]);
    const subjects = (await settledOutbox(vestibule)).map(({ subject }) => subject);
    expect(subjects).to.include("A recovery code was used");
  });

  it("leaves the app alone that the user has as well: both are asked for", async () => {
    const user = await makeUser(services, office);
    const app = await giveApp(services, user);
    await giveNumber(services, user);
    const { browser, page } = await recover(user, app.codes[0]);
    expect(at(page)).to.equal("recovered");
    expect(page.body).to.match(/Do you still have your authenticator app or your number [^?]*\?/);
    expect(hasCode(await sendForm(browser, page, { answer: "yes" }))).to.equal(true);
    expect(await kindsOf(user)).to.deep.equal(["sms", "totp"]);
  });

  it("T146 both go where the user says that both are lost", async () => {
    const user = await makeUser(services, office);
    const app = await giveApp(services, user);
    await giveNumber(services, user);
    const { browser, page } = await recover(user, app.codes[0]);
    const chosen = await sayLost(browser, page);
    const entry = await sendForm(browser, chosen, { method: "sms" });
    const other = newNumber();
    const codePage = await sendForm(browser, entry, { number: other });
    expect(await kindsOf(user)).to.deep.equal(["sms", "totp"]);
    await sendForm(browser, codePage, { code: await code(other) });
    expect(await kindsOf(user)).to.deep.equal(["sms"]);
  });

  it("T146 has no Cancel where the office no longer accepts the number, whose code would be lost", async () => {
    const own = await makeSmsOffice(services);
    const user = await makeUser(services, own);
    await giveNumber(services, user);
    const [first] = await giveCodes(user);
    await changeOffice(services, own, { secondFactor: REQUIRED });
    const { browser, page } = await recover(user, first);
    expect(at(page)).to.equal("enrol-totp");
    expect(page.body).to.contain("Recovery code accepted. You have 5 left.").and.not.contain('name="cancel"');
    const sent = await sendForm(browser, page, { cancel: "1" });
    expect([at(sent), hasCode(sent)]).to.deep.equal(["enrol-totp", false]);
  });

  it("remembers the method that was chosen when the user comes back to the choice", async () => {
    const { user } = await userWithNumber();
    const [first] = await giveCodes(user);
    const { browser, page } = await recover(user, first);
    const isChosen = (body: string, method: string) =>
      new RegExp(`<input type="radio" name="method" value="${method}"[^>]* checked`).test(body);
    expect(isChosen(page.body, "totp"), "at first").to.equal(true);
    for (const method of ["sms", "totp"]) {
      const chosen = await openPage(browser, page, "choose");
      await sendForm(browser, chosen, { method });
      expect(isChosen((await openPage(browser, page, "choose")).body, method), method).to.equal(true);
    }
  });
});

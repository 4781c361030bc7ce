import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { giveNumber, makeSmsOffice, newNumber, VISITOR } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeApplication, makeUser, type TestUser } from "../../support/people.ts";
import { changeOffice, codesOn, giveApp, passPassword, sendForm } from "../../support/second-factor.ts";
import { DAY, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { smsSignIn } from "../../support/sms-sign-in.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("a mobile number that is lost", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services } = vestibule;
  const office = useResource(() => makeSmsOffice(services));

  const { codes, code, userWithNumber, arrive, at, openPage } = smsSignIn(vestibule, office);

  it("T37 leads a user with both methods to the text message where only that is accepted, and by the app to a new number", async () => {
    const own = await makeSmsOffice(services);
    const user = await makeUser(services, own);
    const app = await giveApp(services, user);
    const number = await giveNumber(services, user);
    await changeOffice(services, own, { secondFactor: { demand: "required", from: null, methods: ["sms"] } });
    const { browser, page } = await arrive(user);
    expect(at(page)).to.equal("challenge-sms");
    expect(page.body).to.not.include("/challenge-totp");
    const lost = await openPage(browser, page, "lost-number");
    expect(lost.body).to.include("/replace-number");
    const entry = await sendForm(browser, await openPage(browser, page, "replace-number"), {
      code: totpNow(app.secret),
    });
    expect(at(entry)).to.equal("enter-number");
    const other = newNumber();
    const shown = await sendForm(browser, await sendForm(browser, entry, { number: other }), {
      code: await code(other),
    });
    expect(codesOn(shown)).to.have.length(6);
    expect(await codes(number)).to.have.length(1);
  });

  it("T38 takes no other request for a day after the owner has said that one was not theirs", async () => {
    const { user } = await userWithNumber();
    const asked = newNumber();
    const { browser, page } = await arrive(user);
    await sendForm(browser, await openPage(browser, page, "new-number"), { number: asked });
    const { database } = services;
    const cancel = () =>
      database.inOffice(office.id, (tx) => services.secondFactor.numberDisputes.cancel(tx, user.id, VISITOR));
    expect(await cancel()).to.equal("cancelled");
    const again = await sendForm(browser, await openPage(browser, page, "new-number"), { number: asked });
    expect(again.status).to.equal(400);
    expect(again.body).to.include("An earlier request was reported as not made by you.");
    expect(
      (await services.secondFactor.numberService.find({ id: user.id, officeId: office.id }))?.pendingNumber,
    ).to.equal(null);
    travel(DAY + SECOND);
    const later = await arrive(user);
    const form = await openPage(later.browser, later.page, "new-number");
    expect(at(await sendForm(later.browser, form, { number: asked }))).to.equal("number-pending");
  });

  it("says of a request only who was really notified", async () => {
    const { user } = await userWithNumber();
    const silent = await makeUser(services, office);
    await giveNumber(services, silent);
    await asOwner(vestibule.database, "update users set mail = null where id = $1", [silent.id]);
    const pending = async (who: TestUser) => {
      const { browser, page } = await arrive(who);
      return sendForm(browser, await openPage(browser, page, "new-number"), { number: newNumber() });
    };
    expect((await pending(user)).body).to.include("by email and by a text message to the old number");
    expect((await pending(silent)).body)
      .to.include("You have been notified by a text message to the old number.")
      .and.not.include("by mail");
  });
});

describe("an installation without text messages", () => {
  const vestibule = useVestibule({ settings: { ...BY_HAND, VESTIBULE_SMS_GATEWAY: "none" } });

  it("offers none: a user who sets up a method gets the app, and a user with a number learns what works", async () => {
    const { services } = vestibule;
    const office = await makeSmsOffice(services);
    const application = await makeApplication(services);
    const fresh = await makeUser(services, office);
    expect((await passPassword(vestibule.browser(), application, fresh)).url).to.match(/enrol-totp$/);
    const user = await makeUser(services, office);
    await giveNumber(services, user);
    const page = await passPassword(vestibule.browser(), application, user);
    expect(page.body).to.include("No text messages can be sent at the moment.");
    expect(await asOwner(vestibule.database, "select 1 from messages where channel = 'sms'")).to.be.empty;
    await giveApp(services, user);
    expect((await passPassword(vestibule.browser(), application, user)).body).to.not.include(
      "/challenge-sms",
    );
  });
});

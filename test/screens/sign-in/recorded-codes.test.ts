import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, lastCode, makeSmsOffice } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser } from "../../support/people.ts";
import { formAction, hiddenField, openSignIn, sendPassword } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  guardOf,
  hasCode,
  makeStrictUser,
  pageName,
  passPassword,
  REQUIRED,
  sendForm,
} from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { totpNow } from "../../support/totp.ts";
import { aroundMethod } from "../../support/around-method.ts";
import { SignInFactStore } from "../../../src/screens/sign-in/sign-in-fact-store.ts";
import { SignInStore } from "../../../src/screens/sign-in/sign-in-store.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const CLEAN = { failed_attempts: 0, failed_since_success: 0, blocked_until: null };

describe("the code of an app in a sign-in", () => {
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;
  const user = useFresh(() => makeStrictUser(services));
  const app = useFresh(() => giveApp(services, user));

  const challenged = async (): Promise<{ browser: HttpBrowser; page: Page }> => {
    const { secret } = app;
    expect(secret).to.not.equal("");
    const browser = vestibule.browser();
    return { browser, page: await passPassword(browser, vestibule.application, user) };
  };
  const owner = (text: string) => asOwner(vestibule.database, text, [user.id]);
  const usedSteps = () => owner("select from factors where user_id = $1 and last_step > 0");
  /** Runs `change` once, between the read of the sign-in and the write of the fact. */
  const meanwhile = async <T>(change: () => Promise<unknown>, work: () => Promise<T>): Promise<T> => {
    const restore = aroundMethod(SignInFactStore, "add", async (add) => {
      restore();
      await change();
      return add();
    });
    try {
      return await work();
    } finally {
      restore();
    }
  };

  it("takes two statements to be asked for, and three to be sent", async () => {
    const { browser, page } = await challenged();
    expect(await statementsOf(() => browser.get(page.url))).to.deep.equal(["oidc_find", "sign_in_find"]);
    const fields = { _csrf: hiddenField(page, "_csrf"), code: totpNow(app.secret) };
    expect(await statementsOf(() => browser.post(formAction(page), fields))).to.deep.equal([
      ...["oidc_find", "sign_in_find_trying", "sign_in_advance"],
    ]);
  });

  it("T39 is no longer enough where the office takes the app back while the code is checked", async () => {
    const { browser, page } = await challenged();
    const bySms = () =>
      changeOffice(services, user.office, { secondFactor: { ...REQUIRED, methods: ["sms"] } });
    const sent = await meanwhile(bySms, () => sendForm(browser, page, { code: totpNow(app.secret) }));
    expect(hasCode(sent)).to.equal(false);
    expect(pageName(sent)).to.be.oneOf(["choose", "enter-number"]);
    expect(await usedSteps(), "it proves the user for the new factor").to.have.length(1);
  });

  it("T39 lets no user in who is disabled while it is checked, and is not used up", async () => {
    const { browser, page } = await challenged();
    const disable = () => owner("update users set status = 'disabled' where id = $1");
    const sent = await meanwhile(disable, () => sendForm(browser, page, { code: totpNow(app.secret) }));
    expect(hasCode(sent)).to.equal(false);
    expect(pageName(sent)).to.equal("password");
    expect(await usedSteps()).to.have.length(0);
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });

  it("T39 signs the user in where something else of them has changed meanwhile", async () => {
    const { browser, page } = await challenged();
    const rename = () => owner("update users set name = 'Other name' where id = $1");
    expect(
      hasCode(await meanwhile(rename, () => sendForm(browser, page, { code: totpNow(app.secret) }))),
    ).to.equal(true);
  });

  it("T46 costs no try where the database reserves it and its answer is lost", async () => {
    const { browser, page } = await challenged();
    const restore = aroundMethod(SignInStore, "findTrying", async (find) => {
      await find();
      throw new Error("The answer is lost.");
    });
    try {
      expect((await sendForm(browser, page, { code: totpNow(app.secret) })).status).to.equal(500);
    } finally {
      restore();
    }
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });

  it("T46 costs no try where the factor is gone and no code is due", async () => {
    const { browser, page } = await challenged();
    await owner("delete from factors where user_id = $1");
    expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret) }))).to.equal(false);
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });

  it("T48 is not even reserved for one who knows only the password before", async () => {
    const { browser, page } = await challenged();
    await owner("update users set valid_from = now() + interval '1 second' where id = $1");
    const fields = { _csrf: hiddenField(page, "_csrf"), code: totpNow(app.secret) };
    const statements = await statementsOf(() => browser.post(formAction(page), fields));
    expect(statements).to.deep.equal(["oidc_find", "sign_in_find_trying"]);
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });
});

describe("the code of a text message in a sign-in", () => {
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services } = vestibule;

  it("takes three statements to be sent to the user, and three to be sent by the user", async () => {
    const user = await makeUser(services, await makeSmsOffice(services));
    const number = await giveNumber(services, user);
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { username, password, office } = user;
    const proved = await sendPassword(browser, page, { officeCode: office.code, username, password });
    expect(proved.location).to.match(/\/challenge-sms$/);
    expect(await statementsOf(() => browser.get(proved.location))).to.deep.equal([
      ...["oidc_find", "sign_in_find", "sent_code_send"],
    ]);
    const asked = await browser.get(proved.location);
    const fields = { _csrf: hiddenField(asked, "_csrf"), code: await lastCode(vestibule.database, number) };
    expect(await statementsOf(() => browser.post(formAction(asked), fields))).to.deep.equal([
      ...["oidc_find", "sign_in_find_trying", "sign_in_advance"],
    ]);
  });
});

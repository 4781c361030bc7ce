import { expect } from "chai";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { type Page } from "../../support/http-browser.ts";
import { makeUser } from "../../support/people.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import {
  clearGuard,
  giveApp,
  guardOf,
  hasCode,
  pageName,
  passPassword,
  sendForm,
  sibling,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const FORM = "application/x-www-form-urlencoded";

describe("what is typed as a code", () => {
  const vestibule = useVestibule({ application: {} });
  let browser: HttpBrowser;
  let challenge: Page;

  const user = useResource(() => makeStrictUser(vestibule.services));
  const app = useResource(() => giveApp(vestibule.services, user));
  before(async () => {
    browser = vestibule.browser();
    challenge = await passPassword(browser, vestibule.application, user);
  });
  afterEach(() => clearGuard(vestibule, user));

  const send = (body: string, type = FORM, name = "challenge-totp") =>
    browser.send(sibling(challenge, name), {
      method: "POST",
      body,
      headers: { "content-type": type, origin: vestibule.issuer },
    });
  const csrf = () => hiddenField(challenge, "_csrf");
  const encoded = (fields: Record<string, string>) =>
    new URLSearchParams({ _csrf: csrf(), ...fields }).toString();

  /** A failed attempt, or a refusal that looked at nothing. */
  async function expectNoSuccess(page: Page, what: string): Promise<void> {
    expect(page.status, what).to.equal(400);
    expect(page.location, what).to.equal("");
    expect(hasCode(page), what).to.equal(false);
    const { failed_attempts: failedAttempts, failed_since_success: failedSinceSuccess } = await guardOf(
      vestibule,
      user,
    );
    const isLookedAt = /name="code"|name="recoveryCode"/.test(page.body);
    expect([failedAttempts, failedSinceSuccess], what).to.deep.equal(isLookedAt ? [1, 1] : [0, 0]);
    await clearGuard(vestibule, user);
  }

  it("T16 is wrong, and costs one try, whatever it is but the six digits of now", async () => {
    const right = totpNow(app.secret);
    const codes = {
      empty: "",
      spaces: "      ",
      "the word null": "null",
      "an empty list": "[]",
      "an object": '{"$ne":1}',
      "the word true": "true",
      "one digit": right.slice(0, 1),
      "five digits": right.slice(0, 5),
      "seven digits": `${right}0`,
      "two codes": `${right},${right}`,
      "a zero byte behind": `${right}\u0000`,
      "a sign before": `+${right}`,
      "a decimal": `${right}.0`,
      hexadecimal: `0x${Number(right).toString(16)}`,
      "an exponent": "1e5",
      "a long text": "1".repeat(5_000),
      "a pattern": "......",
      wildcards: "%",
    };
    for (const [what, code] of Object.entries(codes)) {
      await expectNoSuccess(await send(encoded({ code })), what);
    }
  });

  it("T16 is wrong when it comes under another name, or not at all", async () => {
    const right = totpNow(app.secret);
    for (const fields of [
      {},
      { "code[]": right },
      { "code[$ne]": "1" },
      { "code.value": right },
      { Code: right },
      { totp: right },
      { __proto__code: right },
    ]) {
      await expectNoSuccess(await send(encoded(fields)), JSON.stringify(fields));
    }
  });

  it("T16 is refused unseen when it comes twice, or in another form than a page sends", async () => {
    const right = totpNow(app.secret);
    const twice = `${encoded({ code: "000000" })}&code=${right}`;
    const json = JSON.stringify({ _csrf: csrf(), code: right });
    await expectNoSuccess(await send(twice), "twice");
    await expectNoSuccess(await send(json, "application/json"), "JSON");
    await expectNoSuccess(await send(encoded({ code: right }), "text/plain"), "plain text");
    await expectNoSuccess(await send(encoded({ code: right }), "multipart/form-data; boundary=x"), "parts");
    await expectNoSuccess(await send(`code=${right}&${"x=1&y=2&".repeat(40)}`), "many fields");
  });

  it("T16 is not helped by flags that a browser sends along", async () => {
    for (const flag of [
      { mfaRequired: "false" },
      { method: "none" },
      { method: "sms" },
      { method: "email" },
      { later: "1" },
      { saved: "yes" },
      { demand: "off" },
      { fact: "totp-proved" },
      { step: "done" },
      { skip: "true", remember: "true" },
      { secret: app.secret, replaces: "true" },
      { __proto__: "x", constructor: "x" },
    ]) {
      await expectNoSuccess(await send(encoded({ code: "1", ...flag })), JSON.stringify(flag));
    }
  });

  it("T16 may be typed in groups, and then is right", async () => {
    const code = totpNow(app.secret);
    const page = await sendForm(browser, challenge, { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
    expect(hasCode(page)).to.equal(true);
    challenge = await passPassword(browser, vestibule.application, user, { prompt: "login" });
    travel(30 * SECOND);
  });

  it("T16 is bad input on the recovery page too", async () => {
    challenge = await passPassword((browser = vestibule.browser()), vestibule.application, user);
    const [code = ""] = app.codes;
    const typed = ["", "1", code.slice(1), `${code}1`, `${code},${code}`, "[]", "%"];
    for (const recoveryCode of typed) {
      const page = await send(encoded({ recoveryCode }), FORM, "recovery-code");
      await expectNoSuccess(page, JSON.stringify(recoveryCode));
    }
    await expectNoSuccess(await send(encoded({ "recoveryCode[]": code }), FORM, "recovery-code"), "a list");
  });

  it("T20 is wrong in the sign-in of another user", async () => {
    const neighbour = await makeUser(vestibule.services, user.office);
    const theirs = await giveApp(vestibule.services, neighbour);
    await expectNoSuccess(await send(encoded({ code: totpNow(theirs.secret) })), "app");
    const [code = ""] = theirs.codes;
    await expectNoSuccess(
      await send(encoded({ recoveryCode: code }), FORM, "recovery-code"),
      "recovery code",
    );
  });

  it("T21 is wrong in the field of the other kind, and costs one try of the same guard", async () => {
    const [code = ""] = app.codes;
    await expectNoSuccess(await send(encoded({ code })), "recovery code in the app's field");
    await expectNoSuccess(await send(encoded({ recoveryCode: code })), "recovery code on the app's page");
    const totp = totpNow(app.secret);
    await expectNoSuccess(
      await send(encoded({ recoveryCode: totp }), FORM, "recovery-code"),
      "app's code in the recovery field",
    );
    await expectNoSuccess(
      await send(encoded({ code: totp }), FORM, "recovery-code"),
      "app's code on the recovery page",
    );
  });

  it("T21 is sent to no page of a method that the user has not", async () => {
    for (const name of ["challenge-sms", "challenge-email", "enrol-sms", "sms", "none"]) {
      const page = await send(encoded({ code: totpNow(app.secret) }), FORM, name);
      expect(hasCode(page), name).to.equal(false);
      expect([303, 404], name).to.include(page.status);
    }
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 0, failed_since_success: 0 });
    expect(pageName(challenge)).to.equal("challenge-totp");
    expect(formAction(challenge)).to.equal(challenge.url);
  });
});

import { expect } from "chai";
import { makeApplication } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  guardOf,
  hasCode,
  pageName,
  passPassword,
  sendForm,
  sibling,
  wrongCode,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

describe("three wrong codes", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const user = useFresh(() => makeStrictUser(vestibule.services));
  const app = useFresh(() => giveApp(vestibule.services, user));

  const onChallenge = async (of = vestibule.application) => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, of, user);
    const send = (code: string) => sendForm(browser, page, { code });
    return { browser, page, send, wrong: () => send(wrongCode(app.secret)) };
  };
  const block = async () => {
    const at = await onChallenge();
    await at.wrong();
    await at.wrong();
    expect(pageName(await at.wrong())).to.equal("blocked");
    return at;
  };
  const blockedUntil = async () => (await guardOf(vestibule, user)).blocked_until?.getTime();

  it("T45 block for fifteen minutes, in which the right code is refused, and not a second longer", async () => {
    const { send } = await block();
    travel(15 * MINUTE - 3 * SECOND);
    const early = await send(totpNow(app.secret));
    expect([pageName(early), hasCode(early)]).to.deep.equal(["blocked", false]);
    travel(4 * SECOND);
    expect(hasCode(await send(totpNow(app.secret)))).to.equal(true);
  });

  it("T45 block whatever they were of, a mix as well", async () => {
    const { browser, page, wrong } = await onChallenge();
    const recovery = await browser.get(sibling(page, "recovery-code"));
    await sendForm(browser, recovery, { recoveryCode: "00000000" });
    await wrong();
    await sendForm(browser, recovery, { recoveryCode: "00000001" });
    expect(pageName(await wrong())).to.equal("blocked");
    expect((await guardOf(vestibule, user)).failed_since_success).to.equal(3);
  });

  it("T45 are not made longer by tries during the block", async () => {
    const { wrong, send } = await block();
    const until = await blockedUntil();
    travel(10 * MINUTE);
    await wrong();
    await send(totpNow(app.secret));
    expect(await blockedUntil()).to.equal(until);
    expect((await guardOf(vestibule, user)).failed_since_success).to.equal(3);
  });

  it("T45 are three again after the block", async () => {
    const { wrong } = await block();
    travel(15 * MINUTE + SECOND);
    expect((await wrong()).status).to.equal(400);
    expect((await wrong()).status).to.equal(400);
    expect(pageName(await wrong())).to.equal("blocked");
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 3, failed_since_success: 6 });
  });

  it("T47 are counted over new sign-ins with the right password, other browsers and applications", async () => {
    const other = await makeApplication(vestibule.services, { redirectUris: ["https://other.test/cb"] });
    expect((await (await onChallenge()).wrong()).status).to.equal(400);
    expect((await (await onChallenge(other)).wrong()).status).to.equal(400);
    const third = await onChallenge();
    expect(pageName(await third.wrong())).to.equal("blocked");
    const fourth = await onChallenge();
    expect(pageName(fourth.page)).to.equal("blocked");
  });

  it("T47 are counted over a change of method and back", async () => {
    const { browser, page, wrong } = await onChallenge();
    await wrong();
    await browser.get(sibling(page, "recovery-code"));
    await browser.get(page.url);
    await wrong();
    await browser.get(page.url.replace(/\/[^/]+$/, ""));
    expect(pageName(await wrong())).to.equal("blocked");
  });

  it("T47 are forgiven by a right code alone", async () => {
    const { wrong } = await onChallenge();
    await wrong();
    await wrong();
    const right = await onChallenge();
    expect(hasCode(await right.send(totpNow(app.secret)))).to.equal(true);
    expect(await guardOf(vestibule, user)).to.deep.equal({
      failed_attempts: 0,
      failed_since_success: 0,
      blocked_until: null,
    });
  });

  it("T48 close every door: other pages, other methods, other formats", async () => {
    const { browser, page } = await block();
    const csrf = hiddenField(page, "_csrf");
    const code = totpNow(app.secret);
    const fields = { _csrf: csrf, code, recoveryCode: app.codes[0] ?? "", enrolmentCode: code, saved: "1" };
    const names = ["challenge-totp", "recovery-code", "choose", "enrol-totp", "enrolment-code"];
    for (const name of [...names, "recovery-codes", "password", "blocked", "enrolment-closed"]) {
      const sent = await browser.post(sibling(page, name), fields);
      expect(sent.location, name).to.match(/\/blocked$/);
      const opened = await browser.get(sibling(page, name));
      expect(name === "blocked" ? sibling(page, "blocked") : opened.location, name).to.match(/\/blocked$/);
    }
    for (const method of ["PUT", "PATCH", "DELETE", "HEAD"]) {
      const sent = await browser.send(page.url, { method, headers: { origin: vestibule.issuer } });
      expect(
        [hasCode(sent), sent.status === 303 && !sent.location.endsWith("/blocked")],
        method,
      ).to.deep.equal([false, false]);
    }
    const json = await browser.send(page.url, {
      method: "POST",
      body: JSON.stringify(fields),
      headers: { "content-type": "application/json", origin: vestibule.issuer },
    });
    expect(json.status).to.equal(400);
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 3, failed_since_success: 3 });
  });

  it("T48 close the doors of all sign-ins that are open already", async () => {
    const open = await onChallenge();
    await block();
    const sent = await open.send(totpNow(app.secret));
    expect([pageName(sent), hasCode(sent)]).to.deep.equal(["blocked", false]);
    const recovery = await open.browser.get(sibling(open.page, "recovery-code"));
    expect(recovery.location).to.match(/\/blocked$/);
  });

  it("T48 keep a user out of the API as well: nothing there takes a code or a password", async () => {
    await block();
    const browser = vestibule.browser();
    const { username, password } = user;
    for (const grant of ["password", "urn:openid:params:grant-type:ciba"]) {
      const fields = { grant_type: grant, username, password, code: totpNow(app.secret) };
      const sent = await postAs(browser, vestibule.application, { url: "/token", fields });
      expect(sent.body, grant).to.match(/unsupported_grant_type|unauthorized_client/);
    }
  });

  it("T56 are shown to nobody without the right password", async () => {
    await block();
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { username, office } = user;
    const fields = { _csrf: hiddenField(page, "_csrf"), officeCode: office.code, username };
    const sent = await browser.post(formAction(page), { ...fields, password: "not the password" });
    expect([sent.status, sent.location]).to.deep.equal([400, ""]);
    expect(sent.body).to.contain("The office code, username or password is incorrect.");
    expect(sent.body).to.not.match(/block/i);
  });

  it("T56 are reported by mail to their user, once a block, in their language", async () => {
    await changeOffice(vestibule.services, user.office, { language: "nl" });
    const mails = async () =>
      (await settledOutbox(vestibule)).map(({ to, subject }) => `${to} ${subject ?? ""}`);
    const before = await mails();
    const { wrong } = await block();
    await wrong();
    await wrong();
    const fresh = (await mails()).slice(0, (await mails()).length - before.length);
    expect(fresh).to.deep.equal(["sanne@mail.example Inloggen geblokkeerd na onjuiste codes"]);
  });

  it("T45 say how long and until when", async () => {
    const { wrong } = await block();
    const page = await wrong();
    expect(page.body).to.contain("You are blocked for 15 minutes");
    expect(page.body).to.match(/\d\d:\d\d/);
    expect(page.headers["cache-control"]).to.equal("no-store");
  });
});

import { expect } from "chai";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../support/people.ts";
import { claimsOf, follow, redeem } from "../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  hasCode,
  makeStrictOffice,
  OFF,
  pageName,
  REQUIRED,
  sendForm,
  sibling,
} from "../support/second-factor.ts";
import { letItSubmit } from "../support/self-submitting.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { refresh, tokensOf, userinfo, type Tokens } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { policySignIn } from "../support/policy-sign-in.ts";

const ACR = { password: "urn:vestibule:acr:1", secondFactor: "urn:vestibule:acr:2" };
const essential = (acr: Record<string, unknown>) =>
  JSON.stringify({ id_token: { acr: { essential: true, ...acr } } });

describe("what an application asks of a sign-in, and learns of it", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;
  let office: TestOffice;
  let user: TestUser;
  beforeEach(async () => {
    office = await makeOffice(services);
    user = await makeUser(services, office);
  });

  const setPolicy = (secondFactor: typeof REQUIRED) => changeOffice(services, office, { secondFactor });
  const { open, errorOf, goOn, tokensBy } = policySignIn(vestibule, () => user);

  it("T26 is in the ID token: the password alone, or the app with it", async () => {
    const plain = await tokensBy(vestibule.browser(), null);
    expect(claimsOf(plain.id)).to.deep.include({ amr: ["pwd"], acr: ACR.password });
    const app = await giveApp(services, user);
    const strong = await tokensBy(vestibule.browser(), app);
    expect(claimsOf(strong.id)).to.deep.include({ amr: ["pwd", "otp", "mfa"], acr: ACR.secondFactor });
  });

  it("T26 T146 has two factors for a recovery code, and names no app and no text message", async () => {
    const app = await giveApp(services, user);
    const browser = vestibule.browser();
    const request = vestibule.request();
    const challenge = await givePassword(browser, await open(browser, request), user);
    const page = await browser.get(sibling(challenge, "recovery-code"));
    const recovered = await sendForm(browser, page, { recoveryCode: app.codes[0] ?? "" });
    const done = await sendForm(browser, recovered, { answer: "yes" });
    const tokens = tokensOf(
      await redeem(browser, application, { redirect: new URL(done.location), request }),
    );
    expect(claimsOf(tokens.id)).to.deep.include({ amr: ["pwd", "mfa"], acr: ACR.secondFactor });
  });

  it("T26 stays the same when tokens are refreshed", async () => {
    const app = await giveApp(services, user);
    const browser = vestibule.browser();
    const first = await tokensBy(browser, app);
    travel(10 * MINUTE);
    const second = tokensOf(await refresh(browser, application, first.refresh));
    const what = ({ id }: Tokens) => {
      const { amr, acr, auth_time: at } = claimsOf(id);
      return { amr, acr, at };
    };
    expect(what(second)).to.deep.equal(what(first));
    expect(what(second).at).to.be.a("number");
  });

  for (const [how, changes] of Object.entries({
    acr_values: { acr_values: ACR.secondFactor },
    "an essential acr": { claims: essential({ value: ACR.secondFactor }) },
    "a list of essential acrs": { claims: essential({ values: [ACR.secondFactor] }) },
  })) {
    it(`T26 is raised by ${how}: a session with the password alone gets no silent code, but a step up`, async () => {
      const browser = vestibule.browser();
      await tokensBy(browser, null);
      const app = await giveApp(services, user);
      expect(errorOf(await open(browser, vestibule.request({ ...changes, prompt: "none" })))).to.equal(
        "login_required",
      );
      const stepped = await tokensBy(browser, app, changes);
      expect(claimsOf(stepped.id)).to.deep.include({ amr: ["pwd", "otp", "mfa"], acr: ACR.secondFactor });
      expect(hasCode(await open(browser, vestibule.request({ ...changes, prompt: "none" })))).to.equal(true);
    });

    it(`T26 is enrolled for ${how} by a user who has no factor, though the office demands none`, async () => {
      await setPolicy({ ...OFF });
      const browser = vestibule.browser();
      const next = await givePassword(browser, await open(browser, vestibule.request(changes)), user);
      expect([hasCode(next), pageName(next)]).to.deep.equal([false, "enrol-totp"]);
      const postponed = await sendForm(browser, next, { later: "1" });
      expect(hasCode(postponed)).to.equal(false);
    });
  }

  it("T26 is never lowered by what an application asks for", async () => {
    await setPolicy(REQUIRED);
    for (const changes of [
      { acr_values: ACR.password },
      { claims: essential({ value: ACR.password }) },
      { acr_values: `${ACR.password} ${ACR.secondFactor}` },
    ]) {
      const browser = vestibule.browser();
      const next = await givePassword(browser, await open(browser, vestibule.request(changes)), user);
      expect(pageName(next)).to.equal("enrol-totp");
    }
  });

  it("T26 is an error when it is essential and cannot be reached", async () => {
    for (const acr of [{ value: "urn:somewhere:else" }, { values: ["urn:somewhere:else", "2"] }]) {
      const page = await open(vestibule.browser(), vestibule.request({ claims: essential(acr) }));
      expect([hasCode(page), errorOf(page)]).to.deep.equal([false, "unmet_authentication_requirements"]);
    }
  });

  it("T26 is reached by more than what is essential", async () => {
    const app = await giveApp(services, user);
    const tokens = await tokensBy(vestibule.browser(), app, { claims: essential({ value: ACR.password }) });
    expect(claimsOf(tokens.id)["acr"]).to.equal(ACR.secondFactor);
  });

  it("T76 gives an application no claim of a person by the claims parameter, past the scopes", async () => {
    const claims = JSON.stringify({
      userinfo: { email: { essential: true }, name: null },
      id_token: { name: null },
    });
    const tokens = await tokensBy(vestibule.browser(), null, { claims, scope: "openid" });
    expect((await userinfo(vestibule.browser(), tokens.access)).body).to.have.all.keys("sub");
    expect(claimsOf(tokens.id)).to.not.have.any.keys("name", "email");
  });

  for (const [how, changes] of Object.entries({
    "prompt=login": { prompt: "login" },
    max_age: { max_age: "1" },
  })) {
    it(`T27 asks for both again with ${how}, and the time of the sign-in moves on`, async () => {
      const app = await giveApp(services, user);
      const browser = vestibule.browser();
      const first = claimsOf((await tokensBy(browser, app)).id);
      travel(90 * SECOND);
      const request = vestibule.request(changes);
      const page = await open(browser, request);
      expect(pageName(page)).to.equal("password");
      const challenge = await givePassword(browser, page, user);
      expect([pageName(challenge), hasCode(challenge)]).to.deep.equal(["challenge-totp", false]);
      const done = await sendForm(browser, challenge, { code: totpNow(app.secret) });
      const tokens = tokensOf(
        await redeem(browser, application, { redirect: new URL(done.location), request }),
      );
      const second = claimsOf(tokens.id);
      expect(Number(second["auth_time"])).to.be.at.least(Number(first["auth_time"]) + 90);
      expect(second["amr"]).to.deep.equal(["pwd", "otp", "mfa"]);
    });
  }

  it("T27 gives another user who signs in at that moment nothing of the first one's session", async () => {
    const app = await giveApp(services, user);
    const browser = vestibule.browser();
    await tokensBy(browser, app);
    const first = user;
    const strict = await makeStrictOffice(services);
    user = await makeUser(services, strict);
    const page = await open(browser, vestibule.request({ prompt: "login" }));
    const next = await givePassword(browser, page, user);
    expect([hasCode(next), pageName(next)], "the first one's factor is not theirs").to.deep.equal([
      false,
      "enrol-totp",
    ]);
    const theirs = await giveApp(services, user);
    const challenge = await givePassword(
      browser,
      await open(browser, vestibule.request({ prompt: "login" })),
      user,
    );
    const wrongOne = await sendForm(browser, challenge, { code: totpNow(app.secret) });
    expect(hasCode(wrongOne)).to.equal(false);
    const request = vestibule.request({ prompt: "login" });
    // The first one's session is ended by a form that sends itself.
    const leaving = await goOn(browser, await open(browser, request), theirs);
    const done = await follow(browser, await letItSubmit(browser, leaving, ["xsrf", "logout"]));
    const tokens = tokensOf(
      await redeem(browser, application, { redirect: new URL(done.location), request }),
    );
    expect(claimsOf(tokens.id)["sub"]).to.equal(user.id);
    expect((await userinfo(browser, tokens.access)).body["sub"]).to.equal(user.id);
    expect(first.id).to.not.equal(user.id);
  });
});

import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { expect } from "chai";
import { giveNumber } from "../support/mobile-numbers.ts";
import { makeApplication, type TestApplication, type TestUser } from "../support/people.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { claimsOf, openSignIn, redeem } from "../support/relying-party.ts";
import { totpNow } from "../support/totp.ts";
import { changeOffice, giveApp, givePassword, sendForm } from "../support/second-factor.ts";
import { useResource } from "../support/suite-resource.ts";
import { introspect, refresh, tokensOf, userinfo, type Tokens } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const SCOPE = "openid profile email phone office groups";
const ABOUT_THE_USER = [
  ...["name", "preferred_username", "locale", "email", "email_verified", "phone_number"],
  ...["phone_number_verified", "office", "role", "groups"],
];

describe("an application that reads the ID token alone", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    office: { code: "NOORD", name: "Noord & Zonen" },
    user: { username: "anna", name: "Anna de Vries", mail: "anna@noord.example", isMailProved: true },
  });
  const { services } = vestibule;
  const reading = useResource(() => make());
  /** Browsers in which the two are signed in: one with everything proved, and one with an address that is typed. */
  let anna: HttpBrowser;
  let bram: HttpBrowser;
  before(async () => {
    await giveNumber(services, vestibule.user);
    anna = await signedIn(vestibule.user);
    bram = await signedIn(
      await vestibule.makeUser({ mail: "typed@noord.example", language: "fr", role: "superuser" }),
    );
  });

  async function signedIn(user: TestUser): Promise<HttpBrowser> {
    const app = await giveApp(services, user);
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request({}, reading));
    await sendForm(browser, await givePassword(browser, page, user), { code: totpNow(app.secret) });
    return browser;
  }

  const aboutTheUser = (claims: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => ["sub", ...ABOUT_THE_USER].includes(name)));

  const make = (changes: Record<string, unknown> = {}) =>
    makeApplication(services, { idTokenClaims: true, ...changes });

  async function signIn(application: TestApplication, browser = anna, changes = {}): Promise<Tokens> {
    const request = vestibule.request({ scope: SCOPE, prompt: "none", ...changes }, application);
    const redirect = new URL((await browser.get(request.url)).location);
    return tokensOf(await redeem(browser, application, { redirect, request }));
  }

  const infoOf = async ({ access }: Tokens) => (await userinfo(vestibule.browser(), access)).body;

  it("finds nothing about the user there, until it is switched on for it", async () => {
    const plain = await makeApplication(services);
    expect(Object.keys(aboutTheUser(claimsOf((await signIn(plain)).id)))).to.deep.equal(["sub"]);
  });

  for (const [what, changes] of Object.entries({
    "with every default": {},
    "that gets unproved addresses and bare usernames": { unverifiedEmail: true, bareUsername: true },
    "with a sub of its own": { pairwise: true },
    "that is limited to some claims": { claims: ["name", "groups"] },
  })) {
    it(`finds there exactly what userinfo says: one ${what}`, async () => {
      const application = await make(changes);
      for (const browser of [anna, bram]) {
        for (const scope of [SCOPE, "openid profile", "openid email groups", "openid"]) {
          const tokens = await signIn(application, browser, { scope });
          expect(aboutTheUser(claimsOf(tokens.id)), scope).to.deep.equal(await infoOf(tokens));
        }
      }
    });
  }

  it("finds what the rules for addresses and names leave of them", async () => {
    const own = claimsOf((await signIn(reading)).id);
    expect(own).to.deep.include({
      ...{ name: "Anna de Vries", preferred_username: "anna@NOORD", locale: "en" },
      ...{ email: "anna@noord.example", email_verified: true, groups: ["NOORD", "NOORD:user"] },
    });
    const theirs = claimsOf((await signIn(reading, bram)).id);
    expect(theirs).to.deep.include({ locale: "fr", role: "superuser", groups: ["NOORD", "NOORD:superuser"] });
    expect(theirs).to.not.have.any.keys("email", "email_verified", "phone_number");
  });

  it("finds the language of the office where the user has chosen none, as soon as it changes", async () => {
    const localeOf = async (browser: HttpBrowser) => claimsOf((await signIn(reading, browser)).id)["locale"];
    await changeOffice(services, vestibule.office, { language: "nl" });
    try {
      expect([await localeOf(anna), await localeOf(bram)]).to.deep.equal(["nl", "fr"]);
    } finally {
      await changeOffice(services, vestibule.office, { language: "en" });
    }
  });

  it("finds it after a refresh too, without what that leaves out", async () => {
    const tokens = await signIn(reading, anna, { scope: `${SCOPE} offline_access` });
    const again = tokensOf(await refresh(vestibule.browser(), reading, tokens.refresh));
    expect(aboutTheUser(claimsOf(again.id))).to.deep.equal(await infoOf(again));
    expect(claimsOf(again.id)).to.include({ name: "Anna de Vries" });
    const more = { scope: "openid profile" };
    const less = tokensOf(await refresh(vestibule.browser(), reading, again.refresh, more));
    expect(aboutTheUser(claimsOf(less.id))).to.have.all.keys("sub", "name", "preferred_username", "locale");
  });

  it("finds it where the access token is for a resource server, and none of it in that token", async () => {
    const resource = "https://ledger-api.example";
    const server = { type: "machine", redirectUris: [], firstParty: false, resourceIdentifier: resource };
    await makeApplication(services, { ...server, resourceScopes: ["read"] });
    const calling = await make({ resources: [resource] });
    const asked = { scope: `${SCOPE} offline_access read`, resource };
    const tokens = await signIn(calling, anna, asked);
    const forServer = tokensOf(await refresh(vestibule.browser(), calling, tokens.refresh, { resource }));
    expect(aboutTheUser(claimsOf(forServer.id))).to.have.all.keys("sub", ...ABOUT_THE_USER);
    expect(claimsOf(forServer.access)).to.not.have.any.keys(...ABOUT_THE_USER);
  });

  it("gets the same from signed userinfo, and nothing of it from introspection", async () => {
    const signed = await make({ signedUserinfo: true });
    const tokens = await signIn(signed);
    const browser = vestibule.browser();
    const headers = { authorization: `Bearer ${tokens.access}` };
    const { body } = await browser.get("/userinfo", { headers });
    const keys = createLocalJWKSet(JSON.parse((await browser.get("/jwks")).body) as JSONWebKeySet);
    const { payload } = await jwtVerify(body, keys, { issuer: vestibule.issuer, audience: signed.id });
    expect(aboutTheUser(payload)).to.deep.equal(aboutTheUser(claimsOf(tokens.id)));
    const introspected = (await introspect(browser, signed, tokens.access)).body;
    expect(introspected).to.include({ active: true, sub: claimsOf(tokens.id)["sub"] });
    expect(introspected).to.not.have.any.keys(...ABOUT_THE_USER);
  });

  it("keeps what is about the sign-in: nonce, acr, amr and auth_time", async () => {
    const { id } = await signIn(reading, anna, { nonce: "n-0S6_WzA2Mj" });
    expect(claimsOf(id)).to.deep.include({
      ...{ nonce: "n-0S6_WzA2Mj", acr: "urn:vestibule:acr:2", amr: ["pwd", "otp", "mfa"] },
      ...{ iss: vestibule.issuer, aud: reading.id },
    });
    expect(claimsOf(id)["auth_time"]).to.be.a("number");
  });
});

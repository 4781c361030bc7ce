import { expect } from "chai";
import type { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, claimsOf, follow, redeem } from "../support/relying-party.ts";
import { formAction, hiddenField, openSignIn, sendPassword } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { introspect, refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const EVERY_SCOPE = "openid profile email phone office groups";
const NAMES = [
  ...["name", "preferred_username", "locale", "email", "email_verified", "phone_number"],
  ...["phone_number_verified", "office", "role", "groups"],
];
const ALL = Object.fromEntries(NAMES.map((name) => [name, { essential: true }]));

type Asked = Readonly<Record<string, unknown>>;

describe("claims that an application names in its request", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    user: { name: "Sanne Bakker", mail: "sanne@mail.example", isMailProved: true },
    application: {},
  });
  const { application } = vestibule;
  const stranger = useResource(() => makeApplication(vestibule.services, { firstParty: false }));
  const narrow = useResource(() => makeApplication(vestibule.services, { claims: ["office"] }));

  const asking = (scope: string, claims: Asked, more: Record<string, string> = {}) => ({
    ...{ scope, claims: JSON.stringify(claims) },
    ...more,
  });
  /** The claims about the user in an ID token. */
  const toldIn = (token: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(claimsOf(token)).filter(([name]) => NAMES.includes(name)));

  const claimsFor = async (scope: string, claims: Asked, of = application) => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, of, vestibule.user, asking(scope, claims));
    return { id: toldIn(tokens.id), info: (await userinfo(browser, tokens.access)).body, tokens, browser };
  };

  it("are in the ID token, those and no others, as userinfo has them", async () => {
    const { id, info } = await claimsFor(EVERY_SCOPE, {
      id_token: { name: null, email: { essential: true }, groups: { essential: true, values: ["x"] } },
    });
    expect(id).to.have.all.keys("name", "email", "groups");
    expect(info).to.deep.include(id);
  });

  it("change nothing in userinfo, which has those of every granted scope", async () => {
    const plain = await claimsFor("openid profile email", { id_token: {} });
    const { id, info } = await claimsFor("openid profile email", { userinfo: { name: { essential: true } } });
    expect(info).to.deep.equal(plain.info);
    expect([id, plain.id]).to.deep.equal([{}, {}]);
  });

  it("T140 are never more than the granted scopes have, in the ID token and in userinfo", async () => {
    const { id, info, tokens, browser } = await claimsFor("openid profile", { id_token: ALL, userinfo: ALL });
    expect(id).to.have.all.keys("name", "preferred_username", "locale");
    expect(info).to.have.all.keys("sub", "name", "preferred_username", "locale");
    expect((await introspect(browser, application, tokens.access)).body).to.not.have.any.keys(...NAMES);
    const bare = await claimsFor("openid", { id_token: ALL, userinfo: ALL });
    expect([bare.id, Object.keys(bare.info)]).to.deep.equal([{}, ["sub"]]);
  });

  it("T140 are never more than the application may get of any scope", async () => {
    const { id, info } = await claimsFor(EVERY_SCOPE, { id_token: ALL, userinfo: ALL }, narrow);
    expect(id).to.have.all.keys("office");
    expect(info).to.have.all.keys("sub", "office");
  });

  it("T140 come again at a refresh, and not those of a scope that it leaves out", async () => {
    const asked = asking("openid profile email offline_access", { id_token: ALL });
    const browser = vestibule.browser();
    const { refresh: token } = await tokensFor(browser, application, vestibule.user, asked);
    const first = tokensOf(await refresh(browser, application, token));
    expect(toldIn(first.id)).to.include({ name: "Sanne Bakker", email: "sanne@mail.example" });
    const less = tokensOf(await refresh(browser, application, first.refresh, { scope: "openid email" }));
    expect(toldIn(less.id)).to.have.all.keys("email", "email_verified");
    expect((await userinfo(browser, less.access)).body).to.have.all.keys("sub", "email", "email_verified");
  });

  describe("by an application that needs consent", () => {
    /** Signs in, allows what the page asks, and answers the claims of the ID token. */
    async function allow(browser: HttpBrowser, changes: Record<string, string>, of = stranger) {
      const request = authorizationRequest(vestibule.issuer, of, changes);
      let page = await openSignIn(browser, request);
      if (page.body.includes('name="password"')) {
        const { username, password, office } = vestibule.user;
        const fields = { officeCode: office.code, username, password };
        page = await follow(browser, await sendPassword(browser, page, fields));
      }
      const consent = page;
      const fields = { _csrf: hiddenField(page, "_csrf"), decision: "allow" };
      const done = await follow(browser, await browser.post(formAction(page), fields));
      const redirect = new URL(done.location);
      const { id } = tokensOf(await redeem(browser, of, { redirect, request }));
      return { consent: consent.body, id: toldIn(id) };
    }

    it("T140 are what the consent page shows by its scopes, and no more", async () => {
      const { consent, id } = await allow(vestibule.browser(), asking("openid profile", { id_token: ALL }));
      expect(consent).to.contain("Your name").and.not.contain("Your email address");
      expect(id).to.have.all.keys("name", "preferred_username", "locale");
    });

    it("T140 are no more than that where the ID token has all that was allowed", async () => {
      const reading = await makeApplication(vestibule.services, { firstParty: false, idTokenClaims: true });
      const { id } = await allow(vestibule.browser(), asking("openid email", { id_token: ALL }), reading);
      expect(id).to.have.all.keys("email", "email_verified");
    });

    it("T140 need no second consent within the scopes that were allowed, and get nothing outside them", async () => {
      const browser = vestibule.browser();
      await allow(browser, { scope: "openid profile email" });
      const silently = async (changes: Record<string, string>) => {
        const request = authorizationRequest(vestibule.issuer, stranger, { ...changes, prompt: "none" });
        const redirect = new URL((await browser.get(request.url)).location);
        return { redirect, request };
      };
      const again = await silently(asking("openid profile", { id_token: ALL, userinfo: ALL }));
      const { id, access } = tokensOf(await redeem(browser, stranger, again));
      expect(toldIn(id)).to.have.all.keys("name", "preferred_username", "locale");
      expect((await userinfo(browser, access)).body).to.not.have.any.keys("email", "office");
      const more = await silently(asking("openid office", { id_token: ALL }));
      expect(more.redirect.searchParams.get("error")).to.equal("consent_required");
    });
  });

  it("ignores what it does not know, and any wish for a value", async () => {
    const { id } = await claimsFor("openid profile", {
      id_token: {
        name: { value: "Bram", purpose: "to greet you" },
        locale: { essential: true, values: ["xx"] },
        favourite_colour: { essential: true },
        ["__proto__"]: null,
        constructor: null,
      },
      verified_claims: [],
    });
    expect(id).to.deep.equal({ name: "Sanne Bakker", locale: "en" });
  });

  it("names the session in every ID token, asked for or not", async () => {
    for (const claims of [{ id_token: { sid: null } }, { id_token: {} }]) {
      const { id } = await tokensFor(
        vestibule.browser(),
        application,
        vestibule.user,
        asking("openid", claims),
      );
      expect(claimsOf(id)["sid"]).to.be.a("string");
    }
  });

  it("is no error when an essential claim is missing (OpenID Connect Core 1.0 section 5.5.1)", async () => {
    const nameless = await vestibule.makeUser({ mail: "unproved@mail.example" });
    const asked = asking("openid email", { id_token: { email: { essential: true } } });
    const { id } = await tokensFor(vestibule.browser(), application, nameless, asked);
    expect(toldIn(id)).to.deep.equal({});
  });

  for (const [what, claims, description] of [
    ["no JSON", "{", "claims must be a JSON object with the members"],
    ["a list", "[]", "claims parameter should be a JSON object"],
    ["a text", '"name"', "claims parameter should be a JSON object"],
    ["null", "null", "claims parameter should be a JSON object"],
    ["neither member", '{"name":null}', "claims parameter should have userinfo or id_token properties"],
    ["a member that is null", '{"id_token":null}', "claims.id_token should be an object"],
    ["a member that is a list", '{"userinfo":["name"]}', "claims.userinfo should be an object"],
    ["true for a claim", '{"id_token":{"name":true}}', "claims: id_token.name must be null or an object"],
    ["a list for a claim", '{"userinfo":{"email":[]}}', "claims: userinfo.email must be null or an object"],
    [
      "essential as text",
      '{"id_token":{"name":{"essential":"yes"}}}',
      "id_token.name.essential must be true or",
    ],
    ["values that are none", '{"id_token":{"acr":{"values":"a"}}}', "id_token.acr.values must be a list"],
  ] as const) {
    it(`is invalid_request for ${what}, with words that help, also when it is pushed`, async () => {
      const { url } = vestibule.request({ claims });
      const { location } = await vestibule.browser().get(url);
      const answer = new URL(location).searchParams;
      expect([answer.get("error"), answer.get("code")]).to.deep.equal(["invalid_request", null]);
      expect(answer.get("error_description")).to.contain(description);
      const pushed = await vestibule.browser().send("/par", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `${new URL(url).search.slice(1)}&client_secret=${application.secret ?? ""}`,
      });
      const body = JSON.parse(pushed.body) as Record<string, string>;
      expect([pushed.status, body["error"]]).to.deep.equal([400, "invalid_request"]);
      expect(body["error_description"]).to.contain(description);
    });
  }
});

import { expect } from "chai";
import type { Page } from "../../support/http-browser.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import {
  authorizationRequest,
  callToken,
  claimsOf,
  follow,
  formAction,
  hiddenField,
  redeem,
} from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { introspect, refresh, tokensOf, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const JWT_API = "https://invoices.example";
const OPAQUE_API = "https://payroll.example";
const TWIN_API = "https://archive.example";
const MACHINE = { type: "machine", redirectUris: [], firstParty: false };

type Values = Readonly<Record<string, string | null>>;

/** How an application asks for a resource server's token; the token endpoint hears of none of it. */
const WAYS: Readonly<Record<string, Values>> = {
  "by the scope alone": {},
  "by resource": { resource: JWT_API },
  "by audience": { audience: JWT_API },
  "by an empty resource and the scope": { resource: "" },
};

describe("an application that people sign in to, and a resource server's token", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, user: {} });
  let payroll: TestApplication;
  let kinds: readonly TestApplication[];
  let both: TestApplication;

  before(async () => {
    const { services } = vestibule;
    const resources = { resources: [JWT_API] };
    for (const identifier of [JWT_API, TWIN_API]) {
      await makeApplication(services, {
        ...{
          ...MACHINE,
          resourceIdentifier: identifier,
          resourceScopes: ["invoices:read", "invoices:write"],
        },
      });
    }
    payroll = await makeApplication(services, {
      ...{
        ...MACHINE,
        resourceIdentifier: OPAQUE_API,
        resourceScopes: ["payroll:read"],
        resourceTokens: "opaque",
      },
    });
    kinds = [
      await makeApplication(services, resources),
      await makeApplication(services, { ...resources, type: "browser" }),
      await makeApplication(services, {
        ...resources,
        type: "native",
        redirectUris: ["http://127.0.0.1/cb"],
      }),
    ];
    both = await makeApplication(services, { resources: [JWT_API, OPAQUE_API] });
  });

  const SCOPE = "openid profile offline_access invoices:read";

  async function tokens(as: TestApplication, changes: Values = {}) {
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, as, { scope: SCOPE, ...changes });
    const redirect = await vestibule.signIn(browser, request);
    expect(redirect.searchParams.get("error_description"), JSON.stringify(changes)).to.equal(null);
    const answer = await redeem(browser, as, { redirect, request });
    return { ...tokensOf(answer), scope: answer.body["scope"] };
  }

  const errorOf = async (as: TestApplication, changes: Values) => {
    const { url } = authorizationRequest(vestibule.issuer, as, { scope: SCOPE, ...changes });
    const { searchParams } = new URL((await vestibule.browser().get(url)).location);
    return [searchParams.get("error"), searchParams.get("error_description")];
  };

  for (const [way, changes] of Object.entries(WAYS)) {
    it(`gets it ${way}, and the token endpoint asks for nothing twice`, async () => {
      for (const as of kinds) {
        const { access, scope } = await tokens(as, changes);
        const kind = as.application.type;
        expect(claimsOf(access), kind).to.include({
          ...{ aud: JWT_API, scope: "invoices:read" },
          ...{ sub: vestibule.user.id, client_id: as.id },
        });
        expect(scope, kind).to.equal("invoices:read");
      }
    });
  }

  it("gets it by a pushed request too", async () => {
    const [as] = kinds;
    if (as === undefined) {
      throw new Error("There is a web application.");
    }
    const request = authorizationRequest(vestibule.issuer, as, { scope: SCOPE });
    const fields = Object.fromEntries(new URL(request.url).searchParams);
    const { body } = await postAs(vestibule.browser(), as, { url: "/par", fields });
    const { request_uri: uri = "" } = JSON.parse(body) as Record<string, string>;
    const url = `${vestibule.issuer}/authorize?client_id=${as.id}&request_uri=${encodeURIComponent(uri)}`;
    const browser = vestibule.browser();
    const redirect = await vestibule.signIn(browser, { ...request, url });
    const { body: answer } = await redeem(browser, as, { redirect, request });
    expect(claimsOf(answer["access_token"])).to.include({ aud: JWT_API, scope: "invoices:read" });
  });

  it("gets it again at each refresh, and userinfo's by a refresh for the scopes of userinfo", async () => {
    const [as] = kinds;
    const first = await tokens(as ?? both);
    const next = tokensOf(await refresh(vestibule.browser(), as ?? both, first.refresh));
    expect(claimsOf(next.access)).to.include({ aud: JWT_API, scope: "invoices:read" });
    const scope = "openid profile";
    const own = await refresh(vestibule.browser(), as ?? both, next.refresh, { scope });
    expect(own.body["scope"]).to.equal(scope);
    const { status, body } = await userinfo(vestibule.browser(), tokensOf(own).access);
    expect([status, body["name"]]).to.deep.equal([200, "Sanne Bakker"]);
  });

  it("reads the name in the ID token, as a resource server's token does not open userinfo", async () => {
    const [as] = kinds;
    const { access, id } = await tokens(as ?? both);
    expect(claimsOf(id)).to.include({ name: "Sanne Bakker", sub: vestibule.user.id });
    expect((await userinfo(vestibule.browser(), access)).status).to.equal(401);
  });

  it("gets a reference where the resource server takes those", async () => {
    const { access } = await tokens(both, { scope: "openid payroll:read" });
    const seen = await introspect(vestibule.browser(), payroll, access);
    expect(seen.body).to.include({ active: true, aud: OPAQUE_API, scope: "payroll:read" });
  });

  it("T142 gets a token for userinfo where it asked for several resource servers, and then each by its name", async () => {
    const { access, refresh: token } = await tokens(both, { scope: `${SCOPE} payroll:read` });
    expect((await userinfo(vestibule.browser(), access)).status).to.equal(200);
    const named = tokensOf(await refresh(vestibule.browser(), both, token, { resource: OPAQUE_API }));
    const seen = await introspect(vestibule.browser(), payroll, named.access);
    expect(seen.body).to.include({ active: true, aud: OPAQUE_API, scope: "payroll:read" });
    const other = tokensOf(await refresh(vestibule.browser(), both, named.refresh, { resource: JWT_API }));
    expect(claimsOf(other.access)).to.include({ aud: JWT_API, scope: "invoices:read" });
  });

  it("reads that it has to name one where two know the scope", async () => {
    const twins = await makeApplication(vestibule.services, { resources: [JWT_API, TWIN_API] });
    expect(await errorOf(twins, {})).to.deep.equal([
      "invalid_target",
      `name a resource: ${JWT_API}, ${TWIN_API} have the scope invoices:read`,
    ]);
    const { access } = await tokens(twins, { resource: TWIN_API });
    expect(claimsOf(access)["aud"]).to.equal(TWIN_API);
  });

  it("T142 gets none that it may not ask for, and no scope of a server that it did not name", async () => {
    const [as] = kinds;
    for (const name of ["resource", "audience"]) {
      for (const value of [OPAQUE_API, "https://nobody.example"]) {
        const [error, said] = await errorOf(as ?? both, { [name]: value });
        expect(error, `${name} ${value}`).to.equal("invalid_target");
        expect(said).to.contain(JWT_API).and.not.contain(OPAQUE_API);
      }
    }
    const { access, scope } = await tokens(both, { resource: JWT_API, scope: `${SCOPE} payroll:read` });
    expect([claimsOf(access)["aud"], scope]).to.deep.equal([JWT_API, "invoices:read"]);
  });

  it("T142 gets none for a resource server by its code or refresh token that the request was not for", async () => {
    const [as] = kinds;
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, both, {
      scope: "openid offline_access payroll:read",
    });
    const redirect = await vestibule.signIn(browser, request);
    const code = redirect.searchParams.get("code") ?? "";
    const { redirectUri: redirect_uri } = both;
    const fields = { grant_type: "authorization_code", code, redirect_uri, code_verifier: request.verifier };
    const other = await callToken(browser, both, { ...fields, resource: JWT_API });
    expect([other.status, other.body["error"]]).to.deep.equal([400, "invalid_target"]);
    const plain = await tokens(as ?? both, { scope: "openid offline_access" });
    expect((await userinfo(browser, plain.access)).status).to.equal(200);
    const asked = await refresh(browser, as ?? both, plain.refresh, { resource: JWT_API });
    expect(asked.body["error"]).to.equal("invalid_target");
  });

  it("T142 may name one of several by audience at a refresh, and none that the request was not for", async () => {
    const [as] = kinds;
    const { refresh: token } = await tokens(both, { scope: `${SCOPE} payroll:read` });
    const named = await refresh(vestibule.browser(), both, token, { audience: JWT_API });
    expect(claimsOf(named.body["access_token"])).to.include({ aud: JWT_API, scope: "invoices:read" });
    for (const audience of [OPAQUE_API, "https://nobody.example"]) {
      const one = await tokens(as ?? both);
      const { body } = await refresh(vestibule.browser(), as ?? both, one.refresh, { audience });
      expect(body["error"], audience).to.equal("invalid_target");
    }
    const one = await tokens(as ?? both);
    const again = await refresh(vestibule.browser(), as ?? both, one.refresh, { audience: JWT_API });
    expect(claimsOf(again.body["access_token"])["aud"]).to.equal(JWT_API);
  });

  it("gets it on a device, by the scope alone", async () => {
    const device = await makeApplication(vestibule.services, {
      ...{ type: "native", redirectUris: [], deviceFlow: true, resources: [JWT_API] },
    });
    const asked = await postAs(vestibule.browser(), device, {
      url: "/device/authorize",
      fields: { client_id: device.id, scope: "openid profile invoices:read" },
    });
    const { device_code = "", verification_uri_complete: uri = "" } = JSON.parse(asked.body) as Record<
      string,
      string
    >;
    const browser = vestibule.browser();
    const press = async (page: Page, more: Readonly<Record<string, string>>) =>
      follow(
        browser,
        await browser.post(formAction(page), {
          xsrf: hiddenField(page, "xsrf"),
          user_code: hiddenField(page, "user_code"),
          ...more,
        }),
      );
    const confirm = await press(await browser.get(uri), {
      user_code: new URL(uri).searchParams.get("user_code") ?? "",
    });
    await givePassword(browser, await press(confirm, { confirm: "yes" }), vestibule.user);
    const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
    const { body } = await callToken(vestibule.browser(), device, { grant_type, device_code });
    expect(claimsOf(body["access_token"]), JSON.stringify(body)).to.include({
      aud: JWT_API,
      scope: "invoices:read",
    });
  });

  it("gets userinfo's token where it asks for nothing else, as before", async () => {
    const { access, scope } = await tokens(both, { scope: "openid profile" });
    expect(scope).to.equal("openid profile");
    expect((await userinfo(vestibule.browser(), access)).status).to.equal(200);
  });

  it("shows a third-party application's scope on the consent page, also where it names no resource server", async () => {
    const stranger = await makeApplication(vestibule.services, { firstParty: false, resources: [JWT_API] });
    const browser = vestibule.browser();
    const { url } = authorizationRequest(vestibule.issuer, stranger, { scope: "openid invoices:read" });
    await vestibule.signIn(browser, authorizationRequest(vestibule.issuer, both, { scope: "openid" }));
    const { location } = await browser.get(url);
    expect((await browser.get(location)).body).to.contain("invoices:read");
  });
});

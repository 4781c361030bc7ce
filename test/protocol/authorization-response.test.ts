import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { type Page } from "../support/http-browser.ts";
import { makeApplication, makeUser } from "../support/people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
  signIn,
} from "../support/relying-party.ts";
import { refresh, tokensFor, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("the answer to an authorization request", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application, database, office, services, user } = vestibule;
  const thirdParty = useResource(() => makeApplication(services, { firstParty: false }));

  const ask = async (changes: Record<string, string | null>, asked = application) =>
    new URL(
      (await vestibule.browser().get(authorizationRequest(vestibule.issuer, asked, changes).url)).location,
    );

  /** Parameters of an answer, wherever in the address they stand. */
  const paramsOf = (url: URL) => new URLSearchParams(url.search === "" ? url.hash.slice(1) : url.search);

  it("T74 names the issuer beside a code", async () => {
    const redirect = await signIn(vestibule.browser(), vestibule.request(), user);
    expect(redirect.searchParams.get("code")).to.be.a("string");
    expect(redirect.searchParams.get("iss")).to.equal(vestibule.issuer);
  });

  const FAULTS: Record<string, Record<string, string | null>> = {
    login_required: { prompt: "none" },
    invalid_request: { code_challenge: null },
    invalid_scope: { scope: 'openid "quoted"' },
    unsupported_response_type: { response_type: "token" },
    unsupported_response_mode: { response_mode: "jwt" },
    invalid_request_object: { request: "x.y.z" },
    request_uri_not_supported: { request_uri: "https://app.test/r" },
    registration_not_supported: { registration: "{}" },
  };
  for (const [error, changes] of Object.entries(FAULTS)) {
    it(`T74 names the issuer beside ${error}`, async () => {
      const answer = paramsOf(await ask(changes));
      expect(answer.get("error")).to.equal(error);
      expect(answer.get("iss")).to.equal(vestibule.issuer);
    });
  }

  it("T74 names the issuer beside an error that is posted as a form", async () => {
    const request = vestibule.request({
      response_mode: "form_post",
      prompt: "none",
    });
    const page = await vestibule.browser().get(request.url);
    expect(formAction(page)).to.equal(application.redirectUri);
    expect([hiddenField(page, "error"), hiddenField(page, "state"), hiddenField(page, "iss")]).to.deep.equal([
      "login_required",
      request.state,
      vestibule.issuer,
    ]);
  });

  it("T74 names the issuer after Cancel and after Deny", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const cancelled = await follow(
      browser,
      await browser.post(formAction(page), withToken(page, { cancel: "1" })),
    );
    const consent = await consentPage(vestibule.browser());
    const denied = await follow(consent.browser, await sendDecision(consent, "deny"));
    for (const { location } of [cancelled, denied]) {
      const { searchParams } = new URL(location);
      expect(searchParams.get("error")).to.equal("access_denied");
      expect(searchParams.get("iss")).to.equal(vestibule.issuer);
    }
  });

  it("T74 announces that it does", async () => {
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration");
    expect(JSON.parse(body)).to.include({
      issuer: vestibule.issuer,
      authorization_response_iss_parameter_supported: true,
    });
  });

  it("T75 has identifiers of people that no application can have", async () => {
    expect(user.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(application.id).to.match(/^app_[\w-]{16,}$/);
    const insert = asOwner(
      database,
      "insert into applications (id, name, type, settings, created_at, changed_at) values ($1, 'x', 'web', '{}', now(), now())",
      [user.id],
    );
    expect(await insert.catch((error: unknown) => String(error))).to.contain("check constraint");
  });

  it("T75 never gives an identifier twice, and none of the old tokens to a namesake", async () => {
    const leaver = await makeUser(services, office, { username: "leaver" });
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, leaver);
    await asOwner(database, "delete from users where id = $1", [leaver.id]);
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    const namesake = await makeUser(services, office, { username: "leaver" });
    expect(namesake.id).to.not.equal(leaver.id);
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    expect((await refresh(browser, application, tokens.refresh)).body["error"]).to.equal("invalid_grant");
    const reuse = asOwner(
      database,
      "insert into subjects (home, id, office_id) values (home_of($2), $1, $2)",
      [leaver.id, office.id],
    );
    expect(await reuse.catch((error: unknown) => String(error))).to.contain("duplicate key");
  });

  it("T81 answers every form with 303, so that no browser posts the password on", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { username, password } = user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    expect(sent.status, "password").to.equal(303);
    expect((await browser.get(sent.location)).status, "the way on").to.equal(303);
    const other = vestibule.browser();
    const again = await openSignIn(other, vestibule.request());
    const cancelled = await other.post(formAction(again), withToken(again, { cancel: "1" }));
    expect(cancelled.status, "cancel").to.equal(303);
    for (const decision of ["allow", "deny"] as const) {
      expect(
        (await sendDecision(await consentPage(vestibule.browser()), decision)).status,
        decision,
      ).to.equal(303);
    }
    const leaving = await browser.get("/sign-out");
    const left = await browser.post(formAction(leaving), {
      xsrf: hiddenField(leaving, "xsrf"),
      logout: "yes",
    });
    expect(left.status, "sign-out").to.equal(303);
  });

  it("T81 shows a page of its own for an unknown application and for none", async () => {
    for (const clientId of ["app_unknown-0123456789", "", null]) {
      const { url } = vestibule.request({ client_id: clientId });
      const answer = await vestibule.browser().get(url);
      expect([answer.status, answer.location], String(clientId)).to.deep.equal([400, ""]);
      expect(answer.headers["content-type"]).to.contain("text/html");
      expect(answer.headers["cache-control"]).to.equal("no-store");
      expect(answer.body).to.contain("Reference:").and.not.contain("https://app.test/cb");
    }
  });

  it("T81 sends nobody to an address that is not registered, whatever else is wrong with the request", async () => {
    for (const changes of Object.values(FAULTS)) {
      const request = { ...changes, redirect_uri: "https://evil.test/cb" };
      const { url } = vestibule.request(request);
      const answer = await vestibule.browser().get(url);
      expect([answer.status, answer.location], JSON.stringify(changes)).to.deep.equal([400, ""]);
    }
  });

  const withToken = (page: Page, fields: Record<string, string>) => ({
    _csrf: hiddenField(page, "_csrf"),
    ...fields,
  });

  async function consentPage(browser: HttpBrowser) {
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, thirdParty));
    const { username, password } = user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    return { browser, page: await follow(browser, sent) };
  }

  const sendDecision = (
    { browser, page }: { browser: HttpBrowser; page: Page },
    decision: "allow" | "deny",
  ) => browser.post(formAction(page), withToken(page, { decision }));
});

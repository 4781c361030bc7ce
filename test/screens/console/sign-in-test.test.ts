import { expect } from "chai";
import { App, prove, send, titleOf } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { jwksOf, makeKeys } from "../../support/key-client.ts";
import { makeApplication, makeOffice, type TestApplication } from "../../support/people.ts";
import { authorizationRequest, callToken, follow } from "../../support/relying-party.ts";
import { changeOffice, REQUIRED } from "../../support/second-factor.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

describe("trying the sign-in of an application", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const office = useFresh(() => makeOffice(vestibule.services));
  const staff = useFresh(() => makeStaff(vestibule.services, office, { role: "superuser" }));

  const make = (changes = {}) => makeApplication(vestibule.services, changes, office.id);
  const pathOf = ({ id }: TestApplication) => `/console/o/${office.code}/applications/${id}/try`;

  /** Sends the form; answers where the browser is sent, or the page. */
  async function begin(browser: HttpBrowser, application: TestApplication, changes = {}): Promise<Page> {
    const form = await browser.get(pathOf(application));
    const scope = "openid profile office offline_access";
    return send(browser, form, { redirectUri: application.redirectUri, scope, prompt: "", ...changes });
  }

  /** Follows to the answer's address, which is not opened. */
  async function untilAnswer(browser: HttpBrowser, page: Page): Promise<string> {
    let current = page;
    while (!/\/try\?/.test(current.location)) {
      current = await browser.get(current.location);
    }
    return current.location;
  }

  const blocksOf = ({ body }: Page): string[] =>
    [...body.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)].map(([, text = ""]) =>
      text.replaceAll("&quot;", '"').replaceAll("&amp;", "&"),
    );

  it("shows the request, the answer and the decoded tokens of a real sign-in", async () => {
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    const page = await follow(browser, await begin(browser, application));
    expect([page.status, titleOf(page)]).to.deep.equal([200, "Ledger: result of the sign-in"]);
    const [request = "", answer = "", tokens = "{}", header = "{}", claims = "{}", userinfo = "{}"] =
      blocksOf(page);
    expect(request).to.contain(`redirect_uri=${application.redirectUri}`).and.contain("S256");
    expect(answer).to.contain("code=…").and.contain(`iss=${vestibule.issuer}`);
    expect(JSON.parse(tokens)).to.include({ token_type: "Bearer", expires_in: 900, refresh_token: "…" });
    expect(JSON.parse(header)).to.include({ alg: "RS256" });
    const nonce = /nonce=(\S+)/.exec(request)?.[1];
    const who = { sub: staff.user.id, aud: application.id, iss: vestibule.issuer, nonce };
    expect(JSON.parse(claims)).to.include({ ...who, acr: "urn:vestibule:acr:2" });
    expect(JSON.parse(userinfo)).to.include({
      sub: staff.user.id,
      preferred_username: `${staff.user.username}@${office.code}`,
    });
  });

  it("shows what narrowed claims and a sub of its own make of it", async () => {
    const application = await make({ pairwise: true, claims: ["office"] });
    const { browser } = await atConsole(vestibule, staff);
    const blocks = blocksOf(await follow(browser, await begin(browser, application)));
    const [claims, userinfo] = blocks.slice(-2).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(claims?.["sub"]).to.be.a("string").and.not.equal(staff.user.id);
    expect(userinfo).to.have.keys("sub", "office");
    expect(userinfo?.["sub"]).to.equal(claims?.["sub"]);
  });

  it("works for the strictest applications too, and says what it could not try", async () => {
    const jwks = jwksOf(await makeKeys());
    const fapi = await make({ fapi: true, authentication: "private_key_jwt", jwks });
    const signing = await make({ signedRequests: true, jwks });
    const { browser } = await atConsole(vestibule, staff);
    const page = await follow(browser, await begin(browser, fapi));
    expect(page.body).to.contain("The sign-in works").and.contain("pushes its requests").and.contain("DPoP");
    const other = await follow(browser, await begin(browser, signing));
    expect(other.body).to.contain("The sign-in works").and.contain("signs its requests");
  });

  it("leaves nothing behind: no grant, no code, no token, and no secret in the page", async () => {
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    const address = await untilAnswer(browser, await begin(browser, application));
    const code = new URL(address).searchParams.get("code") ?? "";
    const page = await browser.get(address);
    expect(page.body).to.contain("The sign-in works").and.not.contain(code);
    expect(page.body).to.not.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    expect(page.headers["cache-control"]).to.equal("no-store");
    const rows = await asOwner(
      vestibule.database,
      "select kind from oidc_models where application_id = $1 and consumed_at is null",
      [application.id],
    );
    expect(rows).to.deep.equal([]);
    expect(await asOwner(vestibule.database, "select 1 from console_drafts")).to.deep.equal([]);
  });

  it("shows an answer once", async () => {
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    const address = await untilAnswer(browser, await begin(browser, application));
    expect((await browser.get(address)).body).to.contain("The sign-in works");
    const again = await browser.get(address);
    expect(again.body).to.contain("This answer is no longer valid here").and.not.contain("<pre");
  });

  it("shows nothing to another person, in another session, or a quarter of an hour later", async () => {
    const application = await make();
    const colleague = await makeStaff(vestibule.services, office, { role: "superuser" });
    const { browser, app } = await atConsole(vestibule, staff);
    const address = await untilAnswer(browser, await begin(browser, application));
    const own = await atConsole(vestibule, staff, app);
    const others = [(await atConsole(vestibule, colleague)).browser, own.browser];
    for (const other of others) {
      const page = await other.get(address);
      expect(page.body).to.contain("This answer is no longer valid here").and.not.contain("<pre");
    }
    travel(16 * MINUTE);
    const late = await browser.get(address);
    expect(late.body).to.contain("This answer is no longer valid here").and.not.contain("<pre");
  });

  it("takes nothing but the code of the sign-in that was begun", async () => {
    const [application, other] = [await make(), await make({ name: "Other" })];
    const { browser } = await atConsole(vestibule, staff);
    const foreign = new URL(await untilAnswer(browser, await begin(browser, other))).searchParams.get("code");
    for (const [name, value] of [
      ["code", foreign ?? ""],
      ["state", "another"],
      ["iss", "https://elsewhere.test"],
    ] as const) {
      const address = new URL(await untilAnswer(browser, await begin(browser, application)));
      address.searchParams.set(name, value);
      const page = await browser.get(address.href);
      expect(page.body, name).to.contain("no longer valid here").and.not.contain("<pre");
    }
  });

  it("gives the application no new redirect address: neither asked for nor pushed, and no code for its secret", async () => {
    const application = await make({ par: false });
    const address = `${vestibule.issuer}${pathOf(application)}`;
    const { browser } = await atConsole(vestibule, staff);
    const request = authorizationRequest(vestibule.issuer, application, { redirect_uri: address });
    const asked = await browser.get(request.url);
    expect([asked.status, asked.location]).to.deep.equal([400, ""]);
    const body = Object.fromEntries(new URL(request.url).searchParams);
    const credentials = Buffer.from(`${application.id}:${application.secret ?? ""}`).toString("base64");
    const pushed = await browser.post("/par", body, { headers: { authorization: `Basic ${credentials}` } });
    expect(pushed.status).to.equal(400);
    const code = new URL(await untilAnswer(browser, await begin(browser, application))).searchParams.get(
      "code",
    );
    const fields = { grant_type: "authorization_code", code: code ?? "", redirect_uri: address };
    const redeemed = await callToken(browser, application, { ...fields, code_verifier: request.verifier });
    expect(redeemed.body["error"]).to.equal("invalid_grant");
  });

  it("asks for what the office demands in the meantime, and shows no token without it", async () => {
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    const address = await untilAnswer(browser, await begin(browser, application));
    const methods = ["sms"] as const;
    await changeOffice(vestibule.services, office, { secondFactor: { ...REQUIRED, methods } });
    const page = await follow(browser, await browser.get(address));
    expect(page.body).to.not.contain("<pre");
  });

  it("T90 needs a fresh proof, also when the answer comes", async () => {
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    const address = await untilAnswer(browser, await begin(browser, application));
    travel(30 * MINUTE);
    const page = await browser.get(address);
    expect([page.status, page.location.includes("/authorize?")]).to.deep.equal([303, true]);
    const form = await prove(browser, await follow(browser, page), {
      user: staff.user,
      app: new App(staff.secret),
    });
    expect(form.body).to.contain("Begin the sign-in").and.not.contain("<pre");
  });

  it("explains a redirect address that is not registered, and sends nobody there", async () => {
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    const page = await begin(browser, application, { redirectUri: "https://app.test/cb/" });
    expect(page.status).to.equal(200);
    expect(page.body)
      .to.contain("invalid_redirect_uri")
      .and.contain("the slash at the end differs")
      .and.contain("redirect_uri=https://app.test/cb/");
  });

  it("explains a scope that is not allowed, a consent that is missing, and a refusal", async () => {
    const application = await make({ scopes: ["openid", "profile"], firstParty: false });
    const { browser } = await atConsole(vestibule, staff);
    const scope = await follow(browser, await begin(browser, application, { scope: "openid email" }));
    expect(scope.body)
      .to.contain("<code>invalid_scope</code>")
      .and.contain("not allowed for this application");
    const silent = { scope: "openid profile", prompt: "none" };
    const consent = await follow(browser, await begin(browser, application, silent));
    expect(consent.body).to.contain("<code>consent_required</code>").and.contain("has not consented yet");
    const asked = await follow(browser, await begin(browser, application, { scope: "openid profile" }));
    expect(titleOf(asked)).to.equal("Allow access?");
    const denied = await follow(browser, await send(browser, asked, { decision: "deny", cancel: "1" }));
    expect(denied.body).to.contain("<code>access_denied</code>").and.contain("was cancelled");
  });

  it("offers prompt=consent for applications that show a consent page", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const foreign = await browser.get(pathOf(await make({ firstParty: false })));
    expect(foreign.body).to.contain("prompt=consent");
    const own = await browser.get(pathOf(await make()));
    expect(own.body).to.contain("prompt=login").and.not.contain("prompt=consent");
  });

  it("shows support why an application of another office does not let them in", async () => {
    const support = await makeStaff(vestibule.services, await supportOffice(vestibule.services), {
      role: "support",
    });
    const application = await make();
    const { browser } = await atConsole(vestibule, support);
    const page = await follow(browser, await begin(browser, application, { prompt: "none" }));
    expect(page.body).to.contain("<code>login_required</code>").and.contain("You belong to another office");
  });

  it("is nothing for machines, and stands in the audit log", async () => {
    const machine = await make({ type: "machine", redirectUris: [], homeUrl: null });
    const application = await make();
    const { browser } = await atConsole(vestibule, staff);
    expect((await browser.get(pathOf(machine))).status).to.equal(404);
    await follow(browser, await begin(browser, application));
    const events = await asOwner(
      vestibule.database,
      "select actor, subject from audit_events where type = 'application.tried' and office_id = $1",
      [office.id],
    );
    expect(events).to.deep.equal([{ actor: staff.user.id, subject: application.id }]);
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { type Page } from "../support/http-browser.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import {
  authorizationRequest,
  callToken,
  claimsOf,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  type Request,
} from "../support/relying-party.ts";
import { refresh, revoke, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("consent", () => {
  const vestibule = useVestibule({
    office: { name: "Noord & Zonen" },
    user: {
      name: "Sanne Bakker",
    },
  });

  const stranger = useResource(() =>
    makeApplication(vestibule.services, {
      name: "Shoebox <Scanner>",
      firstParty: false,
      homeUrl: "https://shoebox.test/start",
    }),
  );
  const own = useResource(() => makeApplication(vestibule.services));
  const native = useResource(() =>
    makeApplication(vestibule.services, { type: "native", redirectUris: ["com.example.ledger:/cb"] }),
  );

  const ask = (application: TestApplication, changes: Record<string, string | null> = {}) =>
    authorizationRequest(vestibule.issuer, application, changes);

  /** Opens a request and signs in if that is asked; answers the next page or the way back to the application. */
  async function arrive(browser: HttpBrowser, request: Request): Promise<Page> {
    const page = await openSignIn(browser, request);
    if (!page.body.includes('name="password"')) {
      return page;
    }
    const { username, password, office } = vestibule.user;
    return follow(
      browser,
      await sendPassword(browser, page, { officeCode: office.code, username, password }),
    );
  }

  const decide = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    follow(browser, await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields }));

  const granted = async (browser: HttpBrowser, request: Request, back: Page, application = stranger) => {
    const answer = await redeem(browser, application, { redirect: new URL(back.location), request });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return { ...answer.body, scopes: String(answer.body["scope"]).split(" "), tokens: tokensOf(answer) };
  };

  it("T76 shows name and host of an application that is not ours, and what it asks for", async () => {
    const page = await arrive(vestibule.browser(), ask(stranger, { scope: "openid email office" }));
    expect(page.status).to.equal(200);
    expect(page.body)
      .to.contain("Allow access?")
      .and.contain("Shoebox &lt;Scanner&gt;")
      .and.contain("shoebox.test");
    expect(page.body).to.contain("Your email address").and.contain("Your office and your role in it");
    expect(page.body)
      .to.not.contain("Your mobile number")
      .and.not.contain("Access even when you are not using it");
    expect(page.body).to.contain("Signed in as Sanne Bakker, Noord &amp; Zonen");
    expect(page.headers["cache-control"]).to.equal("no-store");
  });

  it("T76 names the resource server and its scopes, grants exactly those, and asks again for more", async () => {
    const api = "https://invoices.example";
    await makeApplication(vestibule.services, {
      name: "Invoices",
      type: "machine",
      firstParty: false,
      redirectUris: [],
      resourceIdentifier: api,
      resourceScopes: ["invoices:read", "invoices:write"],
    });
    const other = await makeApplication(vestibule.services, { firstParty: false, resources: [api] });
    const browser = vestibule.browser();
    const request = ask(other, { scope: "openid invoices:read", resource: api });
    const page = await arrive(browser, request);
    expect(page.body).to.contain("Access to Invoices: invoices:read").and.not.contain("invoices:write");
    const back = await decide(browser, page, { decision: "allow", scope: "invoices:write" });
    const { body } = await callToken(browser, other, {
      grant_type: "authorization_code",
      code: new URL(back.location).searchParams.get("code") ?? "",
      redirect_uri: other.redirectUri,
      code_verifier: request.verifier,
      resource: api,
    });
    expect(claimsOf(body["access_token"])).to.deep.include({ aud: api, scope: "invoices:read" });
    const more = ask(other, { scope: "openid invoices:read invoices:write", resource: api });
    expect((await arrive(browser, more)).body).to.contain(
      "Access to Invoices: invoices:read, invoices:write",
    );
  });

  it("T76 asks it nothing silently", async () => {
    const browser = vestibule.browser();
    await arrive(browser, ask(own));
    const { location } = await browser.get(ask(stranger, { prompt: "none" }).url);
    expect(new URL(location).searchParams.get("error")).to.equal("consent_required");
  });

  it("T76 grants what was asked on Allow, remembers it, and asks again for more", async () => {
    const browser = vestibule.browser();
    const request = ask(stranger, { scope: "openid profile" });
    const back = await decide(browser, await arrive(browser, request), { decision: "allow" });
    expect((await granted(browser, request, back)).scopes).to.have.members(["openid", "profile"]);

    const again = ask(stranger, { scope: "openid profile", prompt: "none" });
    expect((await browser.get(again.url)).location).to.contain("code=");

    const more = ask(stranger, { scope: "openid profile email" });
    const page = await arrive(browser, more);
    expect(page.body).to.contain("Your email address").and.contain("Your name, username and language");
    const extended = await granted(browser, more, await decide(browser, page, { decision: "allow" }));
    expect(extended.scopes).to.have.members(["openid", "profile", "email"]);
  });

  it("T76 asks again when the application wants it to", async () => {
    const browser = vestibule.browser();
    const request = ask(stranger, { scope: "openid" });
    await decide(browser, await arrive(browser, request), { decision: "allow" });
    const page = await arrive(browser, ask(stranger, { scope: "openid", prompt: "consent" }));
    expect(page.body).to.contain("Allow access?");
  });

  it("T76 gives access_denied on Deny, and remembers nothing", async () => {
    const browser = vestibule.browser();
    const request = ask(stranger);
    const back = await decide(browser, await arrive(browser, request), { decision: "deny" });
    const { searchParams } = new URL(back.location);
    expect([searchParams.get("error"), searchParams.get("state"), searchParams.get("code")]).to.deep.equal([
      "access_denied",
      request.state,
      null,
    ]);
    expect((await arrive(browser, ask(stranger))).body).to.contain("Allow access?");
  });

  it("T76 takes any other decision for Deny", async () => {
    for (const fields of [{}, { decision: "" }, { decision: "ALLOW" }, { allow: "allow" }]) {
      const browser = vestibule.browser();
      const back = await decide(browser, await arrive(browser, ask(stranger)), fields);
      expect(new URL(back.location).searchParams.get("error")).to.equal("access_denied");
    }
  });

  it("T76 lets no form add to what the page has shown", async () => {
    const browser = vestibule.browser();
    const request = ask(stranger, { scope: "openid" });
    const page = await arrive(browser, request);
    const added = "openid email phone office offline_access";
    const back = await decide(browser, page, {
      decision: "allow",
      scope: added,
      scopes: added,
      missing: added,
      "scopes[]": "email",
      client_id: own.id,
    });
    const { scopes, tokens } = await granted(browser, request, back);
    expect(scopes).to.deep.equal(["openid"]);
    expect(tokens.refresh).to.equal("undefined");
    expect((await userinfo(browser, tokens.access)).body).to.deep.equal({ sub: vestibule.user.id });
  });

  it("T76 refuses a consent without its token, from another page, or twice the same field", async () => {
    const browser = vestibule.browser();
    const page = await arrive(browser, ask(stranger));
    const csrf = hiddenField(page, "_csrf");
    const send = (body: string, headers: Record<string, string> = {}) =>
      browser.send(formAction(page), {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: vestibule.issuer,
          ...headers,
        },
        body,
      });
    expect((await send("decision=allow")).status, "no token").to.equal(403);
    expect((await send(`decision=allow&_csrf=${csrf}`, { origin: "https://evil.test" })).status).to.equal(
      403,
    );
    expect((await send(`decision=deny&decision=allow&_csrf=${csrf}`)).status, "twice").to.equal(400);
  });

  it("T76 refuses a scope that the application may not have, also to one of ours", async () => {
    for (const firstParty of [true, false]) {
      const limited = await makeApplication(vestibule.services, {
        firstParty,
        scopes: ["openid", "profile"],
      });
      const { location } = await vestibule.browser().get(ask(limited, { scope: "openid email" }).url);
      expect(new URL(location).searchParams.get("error")).to.equal("invalid_scope");
    }
  });

  it("T76 gives no scope that nobody knows", async () => {
    const browser = vestibule.browser();
    const request = ask(own, { scope: "openid admin support" });
    const back = await arrive(browser, request);
    expect((await granted(browser, request, back, own)).scopes).to.deep.equal(["openid"]);
  });

  it("T76 writes the decision into the audit log", async () => {
    const browser = vestibule.browser();
    await decide(browser, await arrive(browser, ask(stranger, { scope: "openid email" })), {
      decision: "allow",
    });
    const [event] = await asOwner<Record<string, unknown>>(
      vestibule.database,
      "select outcome, actor, application_id, details from audit_events where type = 'consent' order by id desc limit 1",
    );
    expect(event).to.deep.equal({
      outcome: "ok",
      actor: vestibule.user.id,
      application_id: stranger.id,
      details: { scopes: "openid email" },
    });
  });

  it("T76 asks nobody for an application of ours", async () => {
    const browser = vestibule.browser();
    const back = await arrive(browser, ask(own));
    expect(back.location).to.match(/^https:\/\/app\.test\/cb\?code=/);
  });

  it("asks for a confirmation before a session alone sends a code to a native application, also one of ours", async () => {
    const browser = vestibule.browser();
    await arrive(browser, ask(own));
    const silent = await browser.get(ask(native, { prompt: "none" }).url);
    expect(new URL(silent.location).searchParams.get("error")).to.equal("interaction_required");
    const request = ask(native);
    const page = await arrive(browser, request);
    expect(page.status).to.equal(200);
    expect(page.location).to.equal("");
    expect(page.body).to.contain("Ledger");
    const back = await decide(browser, page, { decision: "allow" });
    expect(back.location).to.match(/^com\.example\.ledger:\/cb\?code=/);
    expect((await granted(browser, request, back, native)).tokens.access).to.be.a("string");
  });

  it("asks for no confirmation when a user has just signed in to a native application of ours", async () => {
    const back = await arrive(vestibule.browser(), ask(native));
    expect(back.location).to.match(/^com\.example\.ledger:\/cb\?code=/);
  });

  it("gives offline_access to one of ours without a consent, and takes the whole scope at a refresh", async () => {
    const browser = vestibule.browser();
    const request = ask(own, { scope: "openid email offline_access" });
    const { scopes, tokens } = await granted(browser, request, await arrive(browser, request), own);
    expect(scopes).to.have.members(["openid", "email", "offline_access"]);
    const answer = await refresh(browser, own, tokens.refresh, { scope: scopes.join(" ") });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  });

  it("signs in silently again after a revocation to one of ours, and asks for consent again for others", async () => {
    const browser = vestibule.browser();
    const first = ask(own);
    const mine = await granted(browser, first, await arrive(browser, first), own);
    await revoke(browser, own, mine.tokens.refresh);
    const again = ask(own, { prompt: "none" });
    const back = await browser.get(again.url);
    expect((await granted(browser, again, back, own)).tokens.refresh).to.not.equal("undefined");

    const request = ask(stranger, { scope: "openid offline_access", prompt: "consent" });
    const page = await arrive(browser, request);
    const theirs = await granted(browser, request, await decide(browser, page, { decision: "allow" }));
    await revoke(browser, stranger, theirs.tokens.refresh);
    const { location } = await browser.get(ask(stranger, { scope: "openid", prompt: "none" }).url);
    expect(new URL(location).searchParams.get("error")).to.equal("consent_required");
  });
});

import { createHash } from "node:crypto";
import { expect } from "chai";
import { newApplicationSchema } from "../../src/domain/applications/application.ts";
import { asOwner } from "../support/database.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, basic, callToken, signIn } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const TYPES = ["web", "browser", "native"] as const;
const VERIFIER = "a-verifier-of-the-test-that-is-long-enough-000";
const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

describe("PKCE", () => {
  const vestibule = useVestibule({ user: {} });
  let applications: Record<(typeof TYPES)[number], TestApplication>;
  let exempt: TestApplication;

  before(async () => {
    const { services } = vestibule;
    const [web, browser, native] = await Promise.all(
      TYPES.map((type) => makeApplication(services, { type })),
    );
    if (web === undefined || browser === undefined || native === undefined) {
      throw new Error("No applications.");
    }
    applications = { web, browser, native };
    exempt = await makeApplication(services, { withoutPkce: true });
  });

  const errorOf = async (application: TestApplication, changes: Record<string, string | null>) => {
    const request = authorizationRequest(vestibule.issuer, application, changes);
    const { location, status } = await vestibule.browser().get(request.url);
    const url = new URL(location);
    return [status, url.origin + url.pathname, url.searchParams.get("error"), url.searchParams.get("code")];
  };

  const FAULTY_REQUESTS: Record<string, Record<string, string | null>> = {
    "no challenge": { code_challenge: null, code_challenge_method: null },
    "the method plain": { code_challenge: VERIFIER, code_challenge_method: "plain" },
    "no method, which would mean plain": { code_challenge: VERIFIER, code_challenge_method: null },
    "a method without a challenge": { code_challenge: null },
    "an empty challenge": { code_challenge: "" },
    "a challenge that is too short": { code_challenge: "short" },
    "a challenge with foreign characters": { code_challenge: `${"a".repeat(42)}=` },
  };
  for (const type of TYPES) {
    for (const [name, changes] of Object.entries(FAULTY_REQUESTS)) {
      it(`T70 refuses a request with ${name} to a ${type} application`, async () => {
        const refused = [303, "https://app.test/cb", "invalid_request", null];
        expect(await errorOf(applications[type], changes)).to.deep.equal(refused);
      });
    }
  }

  const redeemWith = async (
    application: TestApplication,
    changes: Record<string, string | null>,
    fields: Record<string, string>,
  ) => {
    const browser = vestibule.browser();
    const redirect = await signIn(
      browser,
      authorizationRequest(vestibule.issuer, application, changes),
      vestibule.user,
    );
    const { status, body } = await callToken(browser, application, {
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: application.redirectUri,
      ...fields,
    });
    return [status, status === 200 ? "tokens" : body["error"]];
  };
  const CHALLENGE = { code_challenge: challengeOf(VERIFIER) };
  const NO_CHALLENGE = { code_challenge: null, code_challenge_method: null };

  for (const type of TYPES) {
    it(`T70 gives tokens to a ${type} application with the right verifier alone`, async () => {
      const application = applications[type];
      const outcome = (fields: Record<string, string>) => redeemWith(application, CHALLENGE, fields);
      expect(await outcome({ code_verifier: VERIFIER })).to.deep.equal([200, "tokens"]);
      expect(await outcome({ code_verifier: VERIFIER.replace("a", "b") })).to.deep.equal([
        400,
        "invalid_grant",
      ]);
      expect(await outcome({ code_verifier: challengeOf(VERIFIER) }), "the challenge itself").to.deep.equal([
        400,
        "invalid_grant",
      ]);
      expect(await outcome({ code_verifier: "" }), "empty").to.deep.equal([400, "invalid_grant"]);
      expect(await outcome({}), "none").to.deep.equal([400, "invalid_grant"]);
    });
  }

  it("T70 refuses a public application that comes with a secret", async () => {
    const { id } = applications.browser;
    const browser = vestibule.browser();
    const redirect = await signIn(
      browser,
      authorizationRequest(vestibule.issuer, applications.browser, CHALLENGE),
      vestibule.user,
    );
    const answer = await browser.send("/token", {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(id, "anything"),
      },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: redirect.searchParams.get("code") ?? "",
        redirect_uri: applications.browser.redirectUri,
        code_verifier: VERIFIER,
      }).toString(),
    });
    expect(answer.status).to.equal(401);
    expect(answer.body).to.contain("invalid_client");
  });

  it("T70 lets an old confidential application do without, and writes each use into the audit log", async () => {
    expect(await uses()).to.have.lengthOf(0);
    expect(await redeemWith(exempt, NO_CHALLENGE, {})).to.deep.equal([200, "tokens"]);
    expect(await uses()).to.deep.equal([{ application_id: exempt.id, actor: vestibule.user.id }]);
  });

  it("T70 refuses a verifier without a challenge", async () => {
    const outcome = await redeemWith(exempt, NO_CHALLENGE, { code_verifier: VERIFIER });
    expect(outcome).to.deep.equal([400, "invalid_grant"]);
  });

  it("T70 holds an application with the exception to the challenge that it did send", async () => {
    const before = (await uses()).length;
    expect(await redeemWith(exempt, CHALLENGE, {})).to.deep.equal([400, "invalid_grant"]);
    expect(await redeemWith(exempt, CHALLENGE, { code_verifier: VERIFIER })).to.deep.equal([200, "tokens"]);
    const refused = await errorOf(exempt, { code_challenge: VERIFIER, code_challenge_method: "plain" });
    expect(refused[2]).to.equal("invalid_request");
    expect(await uses()).to.have.lengthOf(before);
  });

  it("T70 gives the exception to web applications only", () => {
    for (const type of ["browser", "native"]) {
      const draft = { name: "Old", type, redirectUris: ["https://app.test/cb"], withoutPkce: true };
      expect(newApplicationSchema.safeParse(draft).error?.issues[0]?.path, type).to.deep.equal([
        "withoutPkce",
      ]);
    }
  });

  it("T70 announces S256 alone", async () => {
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration");
    const discovered = JSON.parse(body) as Record<string, unknown>;
    expect(discovered["code_challenge_methods_supported"]).to.deep.equal(["S256"]);
  });

  const uses = () =>
    asOwner<{ application_id: string; actor: string }>(
      vestibule.database,
      "select application_id, actor from audit_events where type = 'application.without-pkce' order by id",
    );
});

import { createHash } from "node:crypto";
import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { assertionOf, makeKeyClient } from "../../support/key-client.ts";
import type { TestApplication } from "../../support/people.ts";
import { callToken, claimsOf } from "../../support/relying-party.ts";
import { postAs } from "../../support/program.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

type Parameters = Readonly<Record<string, string | null>>;

const VERIFIER = "a-verifier-of-the-test-that-is-long-enough-000";
const CHALLENGE = { code_challenge: createHash("sha256").update(VERIFIER).digest("base64url") };
const NONE = { code_challenge: null, code_challenge_method: null };
const NONCE = { ...NONE, nonce: "nonce-of-one-request" };

describe("what binds a code to the browser that asked for it", () => {
  const vestibule = useVestibule({ user: {}, application: {} });

  async function refusalOf(changes: Parameters, application?: TestApplication): Promise<string | null> {
    const { location } = await vestibule.browser().get(vestibule.request(changes, application).url);
    const { searchParams } = new URL(location, vestibule.issuer);
    expect(searchParams.get("code")).to.equal(null);
    return searchParams.get("error") === "invalid_request" ? searchParams.get("error_description") : null;
  }

  async function redeem(changes: Parameters, fields: Readonly<Record<string, string>>) {
    const { application } = vestibule;
    const browser = vestibule.browser();
    const redirect = await vestibule.signIn(browser, vestibule.request(changes));
    return callToken(browser, application, {
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: application.redirectUri,
      ...fields,
    });
  }

  it("T145 is the nonce of a confidential application that sends no PKCE, and it comes in the ID token", async () => {
    const { status, body } = await redeem(NONCE, {});
    expect([status, claimsOf(body["id_token"])["nonce"]]).to.deep.equal([200, NONCE.nonce]);
  });

  it("T145 is the nonce of a pushed request too", async () => {
    const { searchParams } = new URL(vestibule.request(NONCE).url);
    const pushed = await postAs(vestibule.browser(), vestibule.application, {
      url: "/par",
      body: searchParams.toString(),
    });
    expect(pushed.status).to.equal(201);
  });

  for (const type of ["browser", "native"] as const) {
    it(`T145 is PKCE alone for a ${type} application, whatever else it sends`, async () => {
      const description = await refusalOf(NONCE, await vestibule.makeApplication({ type }));
      expect(description).to.contain("code_challenge_method=S256").and.not.contain("nonce");
    });
  }

  it("T145 is PKCE alone for a FAPI application, whatever else it sends", async () => {
    const push = async (changes: Readonly<Record<string, unknown>>) => {
      const { client, keys } = await makeKeyClient(vestibule.services, changes);
      const { searchParams } = new URL(vestibule.request(NONCE, client).url);
      searchParams.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      searchParams.set("client_assertion", await assertionOf({ client, keys }, vestibule.issuer));
      const body = searchParams.toString();
      return postAs(vestibule.browser(), { ...client, secret: null }, { url: "/par", body });
    };
    expect((await push({})).status, "with a key, and without FAPI").to.equal(201);
    const { status, body } = await push({ fapi: true, idTokenAlgorithm: "ES256" });
    expect([status, body.includes("code_challenge_method=S256")]).to.deep.equal([400, true]);
  });

  const NO_SUCH_NONCE: Readonly<Record<string, Parameters>> = {
    "is missing": NONE,
    "is empty": { ...NONE, nonce: "" },
  };
  for (const [what, changes] of Object.entries(NO_SUCH_NONCE)) {
    it(`T145 a nonce that ${what} is no binding, and the refusal says what to send and where the exception is`, async () => {
      const description = await refusalOf(changes);
      for (const part of ["code_challenge_method=S256", "nonce", "openid", "--without-pkce"]) {
        expect(description).to.contain(part);
      }
    });
  }

  it("T145 a nonce without the scope openid is no binding: there is no ID token to compare it with", async () => {
    const { location } = await vestibule
      .browser()
      .get(vestibule.request({ ...NONCE, scope: "profile email" }).url);
    const { searchParams } = new URL(location, vestibule.issuer);
    expect(searchParams.get("code")).to.equal(null);
    // The missing scope is what the developer has to add, so that is what the answer names.
    expect([searchParams.get("error"), searchParams.get("error_description")]).to.satisfy(
      ([error, description]: [string, string]) => error === "invalid_scope" && description.includes("openid"),
    );
  });

  it("T145 a code that was asked for with a challenge is never redeemed without its verifier", async () => {
    for (const nonce of [null, NONCE.nonce]) {
      const without = await redeem({ ...CHALLENGE, nonce }, {});
      expect([without.status, without.body["error"]]).to.deep.equal([400, "invalid_grant"]);
      const empty = await redeem({ ...CHALLENGE, nonce }, { code_verifier: "" });
      expect([empty.status, empty.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    }
    expect((await redeem({ ...CHALLENGE, nonce: null }, { code_verifier: VERIFIER })).status).to.equal(200);
  });

  it("T145 a code whose challenge was taken away on the way is not redeemed with a verifier", async () => {
    const { status, body } = await redeem(NONCE, { code_verifier: VERIFIER });
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  it("T145 a challenge beside a nonce is judged like any other", async () => {
    const plain = { code_challenge: VERIFIER, code_challenge_method: "plain", nonce: "n" };
    expect(await refusalOf(plain)).to.contain("S256");
    expect(await refusalOf({ ...plain, code_challenge_method: null })).to.contain("code_challenge_method");
    expect(await refusalOf({ nonce: "n", code_challenge: null })).to.contain("code_challenge");
  });

  it("is not the exception where a nonce was sent, so the audit log has no use of it", async () => {
    const exempt = await vestibule.makeApplication({ withoutPkce: true });
    const uses = () =>
      asOwner(vestibule.database, "select from audit_events where type = 'application.without-pkce'");
    await vestibule.signIn(vestibule.browser(), vestibule.request(NONCE, exempt));
    await vestibule.signIn(vestibule.browser(), vestibule.request(CHALLENGE, exempt));
    expect(await uses()).to.have.lengthOf(0);
  });
});

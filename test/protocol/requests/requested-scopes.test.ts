import { expect } from "chai";
import { SignJWT } from "jose";
import { jwksOf, makeKeys, type Keys } from "../../support/key-client.ts";
import { captureLog, type LogLine } from "../../support/log-capture.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import { authorizationRequest, redeem } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

type Values = Readonly<Record<string, string | null>>;

const API = "https://tools.example/mcp";
const IGNORED = "scopes of a request were ignored";

/** What applications send instead of scopes, and what they read about it. */
const UNUSABLE: Readonly<Record<string, readonly [string | null, RegExp]>> = {
  "no scope": [null, /^scope is missing; ask for at least one of openid, profile/],
  "an empty scope": ["", /^scope is missing; ask for at least one of openid, profile/],
  "an unknown scope": [
    "invoices:read",
    /^scope invoices:read is unknown here; ask for at least one of openid/,
  ],
  "several unknown scopes": [
    "user admin",
    /^scope user, admin is unknown here; ask for at least one of openid/,
  ],
  commas: ["openid,profile", /^scope must be separated by blanks, not by commas: openid,profile; ask for/],
  "commas and blanks": ["openid, profile,", /^scope must be separated by blanks, not by commas/],
  "capital letters": ["OpenID Profile", /^scope OpenID, Profile is unknown here/],
  "offline_access alone": [
    "offline_access",
    /^scope offline_access is for nothing alone; ask for at least one of openid/,
  ],
};

describe("the scopes of an authorization request", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, user: {}, application: {} });
  let device: TestApplication;
  let tool: TestApplication;
  let signing: TestApplication;
  let keys: Keys;

  before(async () => {
    const { services } = vestibule;
    keys = await makeKeys();
    device = await makeApplication(services, {
      ...{ type: "native", redirectUris: ["http://127.0.0.1/cb"], deviceFlow: true },
    });
    await makeApplication(services, {
      ...{ type: "machine", name: "Tools", redirectUris: [], firstParty: false },
      ...{ resourceIdentifier: API, resourceScopes: ["mcp:use"] },
    });
    tool = await makeApplication(services, {
      ...{ type: "native", redirectUris: ["http://127.0.0.1/cb"], resources: [API], firstParty: false },
    });
    signing = await makeApplication(services, { signedRequests: true, jwks: jwksOf(keys) });
  });

  const parameters = (changes: Values, of = vestibule.application): Record<string, string> =>
    Object.fromEntries(new URL(vestibule.request(changes, of).url).searchParams);

  async function refused(url: string) {
    const { location } = await vestibule.browser().get(url);
    const { origin, searchParams } = new URL(location);
    return {
      to: origin,
      error: searchParams.get("error"),
      said: searchParams.get("error_description") ?? "",
    };
  }

  async function refusedProgram(url: string, body: Record<string, string>, as = vestibule.application) {
    const { status, body: answer } = await postAs(vestibule.browser(), as, { url, fields: body });
    const { error, error_description: said } = JSON.parse(answer) as Record<string, string>;
    return { to: status, error, said };
  }

  const signed = (scope: string | null) =>
    new SignJWT({ ...parameters({ scope }, signing), iss: signing.id })
      .setProtectedHeader({ alg: keys.algorithm })
      .setAudience(vestibule.issuer)
      .setExpirationTime("5m")
      .sign(keys.privateKey);

  for (const [what, [scope, said]] of Object.entries(UNUSABLE)) {
    it(`are refused before any page where they are ${what}`, async () => {
      const back = { to: "https://app.test", error: "invalid_scope" };
      const get = await refused(vestibule.request({ scope }).url);
      expect(get).to.include(back);
      expect(get.said).to.match(said);
      const form = new URLSearchParams(parameters({ scope })).toString();
      const post = await vestibule.browser().send("/authorize", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form,
      });
      expect(await refused(post.location), "by POST").to.deep.include(back);
      const pushed = await refusedProgram("/par", parameters({ scope }));
      expect(pushed, "pushed").to.include({ to: 400, error: "invalid_scope" });
      expect(pushed.said).to.match(said);
      const object = await refused(
        `${vestibule.issuer}/authorize?client_id=${signing.id}&redirect_uri=https://app.test/cb&request=${await signed(scope)}`,
      );
      expect(object, "signed").to.include(back);
      expect(object.said).to.match(said);
    });

    it(`are refused at a device where they are ${what}`, async () => {
      const body = { client_id: device.id, ...(scope === null ? {} : { scope }) };
      const { to, error, said: text } = await refusedProgram("/device/authorize", body, device);
      expect([to, error]).to.deep.equal([400, "invalid_scope"]);
      expect(text).to.match(said);
    });

    it(`are refused for the same reason beside what needs openid, where they are ${what}`, async () => {
      for (const more of [{ nonce: "n" }, { max_age: "5" }, { claims: '{"id_token":{"acr":null}}' }]) {
        const get = await refused(vestibule.request({ scope, ...more }).url);
        expect(get.error, JSON.stringify(more)).to.equal("invalid_scope");
        expect(get.said).to.match(said);
      }
    });
  }

  it("name openid where a parameter needs it", async () => {
    const { error, said } = await refused(vestibule.request({ scope: "profile email", nonce: "n" }).url);
    expect([error, said]).to.deep.equal([
      "invalid_scope",
      "scope must contain openid, which nonce needs; add it, or leave nonce out",
    ]);
  });

  it("name those of the resource server, where the application may ask for one", async () => {
    for (const resource of [null, API]) {
      const url = authorizationRequest(vestibule.issuer, tool, { scope: null, resource }).url;
      const { error, said } = await refused(url);
      expect(error).to.equal("invalid_scope");
      expect(said, String(resource)).to.match(/ask for at least one of mcp:use, openid, profile/);
    }
  });

  it("name no scope that the application may not have", async () => {
    const limited = await makeApplication(vestibule.services, { scopes: ["openid", "email"] });
    const { said } = await refused(authorizationRequest(vestibule.issuer, limited, { scope: "x" }).url);
    expect(said).to.equal("scope x is unknown here; ask for at least one of openid, email");
    const more = await refused(
      authorizationRequest(vestibule.issuer, limited, { scope: "openid phone" }).url,
    );
    expect(more.error).to.equal("invalid_scope");
    expect(more.said).to.contain("registered");
  });

  it("are quoted only as far as a developer needs it", async () => {
    const scope = Array.from({ length: 40 }, (_, index) => `${String(index)}${"s".repeat(90)}`).join(" ");
    const { said } = await refused(vestibule.request({ scope }).url);
    expect(said.length).to.be.below(600);
    expect(said).to.contain("and 35 more").and.contain("ask for at least one of openid");
  });

  it("say what is wrong with blanks at their ends or between them", async () => {
    for (const scope of ["openid  profile", " openid", "openid ", "openid\tprofile", 'openid "profile"']) {
      const { error, said } = await refused(vestibule.request({ scope }).url);
      expect([error, said], scope).to.deep.equal([
        "invalid_scope",
        "scope must be names with one blank between two of them, and none at its ends",
      ]);
    }
  });

  describe("that are known only in part", () => {
    let lines: LogLine[];
    before(() => {
      lines = captureLog(vestibule.services.log);
    });

    it("are granted as far as they are known, and the answer and the log say so", async () => {
      const browser = vestibule.browser();
      const request = vestibule.request({ scope: "openid admin profile,email invoices:read" });
      const redirect = await vestibule.signIn(browser, request);
      const { body } = await redeem(browser, vestibule.application, { redirect, request });
      expect(body["scope"]).to.equal("openid");
      const found = lines.filter(({ msg }) => msg === IGNORED);
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.include({ application: vestibule.application.id, endpoint: "/authorize" });
      expect(found[0]?.level).to.equal("warn");
      expect(found[0]?.["scopes"]).to.deep.equal(["admin", "profile,email", "invoices:read"]);
    });

    it("are one line of the log for a pushed request, too", async () => {
      lines.splice(0);
      const fields = parameters({ scope: "openid admin" });
      const { body } = await postAs(vestibule.browser(), vestibule.application, { url: "/par", fields });
      const { request_uri: uri = "" } = JSON.parse(body) as Record<string, string>;
      const { id } = vestibule.application;
      const { location } = await vestibule
        .browser()
        .get(`/authorize?client_id=${id}&request_uri=${encodeURIComponent(uri)}`);
      expect(location).to.contain("/interaction/");
      expect(lines.filter(({ msg }) => msg === IGNORED).map(({ endpoint }) => endpoint)).to.deep.equal([
        "/par",
      ]);
    });

    it("are no line of the log where all of them are known", async () => {
      lines.splice(0);
      await vestibule.signIn(
        vestibule.browser(),
        vestibule.request({ scope: "openid profile offline_access" }),
      );
      expect(lines.filter(({ msg }) => msg === IGNORED)).to.deep.equal([]);
    });
  });
});

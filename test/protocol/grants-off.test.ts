import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, callToken } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("ways that are switched off", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  const { services, user } = vestibule;
  const machine = useResource(() => makeApplication(services, { type: "machine", redirectUris: [] }));

  /** The error that an authorization request leads to, wherever in the address it stands. */
  const errorOf = async (changes: Record<string, string | null>, asked = vestibule.application) => {
    const { location } = await vestibule
      .browser()
      .get(authorizationRequest(vestibule.issuer, asked, changes).url);
    const url = new URL(location);
    const parameters = new URLSearchParams(url.search === "" ? url.hash.slice(1) : url.search);
    expect(url.origin, "where the error goes").to.equal("https://app.test");
    expect(location).to.not.match(/code=|token=/);
    return parameters.get("error");
  };

  for (const type of [
    "token",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
  ]) {
    it(`T71 refuses response_type=${type}`, async () => {
      expect(await errorOf({ response_type: type, nonce: "n-1234567" })).to.equal(
        "unsupported_response_type",
      );
    });
  }

  const GRANTS = {
    password: { username: "somebody", password: "something" },
    implicit: {},
    "urn:ietf:params:oauth:grant-type:device_code": { device_code: "x" },
    "urn:openid:params:grant-type:ciba": { auth_req_id: "x" },
    "urn:ietf:params:oauth:grant-type:jwt-bearer": { assertion: "x" },
    "urn:ietf:params:oauth:grant-type:token-exchange": { subject_token: "x" },
  };
  for (const [type, fields] of Object.entries(GRANTS)) {
    it(`T71 refuses grant_type=${type}`, async () => {
      const given = type === "password" ? { username: user.username, password: user.password } : fields;
      const { status, body } = await callToken(vestibule.browser(), vestibule.application, {
        grant_type: type,
        ...given,
      });
      expect([status, body["error"]]).to.deep.equal([400, "unsupported_grant_type"]);
    });
  }

  it("T71 keeps each application to the grants of its type", async () => {
    const asMachine = await callToken(vestibule.browser(), vestibule.application, {
      grant_type: "client_credentials",
    });
    expect([asMachine.status, asMachine.body["error"]]).to.deep.equal([400, "invalid_request"]);
    for (const type of ["authorization_code", "refresh_token"]) {
      const fields = { grant_type: type, code: "x", refresh_token: "x", redirect_uri: "https://app.test/cb" };
      const { status, body } = await callToken(vestibule.browser(), machine, fields);
      expect([status, body["error"]], type).to.deep.equal([400, "invalid_request"]);
    }
  });

  it("T71 has no sign-in for a machine", async () => {
    const request = authorizationRequest(vestibule.issuer, machine, { redirect_uri: "https://app.test/cb" });
    const { status, location } = await vestibule.browser().get(request.url);
    expect([status, location]).to.deep.equal([400, ""]);
  });

  for (const mode of ["jwt", "query.jwt", "form_post.jwt", "web_message", "nonsense"]) {
    it(`T71 refuses response_mode=${mode}`, async () => {
      expect(await errorOf({ response_mode: mode })).to.equal("unsupported_response_mode");
    });
  }

  for (const type of ["web", "browser", "native"]) {
    it(`T71 ${type === "web" ? "posts" : "never posts"} a code to a ${type} application as a form`, async () => {
      const asked = await makeApplication(services, { type });
      const { url } = authorizationRequest(vestibule.issuer, asked, { response_mode: "form_post" });
      const { location, body } = await vestibule.browser().get(url);
      const isSignIn = location.startsWith(`${vestibule.issuer}/interaction/`);
      expect(isSignIn).to.equal(type === "web");
      expect(body.includes('name="error" value="invalid_request"')).to.equal(type !== "web");
    });
  }

  it("T71 has no device flow, no registration and no client-initiated sign-in at any address", async () => {
    for (const path of [
      "/device",
      "/device/authorize",
      "/reg",
      "/backchannel",
      "/registration",
      "/challenge",
    ]) {
      for (const method of ["GET", "POST"]) {
        const { status } = await vestibule.browser().send(path, { method });
        expect(status, `${method} ${path}`).to.be.oneOf([404, 405]);
      }
    }
  });

  it("T71 announces nothing of what is off", async () => {
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration");
    const discovered = JSON.parse(body) as Record<string, unknown>;
    expect(discovered["response_types_supported"]).to.have.members(["code", "none"]);
    expect(discovered["grant_types_supported"]).to.have.members([
      "authorization_code",
      "refresh_token",
      "client_credentials",
    ]);
    expect(discovered["response_modes_supported"]).to.have.members(["form_post", "fragment", "query"]);
    expect(discovered).to.not.have.any.keys(
      "device_authorization_endpoint",
      "registration_endpoint",
      "backchannel_authentication_endpoint",
    );
    expect(discovered["request_object_signing_alg_values_supported"]).to.have.members([
      "ES256",
      "PS256",
      "EdDSA",
    ]);
    expect(discovered["request_uri_parameter_supported"]).to.equal(false);
  });
});

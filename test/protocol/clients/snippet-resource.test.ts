import { expect } from "chai";
import * as client from "openid-client";
import { snippetsOf } from "../../../src/domain/applications/snippets.ts";
import { makeApplication } from "../../support/people.ts";
import { claimsOf } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const API = "https://invoices.example.com";

describe("the snippets for a resource server", () => {
  const vestibule = useVestibule({ user: {} });
  const { services } = vestibule;
  before(() =>
    makeApplication(services, {
      ...{ type: "machine", name: "Invoices", redirectUris: [], firstParty: false },
      ...{ resourceIdentifier: API, resourceScopes: ["invoices:read"] },
    }),
  );

  /** The scope that a snippet asks for. */
  const scopeIn = (text: string): string => /scope: "([^"]+)"/.exec(text)?.[1] ?? "";

  it("work with openid-client as they are written: the token is for it, and the name in the ID token", async () => {
    const application = await makeApplication(services, { resources: [API] });
    const [text = ""] = snippetsOf(application.application, vestibule.issuer)
      .filter(({ name }) => name === "openid-client-api")
      .map((snippet) => snippet.text);
    const config = await client.discovery(
      new URL(vestibule.issuer),
      application.id,
      application.secret ?? "",
      undefined,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the server of the test speaks http
      { execute: [client.allowInsecureRequests] },
    );
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: application.redirectUri,
      scope: scopeIn(text),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
    });
    const browser = vestibule.browser();
    const back = await vestibule.signIn(browser, { url: address.href, verifier, state });
    const tokens = await client.authorizationCodeGrant(config, back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    expect(tokens.claims()).to.include({ sub: vestibule.user.id, name: "Sanne Bakker" });
    expect(claimsOf(tokens.access_token)).to.include({ aud: API, scope: "invoices:read" });
  });

  it("are shown where the application may ask for one, and nowhere else", async () => {
    for (const type of ["web", "browser"]) {
      for (const resources of [[], [API]]) {
        const { application } = await makeApplication(services, { type, resources });
        const names = snippetsOf(application, vestibule.issuer).map(({ name }) => name);
        const shown = names.filter((name) => name.endsWith("-api"));
        expect(shown, type).to.have.lengthOf(resources.length);
      }
    }
  });
});

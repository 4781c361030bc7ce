import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { epochSeconds, now } from "../../src/kernel/clock.ts";
import { sectorFault } from "../../src/protocol/clients/sector-check.ts";
import { asOwner } from "../support/database.ts";
import { basic, authorizationRequest, callToken, hiddenField, formAction } from "../support/relying-party.ts";
import type { TestApplication } from "../support/people.ts";
import { useResource } from "../support/suite-resource.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** How applications write one address, in their settings and in requests. */
const SPELLINGS = [
  "https://app.test/cb",
  "https://app.test:443/cb",
  "HTTPS://app.test/cb",
  "https://APP.Test/cb",
];
const IDN = ["https://bücher.test/cb", "https://xn--bcher-kva.test/cb", "https://BÜCHER.test:443/cb"];

describe("T143 the address of an answer, however it is written", () => {
  const vestibule = useVestibule({ user: {} });
  const web = useResource(() =>
    vestibule.makeApplication({
      redirectUris: ["https://APP.test:443/cb", "https://bücher.test/cb"],
      postLogoutRedirectUris: ["HTTPS://app.test"],
    }),
  );
  const native = useResource(() =>
    vestibule.makeApplication({
      type: "native",
      redirectUris: ["http://localhost:8000", "http://127.0.0.1/cb", "Com.Example.Ledger:/cb"],
    }),
  );

  const askAt = (redirectUri: string, application: TestApplication, changes = {}) =>
    authorizationRequest(vestibule.issuer, application, { redirect_uri: redirectUri, ...changes });

  it("is stored in its normal form", () => {
    expect(web.application.redirectUris).to.deep.equal([SPELLINGS[0], IDN[1]]);
    expect(web.application.postLogoutRedirectUris).to.deep.equal(["https://app.test/"]);
    expect(native.application.redirectUris).to.deep.equal([
      "http://localhost:8000/",
      "http://127.0.0.1/cb",
      "com.example.ledger:/cb",
    ]);
  });

  it("gets the code at its normal form, and the code is redeemed with any spelling of it", async () => {
    for (const [normal, spellings] of [
      ["https://app.test/cb", SPELLINGS],
      ["https://xn--bcher-kva.test/cb", IDN],
    ] as const) {
      for (const [place, sent] of spellings.entries()) {
        const browser = vestibule.browser();
        const request = askAt(sent, web);
        const redirect = await vestibule.signIn(browser, request);
        expect(redirect.href.startsWith(`${normal}?code=`), redirect.href).to.equal(true);
        const { status, body } = await callToken(browser, web, {
          grant_type: "authorization_code",
          code: redirect.searchParams.get("code") ?? "",
          redirect_uri: spellings[(place + 1) % spellings.length] ?? "",
          code_verifier: request.verifier,
        });
        expect([status, body["error"]], sent).to.deep.equal([200, undefined]);
      }
    }
  });

  it("is still the one of the code: another registered address does not redeem it", async () => {
    const browser = vestibule.browser();
    const request = askAt("https://app.test/cb", web);
    const redirect = await vestibule.signIn(browser, request);
    for (const other of ["https://bücher.test/cb", "https://app.test/cb/", "https://app.test/CB"]) {
      const { status, body } = await callToken(browser, web, {
        grant_type: "authorization_code",
        code: redirect.searchParams.get("code") ?? "",
        redirect_uri: other,
        code_verifier: request.verifier,
      });
      expect([status, body["error"]], other).to.deep.equal([400, "invalid_grant"]);
    }
  });

  it("gets refusals at its normal form, in the query, the fragment and a form", async () => {
    for (const mode of ["query", "fragment", "form_post"]) {
      const { url } = askAt("HTTPS://BÜCHER.test:443/cb", web, { response_mode: mode, prompt: "none" });
      const { location, body } = await vestibule.browser().get(url);
      const to = mode === "form_post" ? (/action="([^"]*)"/.exec(body)?.[1] ?? "") : location;
      expect(to.startsWith("https://xn--bcher-kva.test/cb"), `${mode} ${to}`).to.equal(true);
    }
  });

  it("is compared in a pushed request in the same way", async () => {
    for (const [sent, expected] of [
      ["https://APP.test:443/cb", 201],
      ["https://app.test:8443/cb", 400],
    ] as const) {
      const { url } = askAt(sent, web);
      const { status } = await vestibule.browser().send("/par", {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          authorization: basic(web.id, web.secret ?? ""),
        },
        body: new URL(url).searchParams.toString(),
      });
      expect(status, sent).to.equal(expected);
    }
  });

  it("is compared in a signed request object in the same way", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "ES256", use: "sig" }] };
    const signing = await vestibule.makeApplication({ jwks, signedRequests: true });
    for (const [sent, expected] of [
      ["HTTPS://App.test:443/cb", "https://app.test/cb?code="],
      ["https://app.test/cb/", ""],
    ] as const) {
      const request = askAt(sent, signing);
      const object = await new SignJWT(Object.fromEntries(new URL(request.url).searchParams))
        .setProtectedHeader({ alg: "ES256", kid: "one", typ: "oauth-authz-req+jwt" })
        .setIssuer(signing.id)
        .setAudience(vestibule.issuer)
        .setNotBefore(epochSeconds(now()))
        .setExpirationTime(epochSeconds(now()) + 60)
        .sign(privateKey);
      const query = new URLSearchParams({ client_id: signing.id, request: object });
      const url = `${vestibule.issuer}/authorize?${query.toString()}`;
      const browser = vestibule.browser();
      const { location } =
        expected === ""
          ? await browser.get(url)
          : { location: (await vestibule.signIn(browser, { ...request, url })).href };
      expect(location.slice(0, 25), sent).to.equal(expected);
    }
  });

  it("is found in the list of a sector, however that spells it", async () => {
    const listed = ["https://BÜCHER.test:443/cb", "https://app.test/cb/"];
    const fetch = () => Promise.resolve(Response.json(listed));
    const uri = "https://sector.test/list.json";
    const fault = (...redirectUris: string[]) => sectorFault(fetch, { uri, redirectUris });
    expect(await fault("https://xn--bcher-kva.test/cb")).to.equal(null);
    expect(await fault("https://app.test/cb")).to.equal("does not list https://app.test/cb");
  });

  it("of scripts is the origin that browsers send", async () => {
    const spa = await vestibule.makeApplication({
      ...{ type: "browser", corsOrigins: ["HTTPS://Spa.test:443", "https://bücher.test:8443"] },
    });
    expect(spa.application.corsOrigins).to.deep.equal([
      "https://spa.test",
      "https://xn--bcher-kva.test:8443",
    ]);
    for (const origin of spa.application.corsOrigins) {
      const { headers } = await vestibule.browser().send("/token", {
        method: "POST",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          client_id: spa.id,
          grant_type: "refresh_token",
          refresh_token: "x",
        }).toString(),
      });
      expect(headers["access-control-allow-origin"]).to.equal(origin);
    }
  });

  it("is found where it was stored before addresses had a normal form", async () => {
    const older = await vestibule.makeApplication({ redirectUris: ["https://app.test/"] });
    await asOwner(
      vestibule.database,
      `update applications set settings = jsonb_set(settings, '{redirectUris}', '["https://app.test"]') where id = $1`,
      [older.id],
    );
    for (const sent of ["https://app.test", "https://app.test/"]) {
      const redirect = await vestibule.signIn(vestibule.browser(), askAt(sent, older));
      expect(redirect.href.startsWith("https://app.test/?code="), sent).to.equal(true);
    }
  });

  it("after sign-out is compared in the same way", async () => {
    for (const sent of ["https://app.test", "https://APP.test:443/", "https://app.test/"]) {
      const browser = vestibule.browser();
      await tokensFor(browser, web, vestibule.user);
      const query = new URLSearchParams({ client_id: web.id, post_logout_redirect_uri: sent });
      const page = await browser.get(`/sign-out?${query.toString()}`);
      const answer = await browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), logout: "yes" });
      expect(answer.location, sent).to.equal("https://app.test/");
    }
  });

  it("T79 of a native application may be localhost, at the port that is registered", async () => {
    for (const sent of ["http://localhost:8000", "http://localhost:8000/", "HTTP://LOCALHOST:8000/"]) {
      const { location } = await vestibule.browser().get(askAt(sent, native).url);
      expect(location, sent).to.contain("/interaction/");
    }
    for (const sent of ["http://localhost:8001", "http://localhost", "http://127.0.0.1:8000"]) {
      expect((await vestibule.browser().get(askAt(sent, native).url)).status, sent).to.equal(400);
    }
  });

  it("T79 of a native application may have its scheme in any case", async () => {
    const request = askAt("COM.EXAMPLE.ledger:/cb", native);
    const redirect = await vestibule.signIn(vestibule.browser(), request);
    expect(redirect.href.startsWith("com.example.ledger:/cb?code=")).to.equal(true);
  });
});

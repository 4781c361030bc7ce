import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { Page } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import { basic } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const OWN = "https://spa.test";
/** Registered, but by another application. */
const SIBLING = "https://other-spa.test";
const FOREIGN = [
  "https://evil.test",
  "null",
  "*",
  "https://SPA.test",
  "HTTPS://SPA.TEST",
  "https://spa.test/",
  "https://spa.test:443",
  "https://spa.test:8443",
  "http://spa.test",
  "https://spa.test.evil.test",
  "https://evil.test/https://spa.test",
  "https://spa.test https://evil.test",
  "https://sub.spa.test",
];

/** Every endpoint that answers for one application. */
const ENDPOINTS = ["/token", "/userinfo", "/introspect", "/revoke", "/par", "/device/authorize"];
/** Those where the request itself names the application. */
const BY_CLIENT = ENDPOINTS.filter((path) => path !== "/userinfo");
const PUBLIC = ["/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

describe("origins that no application has registered", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, user: {}, application: {} });
  const spa = useResource(() => makeApplication(vestibule.services, { type: "browser", corsOrigins: [OWN] }));
  const sibling = useResource(() =>
    makeApplication(vestibule.services, { type: "browser", corsOrigins: [SIBLING] }),
  );

  const allowed = ({ headers }: Page) => headers["access-control-allow-origin"];
  const expectClosed = ({ headers }: Page, what: string) => {
    const open = Object.keys(headers).filter((name) => name.startsWith("access-control-"));
    expect(open, what).to.deep.equal([]);
  };
  const post = (path: string, origin: string, fields: Record<string, string>, authorization?: string) =>
    vestibule.browser().post(path, fields, {
      headers: {
        origin,
        accept: "application/json",
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
  const ask = (path: string, origin: string, asked = "POST") =>
    vestibule.browser().send(path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": asked, "access-control-request-headers": "dpop" },
    });
  const asked = { grant_type: "refresh_token", refresh_token: "x", token: "x", scope: "openid" };

  it("T106 read no error about an application that is unknown, missing or wrong", async () => {
    const wrong: Record<string, [fields: Record<string, string>, authorization?: string]> = {
      unknown: [{ client_id: "app_unknown-unknown-unknown" }],
      missing: [{}],
      "another secret": [{}, basic(vestibule.application.id, "wrong")],
      "unknown with a secret": [{}, basic("app_unknown-unknown-unknown", "wrong")],
      malformed: [{}, "Basic %%%"],
      "an assertion": [{ client_assertion: "a.b.c", client_assertion_type: "x" }],
    };
    for (const [path, what, origin] of product(BY_CLIENT, Object.keys(wrong), [
      "https://evil.test",
      "null",
      OWN,
    ])) {
      const [fields, authorization] = wrong[what] ?? [{}];
      const answer = await post(path, origin, { ...asked, ...fields }, authorization);
      expect(answer.status, `${path} ${what}`).to.be.oneOf([400, 401]);
      expectClosed(answer, `${path} ${what} for ${origin}`);
    }
  });

  it("T106 read nothing of an application with origins of its own", async () => {
    for (const origin of [...FOREIGN, SIBLING]) {
      for (const path of BY_CLIENT) {
        const answer = await post(path, origin, { ...asked, client_id: spa.id });
        expectClosed(answer, `${path} for ${origin}`);
        expect(answer.status, `${path} for ${origin}`).to.equal(400);
      }
    }
  });

  it("T106 read nothing at userinfo, whatever the token is worth", async () => {
    const { access } = await tokensFor(vestibule.browser(), spa, vestibule.user);
    for (const origin of FOREIGN) {
      for (const authorization of ["", "Bearer unknown", "Basic eDp5", `Bearer ${access}`]) {
        const headers = { origin, accept: "application/json", authorization };
        expectClosed(
          await vestibule.browser().get("/userinfo", { headers }),
          `${authorization} for ${origin}`,
        );
      }
    }
    const headers = { origin: SIBLING, accept: "application/json", authorization: `Bearer ${access}` };
    expectClosed(await vestibule.browser().get("/userinfo", { headers }), "a token of another application");
  });

  it("T106 are refused before the call, while registered ones may call", async () => {
    for (const path of ENDPOINTS) {
      for (const origin of FOREIGN) {
        expectClosed(await ask(path, origin), `${path} for ${origin}`);
      }
      for (const origin of [OWN, SIBLING]) {
        const answer = await ask(path, origin);
        expect([answer.status, allowed(answer)], path).to.deep.equal([204, origin]);
        expect(answer.headers["access-control-allow-headers"], path).to.contain("dpop");
        expect(answer.headers, path).to.not.have.property("access-control-allow-credentials");
      }
    }
  });

  it("T106 may call as soon as an application registers them, and no longer than that", async () => {
    const late = "https://late.test";
    expectClosed(await ask("/token", late), "before");
    const { application } = await makeApplication(vestibule.services, {
      type: "browser",
      corsOrigins: [late],
    });
    const isOpen = async () => allowed(await ask("/token", late)) === late;
    await eventually(isOpen, (open) => open);
    const { applicationService } = vestibule.services;
    await applicationService.change(application, { ...application, corsOrigins: [] }, "test");
    await eventually(isOpen, (open) => !open);
  });

  it("lets a registered origin read that a token is unknown, and errors of its own application", async () => {
    const headers = { origin: OWN, accept: "application/json", authorization: "Bearer unknown" };
    const answer = await vestibule.browser().get("/userinfo", { headers });
    expect([answer.status, allowed(answer)]).to.deep.equal([401, OWN]);
    expect(allowed(await post("/token", OWN, { ...asked, client_id: spa.id }))).to.equal(OWN);
    expect(allowed(await post("/token", SIBLING, { ...asked, client_id: sibling.id }))).to.equal(SIBLING);
  });

  it("T106 read only documents that are the same for everyone, and never with cookies", async () => {
    for (const path of PUBLIC) {
      for (const origin of [OWN, ...FOREIGN]) {
        const answer = await vestibule.browser().get(path, { headers: { origin } });
        expect([answer.status, allowed(answer)], path).to.deep.equal([200, origin]);
        expect(answer.headers, path).to.not.have.property("access-control-allow-credentials");
        expect(answer.setCookies, path).to.be.empty;
      }
    }
  });

  it("T106 are not named where a request names none", async () => {
    for (const path of ENDPOINTS) {
      const answer = await vestibule.browser().send(path, {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
        body: "",
      });
      expectClosed(answer, path);
    }
  });
});

const product = (
  ...[first, second, third]: readonly [readonly string[], readonly string[], readonly string[]]
) => first.flatMap((a) => second.flatMap((b) => third.map((c) => [a, b, c] as const)));

import { expect } from "chai";
import { type Page } from "../../support/http-browser.ts";
import { makeApplication } from "../../support/people.ts";
import { basic, openSignIn } from "../../support/relying-party.ts";
import { tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const SPA = "https://spa.test";
const FOREIGN = [
  "https://evil.test",
  "null",
  "https://spa.test.evil.test",
  "http://spa.test",
  "https://app.test",
];

describe("answers to scripts of other origins", () => {
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: {}, application: {} });
  const singlePage = useResource(() =>
    makeApplication(vestibule.services, {
      name: "Single page",
      type: "browser",
      redirectUris: [`${SPA}/cb`],
      corsOrigins: [SPA],
    }),
  );

  const opened = ({ headers }: Page) => headers["access-control-allow-origin"];

  it("T106 opens no page to any other origin", async () => {
    for (const origin of [...FOREIGN, SPA]) {
      const browser = vestibule.browser();
      const headers = { origin };
      const page = await openSignIn(browser, vestibule.request());
      for (const url of ["/", "/o/noord", page.url, "/sign-out", "/outbox", "/health/ready", "/nothing"]) {
        expectClosed(await browser.get(url, { headers }), `${url} for ${origin}`);
      }
      const asked = vestibule.request({ prompt: "none" });
      expectClosed(await browser.get(asked.url, { headers }), `authorization for ${origin}`);
      const preflight = { "access-control-request-method": "POST", ...headers };
      expectClosed(
        await browser.send(page.url, { method: "OPTIONS", headers: preflight }),
        `asked by ${origin}`,
      );
    }
  });

  it("T106 opens nothing of a confidential application to any origin", async () => {
    const { access, refresh } = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
    for (const origin of [...FOREIGN, SPA]) {
      const headers = { origin, accept: "application/json" };
      const client = {
        ...headers,
        authorization: basic(vestibule.application.id, vestibule.application.secret ?? ""),
      };
      const calls = {
        token: await vestibule
          .browser()
          .post("/token", { grant_type: "refresh_token", refresh_token: refresh }, { headers: client }),
        userinfo: await vestibule.browser().get("/userinfo", {
          headers: { ...headers, authorization: `Bearer ${access}` },
        }),
        introspection: await vestibule.browser().post("/introspect", { token: access }, { headers: client }),
        revocation: await vestibule.browser().post("/revoke", { token: "unknown" }, { headers: client }),
        pushed: await vestibule.browser().post("/par", {}, { headers: client }),
      };
      for (const [what, answer] of Object.entries(calls)) {
        expectClosed(answer, `${what} for ${origin}`);
        expect(answer.status, `${what} for ${origin}`).to.equal(400);
      }
    }
  });

  it("T106 lets a single-page application call from its own origins alone", async () => {
    for (const origin of [SPA, ...FOREIGN]) {
      const { access, refresh } = await tokensFor(vestibule.browser(), singlePage, vestibule.user);
      const headers = { origin, accept: "application/json" };
      const fields = { client_id: singlePage.id, grant_type: "refresh_token", refresh_token: refresh };
      const token = await vestibule.browser().post("/token", fields, { headers });
      const userinfo = await vestibule.browser().get("/userinfo", {
        headers: { ...headers, authorization: `Bearer ${access}` },
      });
      const wrong = await vestibule
        .browser()
        .post("/token", { ...fields, refresh_token: "wrong" }, { headers });
      const isOwn = origin === SPA;
      expect([token.status, userinfo.status], origin).to.deep.equal(isOwn ? [200, 200] : [400, 400]);
      for (const [what, answer] of Object.entries({ token, userinfo, wrong })) {
        expect(opened(answer), `${what} for ${origin}`).to.equal(isOwn ? SPA : undefined);
        expect(answer.headers, what).to.not.have.property("access-control-allow-credentials");
      }
    }
  });

  it("T106 never lets a browser send cookies along, not even to what is public", async () => {
    for (const url of ["/.well-known/openid-configuration", "/jwks"]) {
      const answer = await vestibule.browser().get(url, { headers: { origin: SPA } });
      expect(opened(answer), url).to.be.oneOf(["*", SPA]);
      expect(answer.headers, url).to.not.have.property("access-control-allow-credentials");
    }
    for (const url of ["/token", "/userinfo", "/revoke", "/introspect", "/par", "/jwks"]) {
      const headers = { origin: "https://evil.test", "access-control-request-method": "POST" };
      const answer = await vestibule.browser().send(url, { method: "OPTIONS", headers });
      expect(answer.headers, url).to.not.have.property("access-control-allow-credentials");
    }
  });
});

function expectClosed({ headers }: Page, what: string): void {
  expect(headers, what).to.not.have.any.keys(
    "access-control-allow-origin",
    "access-control-allow-credentials",
  );
}

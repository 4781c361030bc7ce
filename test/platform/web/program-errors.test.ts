import { expect } from "chai";
import type { Page } from "../../support/http-browser.ts";
import { rawStatus, rawRequest, sendRaw } from "../../support/raw-http.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Every endpoint for programs, with what it is called by. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "/.well-known/openid-configuration": "GET",
  "/.well-known/oauth-authorization-server": "GET",
  "/jwks": "GET",
  "/token": "POST",
  "/userinfo": "GET or POST",
  "/introspect": "POST",
  "/revoke": "POST",
  "/par": "POST",
  "/device/authorize": "POST",
};

describe("endpoints for programs", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, application: {} });
  const HTML = { accept: "text/html" };

  function expectError(page: Page, status: number, what: string): Record<string, unknown> {
    expect(page.status, what).to.equal(status);
    expect(page.headers["content-type"], what).to.equal("application/json; charset=utf-8");
    return JSON.parse(page.body) as Record<string, unknown>;
  }

  it("T136 answer a wrong method with the right one, as JSON, also to a browser", async () => {
    for (const [path, methods] of Object.entries(PROGRAMS)) {
      const wrong = ["GET", "POST", "PUT", "DELETE", "PROPFIND"].filter((one) => !methods.includes(one));
      for (const method of wrong) {
        const page = await vestibule.browser().send(path, { method, headers: HTML });
        const error = expectError(page, 405, `${method} ${path}`);
        expect(error["error"]).to.equal("invalid_request");
        expect(error["error_description"]).to.equal(`${path} is called by ${methods}`);
        expect(page.headers["allow"]).to.equal(`${methods.replace(" or ", ", ")}, OPTIONS`);
      }
    }
  });

  it("T136 answer errors of the protocol as JSON, also to a browser", async () => {
    const fields = { grant_type: "x", client_id: "app_unknown" };
    for (const path of ["/token", "/introspect", "/revoke", "/par", "/device/authorize"]) {
      const page = await vestibule.browser().post(path, fields, { headers: HTML });
      expect(expectError(page, 401, path)).to.include({ error: "invalid_client" });
    }
    const page = await vestibule.browser().get("/userinfo", { headers: HTML });
    expect(expectError(page, 401, "/userinfo")).to.include({ error: "invalid_token" });
  });

  it("T136 leave the page of the method to pages", async () => {
    const page = await vestibule.browser().send("/account", { method: "PUT" });
    expect(page.status).to.equal(405);
    expect(page.body).to.contain("<h1>");
    expect(page.headers["allow"]).to.equal("GET, HEAD, POST, OPTIONS");
  });

  it("T136 have no page beside them, and are none themselves", async () => {
    const { port } = vestibule.settings;
    for (const path of ["/token/", "//token", "/token/x", "/%74oken"]) {
      const answer = await sendRaw(port, rawRequest(`POST ${path}`, ["Content-Length: 0"]));
      expect(rawStatus(answer), path).to.be.within(400, 499);
    }
  });
});

import { expect } from "chai";
import type { Page } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** The endpoints that programs call, with their methods (RFC 9110 section 15.5.6: `Allow` lists them). */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  "/token": ["POST"],
  "/introspect": ["POST"],
  "/revoke": ["POST"],
  "/par": ["POST"],
  "/device/authorize": ["POST"],
  "/userinfo": ["GET", "POST"],
  "/jwks": ["GET"],
  "/.well-known/openid-configuration": ["GET"],
  "/.well-known/oauth-authorization-server": ["GET"],
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

describe("an endpoint that is called by a method that it does not have", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" } });
  const SPA = "https://spa.test";
  useResource(() =>
    makeApplication(vestibule.services, {
      type: "browser",
      redirectUris: [`${SPA}/cb`],
      corsOrigins: [SPA],
    }),
  );

  for (const [path, own] of Object.entries(PROGRAMS)) {
    const has = (method: string) => own.includes(method === "HEAD" ? "GET" : method);

    it(`T136 answers 405 as JSON that says how ${path} is called, whatever the program accepts`, async () => {
      for (const method of METHODS.filter((each) => !has(each))) {
        for (const accept of ["text/html", "application/json", "*/*"]) {
          const page = await vestibule.browser().send(path, { method, headers: { accept } });
          expectRefused(page, { method, path, own });
        }
      }
    });

    it(`T106 still answers the preflight of a script to ${path}`, async () => {
      for (const method of own) {
        const { status, headers } = await vestibule.browser().send(path, {
          method: "OPTIONS",
          headers: { origin: SPA, "access-control-request-method": method },
        });
        expect(status, method).to.equal(204);
        expect(headers["access-control-allow-origin"], method).to.equal(SPA);
        expect(String(headers["access-control-allow-methods"]).split(","), method).to.include(method);
      }
    });
  }
});

function expectRefused(
  { status, headers, body }: Page,
  { method, path, own }: { method: string; path: string; own: readonly string[] },
): void {
  expect(status, method).to.equal(405);
  expect(headers["allow"], method).to.equal([...own, "OPTIONS"].join(", "));
  expect(headers["content-type"], method).to.match(/^application\/json/);
  expect(headers["cache-control"], method).to.equal("no-store");
  if (method === "HEAD") {
    return;
  }
  const { error, error_description: said } = JSON.parse(body) as Record<string, string>;
  expect([error, said], method).to.deep.equal([
    "invalid_request",
    `${path} is called by ${own.join(" or ")}`,
  ]);
}

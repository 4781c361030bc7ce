import { expect } from "chai";
import { OPERATIONS } from "../../../src/api/operations.ts";
import { ROUTE_LIST } from "../../../src/api/scim/scim-routes.ts";
import { API_PATH } from "../../../src/domain/applications/own-application.ts";
import { ENTRANCES } from "../../../src/screens/console/navigation.ts";
import { createConsolePages } from "../../../src/screens/console/pages.ts";
import { routeOf } from "../../../src/screens/console/page.ts";
import { PAGE_PARTS } from "../../support/console.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { basic } from "../../support/relying-party.ts";
import { BEFORE_ROUTERS, routesOf } from "../../support/routes.ts";
import { giveApp, newBrowser, pageName, passPassword, makeStrictUser } from "../../support/second-factor.ts";
import { withOwnGateway } from "../../support/sms-http-stand-in.ts";
import { useSmsStandIn } from "../../support/sms-stand-in.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** What a browser gets there that has proved the password and no second factor. */
type Class =
  /** A page or file that is the same for every visitor. */
  | "public"
  /** Leads to the page of the second factor, or is that page. */
  | "challenge"
  /** Leads to the sign-in, which asks for the second factor. */
  | "sign-in"
  /** A refusal. */
  | "refused";

/** Every route, classified. A new one fails the test until it is classified here. */
const ROUTES: Readonly<Record<string, Class>> = {
  "GET /": "public",
  "GET /o/:code": "public",
  "GET /forgot-password": "public",
  "POST /forgot-password": "refused",
  "GET /forgot-password/sent": "public",
  "GET /which-office-code": "public",
  "POST /which-office-code": "refused",
  "GET /which-office-code/sent": "public",
  "GET /reset-password": "refused",
  "POST /reset-password": "refused",
  "GET /reset-password/done": "refused",
  "GET /reset-password/:token": "public",
  "GET /invitation": "refused",
  "POST /invitation": "refused",
  "GET /invitation/done": "refused",
  "GET /invitation/:token": "public",
  "GET /not-me": "refused",
  "POST /not-me": "refused",
  "GET /not-me/:token": "public",
  "GET /outbox": "public",
  "GET /health/live": "public",
  "GET /health/ready": "public",
  "GET /assets/:file": "refused",
  // A logo is for every visitor of the sign-in page; without its address, there is none.
  "GET /logos/:token/:file": "refused",
  "GET /interaction/:uid": "challenge",
  "GET /interaction/:uid/:page": "challenge",
  "GET /interaction/:uid/:page/status": "refused",
  // Leads to the page of a forgotten password.
  "GET /interaction/:uid/help/:topic": "public",
  "POST /interaction/:uid/:page": "refused",
  "GET /interaction/:uid/consent": "refused",
  "POST /interaction/:uid/consent": "refused",
  "GET /interaction/:uid/other-user": "refused",
  "POST /interaction/:uid/other-user": "refused",
  "GET /authorize": "challenge",
  // Leads to the same request by GET, no matter who asks.
  "POST /authorize": "sign-in",
  // Its cookie comes with the redirect at the end of a sign-in.
  "GET /authorize/:uid": "refused",
  "GET /userinfo": "refused",
  "POST /userinfo": "refused",
  "OPTIONS /userinfo": "public",
  "POST /token": "refused",
  "OPTIONS /token": "public",
  "GET /jwks": "public",
  "OPTIONS /jwks": "public",
  "GET /.well-known/openid-configuration": "public",
  "OPTIONS /.well-known/openid-configuration": "public",
  "GET /.well-known/oauth-authorization-server": "public",
  "OPTIONS /.well-known/oauth-authorization-server": "public",
  "POST /introspect": "refused",
  "OPTIONS /introspect": "public",
  "POST /revoke": "refused",
  "OPTIONS /revoke": "public",
  "POST /par": "refused",
  "OPTIONS /par": "public",
  "GET /sign-out": "public",
  "GET /sign-out/success": "public",
  "POST /sign-out": "public",
  // Leads to the page that asks.
  "POST /sign-out/confirm": "public",
  "GET /webhooks/vonage/receipts": "refused",
  "POST /webhooks/vonage/receipts": "refused",
  "POST /webhooks/vonage/status": "refused",
  "POST /webhooks/sms/status": "refused",
  // The same for every visitor: nothing of it is looked at.
  "POST /webhooks/vonage/inbound": "public",
  ...accountRoutes(),
  ...consoleRoutes(),
  ...apiRoutes(),
  ...scimRoutes(),
};

/** Nothing of the account is shown or changed before the second factor; the way back from the sign-in leads there only. */
function accountRoutes(): Record<string, Class> {
  const views = ["", "/sessions", "/applications", "/sign-ins"];
  const changes = [
    "/profile",
    "/password",
    "/sessions/others",
    "/sessions/:id",
    "/trusted/all",
    "/trusted/:id",
    "/applications/:id",
    "/mail",
    "/mail/confirm",
    "/method/remove/:id",
    "/method",
    "/passkeys/:id",
    "/passkey",
    "/app",
    "/number",
    "/email-code",
    "/recovery-codes",
    "/data",
  ];
  const entries: [string, Class][] = [
    ...views.map((path): [string, Class] => [`GET /account${path}`, "sign-in"]),
    ...changes.map((path): [string, Class] => [`GET /account${path}`, "sign-in"]),
    ...changes.map((path): [string, Class] => [`POST /account${path}`, "sign-in"]),
    ["GET /account/mail/link/:token", "public"],
    ["GET /account/signed-in", "public"],
  ];
  return Object.fromEntries(entries);
}

/** The same of the console, whichever pages it has: all of them are behind its one gate. */
function consoleRoutes(): Record<string, Class> {
  const pages = createConsolePages(PAGE_PARTS);
  const entries: [string, Class][] = [
    ["GET /console/signed-in", "public"],
    // Each leads to a page of the visitor's own, once they have signed in.
    ...ENTRANCES.map(({ address }): [string, Class] => [`GET ${address}`, "sign-in"]),
    ...pages.map((page): [string, Class] => [`GET ${routeOf(page)}`, "sign-in"]),
    ...pages
      .filter(({ submit }) => submit !== undefined)
      .map((page): [string, Class] => [`POST ${routeOf(page)}`, "sign-in"]),
  ];
  return Object.fromEntries(entries);
}

/** Machines alone get a token for the management API, whatever a browser has proved. */
function apiRoutes(): Record<string, Class> {
  const entries = OPERATIONS.map(({ method, path }): [string, Class] => [
    `${method} ${API_PATH}${path.replace(/\{(\w+)\}/g, ":$1")}`,
    "refused",
  ]);
  return { [`GET ${API_PATH}/openapi.json`]: "public", ...Object.fromEntries(entries) };
}

/** Only the token of a directory opens any. */
function scimRoutes(): Record<string, Class> {
  const entries = ROUTE_LIST.flatMap(({ methods, path }) =>
    methods.map((method): [string, Class] => [`${method} ${path}`, "refused"]),
  );
  return Object.fromEntries(entries);
}

describe("a browser that has proved the password alone", function () {
  // A sign-in for each route.
  this.timeout(120_000);
  let routes: readonly string[];

  const provider = useSmsStandIn();
  // With a provider, whose webhooks are routes too.
  const vestibule = useVestibule({ settings: () => withOwnGateway(provider.environment), application: {} });
  const { application } = vestibule;
  const user = useResource(() =>
    makeStrictUser(vestibule.services, {
      name: "Marker Visser",
      mail: "marker@mail.example",
    }),
  );
  before(async () => {
    await giveApp(vestibule.services, user);
    routes = await routesOf(vestibule);
  });

  it("T14 meets no route that nobody has classified", () => {
    expect(routes).to.include.members(["POST /token", "GET /interaction/:uid/:page", "GET /authorize/:uid"]);
    expect(routes.filter((route) => ROUTES[route] === undefined)).to.deep.equal([]);
    const gone = Object.keys(ROUTES).filter(
      (route) => !routes.includes(route) && !BEFORE_ROUTERS.includes(route),
    );
    expect(gone, "classified and not there any more").to.deep.equal([]);
  });

  it("T14 gets at every route what its class says, and nothing of the person", async () => {
    for (const [route, expected] of Object.entries(ROUTES)) {
      const [method = "", path = ""] = route.split(" ");
      for (const call of await callsOf(method as Method, path)) {
        const page = await call();
        expectNothing(page, `${route} → ${page.url}`);
        expect(classOf(page), `${route} → ${String(page.status)} ${page.location}`).to.equal(expected);
      }
    }
  });

  it("T14 gets nothing by another method than a route has", async () => {
    const paths = new Set(Object.keys(ROUTES).map((route) => route.split(" ")[1] ?? ""));
    // The state of the server looks at no method.
    const asked = [...paths].filter((path) => !path.startsWith("/health/"));
    const { browser, fill } = await ready();
    for (const method of ["PUT", "PATCH", "DELETE", "TRACE"]) {
      const pages = await Promise.all(asked.map((path) => browser.send(fill(path), { method })));
      pages.forEach((page) => {
        expectNothing(page, `${method} ${page.url}`);
        expect(page.status, `${method} ${page.url}`).to.be.within(400, 499);
      });
    }
  });

  it("T14 is still asked for the code after all of that, and has no session", async () => {
    const { browser } = await ready();
    const page = await browser.get("/authorize?client_id=x");
    expect(page.status).to.equal(400);
    expect(browser.cookieNames().filter((name) => /session/.test(name))).to.deep.equal([]);
  });

  /** A browser after the password, and how a route's address reads for it. */
  async function ready(): Promise<{ browser: HttpBrowser; fill: (path: string) => string }> {
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    expect(pageName(page)).to.equal("challenge-totp");
    const uid = /interaction\/([^/]+)/.exec(page.url)?.[1] ?? "";
    const query = new URLSearchParams({
      client_id: application.id,
      response_type: "code",
      redirect_uri: application.redirectUri,
      scope: "openid email phone",
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    });
    const fill = (path: string) =>
      path
        .replace(/^\/authorize$/, `/authorize?${query.toString()}`)
        .replace(":uid", uid)
        .replace(":page", "enrol-totp")
        .replace(":topic", "forgot-password")
        .replace(":id", "anything")
        .replace(":office", user.office.code)
        .replace(":user", user.id)
        .replace(":code", user.office.code)
        .replace(":token", "A".repeat(64))
        .replace(":file", "anything.css");
    return { browser, fill };
  }

  /** The calls that a route is tried with: with forms that are empty, and with the application's credentials. */
  async function callsOf(method: Method, path: string): Promise<(() => Promise<Page>)[]> {
    const { browser, fill } = await ready();
    const secret = basic(application.id, application.secret ?? "");
    switch (method) {
      case "POST":
        return [
          () => browser.post(fill(path), {}),
          // An authorization request leads back with whatever it was sent, which is nothing that we gave.
          ...(path === "/authorize"
            ? []
            : [
                () =>
                  browser.post(fill(path), {
                    code: "123456",
                    later: "1",
                    saved: "yes",
                    mfaRequired: "false",
                  }),
              ]),
          // The application's own credentials open its own endpoints and nothing of a person.
          ...(["/introspect", "/revoke", "/par"].includes(path)
            ? []
            : [() => browser.post(fill(path), {}, { headers: { authorization: secret } })]),
        ];
      case "OPTIONS":
        return [() => browser.send(fill(path), { method, headers: PREFLIGHT })];
      case "GET":
      case "PUT":
      case "PATCH":
      case "DELETE":
        return [() => browser.send(fill(path), { method })];
    }
  }

  function expectNothing({ body, location, headers }: Page, what: string): void {
    expect(location, what).to.not.match(/[?&#](code|access_token|id_token)=/);
    expect(body, what).to.not.match(
      /"(access_token|id_token|refresh_token|sub|email)":|name="code" value="./,
    );
    expect(body + location + JSON.stringify(headers), what).to.not.match(/marker@|Marker Visser/);
  }
});

const PREFLIGHT = { origin: "https://app.test", "access-control-request-method": "POST" };

function classOf({ status, location, url, body }: Page): Class {
  const isChallenge = /\/challenge-totp$/.test(location) || /name="code"/.test(body);
  if (isChallenge || /\/interaction\/[^/]+$/.test(location)) {
    return "challenge";
  }
  if (location.startsWith(`${new URL(url).origin}/authorize?`)) {
    return "sign-in";
  }
  if (status >= 400) {
    return "refused";
  }
  return /^(https?:\/\/[^/]+)\//.exec(location) === null || location.startsWith(new URL(url).origin)
    ? "public"
    : "refused";
}

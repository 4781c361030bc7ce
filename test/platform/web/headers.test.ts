import { expect } from "chai";
import { postAs } from "../../support/program.ts";
import { rawRequest, rawStatus, sendRaw } from "../../support/raw-http.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { expectNoDetail, expectSecured } from "../../support/secured.ts";
import { tourOf } from "../../support/tour.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

describe("every answer of a production server", () => {
  const vestibule = useVestibule({
    settings: { NODE_ENV: "production", VESTIBULE_ISSUER: "https://id.test" },
    application: {},
  });

  const tour = useResource(() => tourOf(vestibule));

  const request = () => vestibule.request();
  const asRaw = (line: string, headers: readonly string[] = []) =>
    sendRaw(vestibule.settings.port, rawRequest(line, headers));

  it("T103 carries the strict headers on every page, also on errors", () => {
    expect(Object.keys(tour)).to.have.length.above(25);
    for (const [what, page] of Object.entries(tour)) {
      expectSecured(page, what);
      const [, seconds] = /^max-age=(\d+); includeSubDomains$/.exec(
        String(page.headers["strict-transport-security"]),
      ) ?? ["", "0"];
      expect(Number(seconds), what).to.be.at.least(YEAR_SECONDS);
    }
  });

  it("T103 lets no cache keep a page of a sign-in", () => {
    for (const [what, page] of Object.entries(tour)) {
      if (what !== "welcome") {
        expect(String(page.headers["cache-control"]), what).to.contain("no-store");
      }
    }
  });

  it("T103 has another nonce and another id each time", () => {
    const pages = Object.values(tour);
    const nonces = pages.map(
      ({ headers }) => /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1],
    );
    expect(new Set(nonces).size).to.equal(pages.length);
    expect(new Set(pages.map(({ headers }) => headers["x-request-id"])).size).to.equal(pages.length);
  });

  it("T103 protects what programs and style sheets get as well", async () => {
    const [style = "", script = ""] = resourcesOf(tour["welcome"]?.body ?? "").filter((url) =>
      /\.(css|js)$/.test(url),
    );
    const urls = [
      style,
      script,
      "/jwks",
      "/.well-known/openid-configuration",
      "/health/live",
      "/health/ready",
    ];
    for (const url of urls) {
      const { status, headers } = await vestibule.browser().get(url);
      expect(status, url).to.equal(200);
      expect(headers["x-content-type-options"], url).to.equal("nosniff");
      expect(headers, url).to.include.keys("content-security-policy", "strict-transport-security");
      expect(headers, url).to.not.have.any.keys("server", "x-powered-by", "set-cookie");
    }
    const token = await postAs(vestibule.browser(), vestibule.application, { url: "/token" });
    expect(token.headers["cache-control"]).to.equal("no-store");
  });

  it("T107 refuses methods that it does not know, on every address", async () => {
    const addresses = [
      "/",
      "/o/tour",
      "/authorize",
      "/token",
      "/userinfo",
      "/jwks",
      "/interaction/x",
      "/sign-out",
    ];
    for (const method of ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "LINK"]) {
      for (const address of addresses) {
        const answer = await vestibule.browser().send(address, { method });
        expect(answer.status, `${method} ${address}`).to.equal(405);
        expect(answer.body, `${method} ${address}`).to.not.contain("host: id.test");
        expectNoDetail(answer, `${method} ${address}`);
      }
    }
    expect(rawStatus(await asRaw("NONSENSE /"))).to.equal(400);
    expect(rawStatus(await asRaw("CONNECT evil.test:443"))).to.not.equal(200);
  });

  it("T107 takes no other method's word for the method", async () => {
    const page = await openSignIn(vestibule.browser(), request());
    const headers = {
      "x-http-method-override": "DELETE",
      "x-http-method": "DELETE",
      "x-method-override": "PUT",
    };
    const answer = await vestibule.browser().get(`${page.url}?_method=POST`, { headers });
    expect(answer.status).to.equal(400);
    expect((await vestibule.browser().get("/", { headers })).status).to.equal(200);
  });

  it("T107 shows no file, no map and no door for developers", async () => {
    const [style = ""] = resourcesOf(tour["welcome"]?.body ?? "").filter((url) => url.endsWith(".css"));
    const paths = [
      "/.git/config",
      "/.git/HEAD",
      "/.env",
      "/package.json",
      "/package-lock.json",
      "/src/main.ts",
      "/views/layouts/page.njk",
      "/data/secrets.json",
      "/node_modules/koa/package.json",
      "/assets/",
      "/assets/vestibule.css",
      `${style}.map`,
      `${style}/../../../package.json`,
      "/assets/../package.json",
      "/assets/%2e%2e/package.json",
      "/assets/..%2f..%2fpackage.json",
      "/..\\package.json",
      "/debug",
      "/metrics",
      "/status",
      "/server-status",
      "/test",
      "/outbox",
      "/admin",
      "/reg",
      "/register",
      "/device",
      "/session/end",
      "/v1",
      "/graphql",
    ];
    for (const path of paths) {
      const answer = await asRaw(`GET ${path}`, ["Accept: text/html"]);
      expect(rawStatus(answer), path).to.equal(404);
      expect(answer, path).to.not.match(/"dependencies"|\[core\]|cookieKeys|\{%/);
    }
  });

  it("T107 says the same of every address of the management API to those without a token", async () => {
    const answers = await Promise.all(
      ["/api", "/api/", "/api/v1", "/api/v1/offices", "/api/v2", "/api/.env"].map((path) =>
        vestibule.browser().get(path),
      ),
    );
    const said = answers.map(({ status, body }) =>
      [status, body.replace(/"requestId":"[^"]*"/, "")].join(" "),
    );
    expect(new Set(said).size, said.join("\n")).to.equal(1);
    expect(said[0]).to.match(/^401 .*"code":"invalid-token"/);
  });

  it("T107 shows nothing of development", () => {
    for (const [what, { body }] of Object.entries(tour)) {
      expect(body, what).to.not.match(/outbox|demo|openid-configuration/i);
    }
  });

  it("T107 believes no header that says where or how it was asked", async () => {
    const headers = {
      host: "evil.test",
      "x-forwarded-host": "evil.test",
      "x-forwarded-proto": "http",
      "x-forwarded-port": "81",
      "x-forwarded-prefix": "/evil.test",
      "x-original-url": "/outbox",
      "x-rewrite-url": "/outbox",
      forwarded: "host=evil.test;proto=http",
    };
    const begun = await vestibule.browser().get(request().url, { headers });
    expect(begun.headers["location"]).to.match(/^(https:\/\/id\.test)?\/interaction\//);
    expect(begun.setCookies.join("\n")).to.not.contain("evil");
    begun.setCookies.forEach((line) => expect(line).to.match(/; ?secure/i));
    const discovery = await vestibule.browser().get("/.well-known/openid-configuration", { headers });
    const addresses = [...discovery.body.matchAll(/"(https?:[^"]*)"/g)].map(([, address]) => address);
    expect(addresses).to.have.length.above(5);
    addresses.forEach((address) => expect(address).to.match(/^https:\/\/id\.test(\/|$)/));
    const welcome = await vestibule.browser().get("/", { headers });
    expect(welcome.status).to.equal(200);
    expect(welcome.body + JSON.stringify(welcome.headers)).to.not.contain("evil");
  });

  it("T107 follows no address that a request line brings along", async () => {
    const absolute = await asRaw("GET http://evil.test/o/tour", ["Accept: text/html"]);
    expect(rawStatus(absolute)).to.equal(200);
    expect(absolute).to.not.contain("evil.test");
    for (const path of ["//evil.test", "//evil.test/o/tour", "/\\evil.test", "//evil.test/%2e%2e"]) {
      const answer = await asRaw(`GET ${path}`, ["Accept: text/html"]);
      expect(rawStatus(answer), path).to.equal(404);
      expect(answer, path).to.not.match(/(href|src|action)="([a-z]+:)?[/\\]{2}/);
      expect(answer.toLowerCase(), path).to.not.contain("location:");
    }
  });

  it("T107 answers a broken request with 400 and nothing about itself", async () => {
    const broken = [
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n",
      "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\nrubbish\r\n\r\n",
    ];
    for (const request of broken) {
      const answer = await sendRaw(vestibule.settings.port, request);
      expect(rawStatus(answer), JSON.stringify(request)).to.equal(400);
      expect(answer, JSON.stringify(request)).to.not.match(/node|koa|error:|\n\s+at /i);
    }
  });

  it("T119 loads nothing from elsewhere in any page", () => {
    for (const [what, { body }] of Object.entries(tour)) {
      for (const url of resourcesOf(body)) {
        expect(url, what).to.match(/^(\/(?!\/)|#|\?|data:image\/)/);
      }
      // What is left are links that a user may follow, back to the application. A wrong return address is shown as text.
      for (const [, address] of body.matchAll(/="((?:https?:)?\/\/[^"]+)/g)) {
        expect(address, what).to.match(/^https:\/\/(app|id)\.test(\/|$)/);
      }
    }
  });

  it("T119 loads nothing from elsewhere in any style sheet or script", async () => {
    const assets = new Set(Object.values(tour).flatMap(({ body }) => resourcesOf(body)));
    const ours = [...assets].filter((url) => url.startsWith("/assets/"));
    expect(ours.map((url) => url.split(".").at(-1))).to.include.members(["css", "js", "svg"]);
    for (const url of ours) {
      const { status, body } = await vestibule.browser().get(url);
      expect(status, url).to.equal(200);
      expect(body.replaceAll("http://www.w3.org/2000/svg", ""), url).to.not.match(
        /https?:|@import|url\(\s*["']?(?!data:|#)|["'`(]\/\/|importScripts|sourceMappingURL/i,
      );
    }
  });
});

/** Addresses that a browser loads or sends a form to by itself. */
function resourcesOf(html: string): string[] {
  const tags = html.match(/<(?:link|script|img|form|source|use|image|video|audio|iframe)\b[^>]*>/g) ?? [];
  return tags
    .flatMap((tag) => [...tag.matchAll(/\s(?:src|href|action|srcset|poster|data)="([^"]*)"/g)])
    .map(([, url = ""]) => url)
    .filter((url) => !/^https:\/\/(app\.test\/cb|id\.test\/sign-out\/confirm)$/.test(url));
}

import { expect } from "chai";
import type { Page } from "./http-browser.ts";

/** Elements that load or run something, or change what an address means; no page of ours needs one. */
const FORBIDDEN = new Set(
  "animate applet audio base embed foreignobject frame frameset iframe math object portal set source template video".split(
    " ",
  ),
);

const TAG = /<(\/?[a-z][^\s/>]*)((?:\s+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /\s([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

/** What every page owes a browser. */
export function expectSecured(page: Page, what: string): void {
  const header = (name: string) => String(page.headers[name]);
  expect(header("content-type"), what).to.equal("text/html; charset=utf-8");
  expect(header("x-content-type-options"), what).to.equal("nosniff");
  expect(header("x-frame-options"), what).to.equal("DENY");
  expect(header("referrer-policy"), what).to.be.oneOf(["no-referrer", "same-origin"]);
  // Applications open the pages of a sign-in in popups, and never those of the account and the console.
  const isOwnSite = /^\/(account|console)(\/|$)/.test(new URL(page.url).pathname);
  const isolated = isOwnSite ? "same-origin" : undefined;
  expect(page.headers["cross-origin-opener-policy"], what).to.equal(isolated);
  expectStrictPolicy(header("content-security-policy"), what);
  expectPlainMarkup(page.body, what);
  for (const name of ["server", "x-powered-by", "via", "x-runtime", "access-control-allow-origin"]) {
    expect(page.headers, what).to.not.have.property(name);
  }
  expectNoDetail(page, what);
}

/** Nothing of the program behind a page: no stack, no path, no query, no library. */
export function expectNoDetail({ body }: Page, what: string): void {
  expect(body, what).to.not.match(/\n\s+at |node_modules|\.ts:\d|file:\/\/|\/src\/|node:internal/);
  expect(body, what).to.not.match(
    /\b(select|insert into|relation|syntax error|sqlstate|postgres|knex|nunjucks)\b/i,
  );
}

/** Reads the page as a browser would: nothing in it runs, and nothing ended a tag or an attribute too early. */
function expectPlainMarkup(html: string, what: string): void {
  const left = html
    .replace(/^<!doctype html>/i, "")
    .replace(TAG, (_tag, name: string, attributes: string) => {
      const element = name.replace("/", "").toLowerCase();
      expect(FORBIDDEN.has(element), `${what}: <${element}>`).to.equal(false);
      const values = new Map<string, string>();
      for (const [, key = "", double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
        values.set(key.toLowerCase(), double ?? single ?? bare ?? "");
      }
      expect([...values.keys()].join(" "), `${what}: <${element}>`).to.match(/^([a-z][a-z0-9-]*( |$))*$/);
      expect([...values.keys()].join(" "), `${what}: <${element}>`).to.not.match(
        /\b(on[a-z]+|style|srcdoc)\b/,
      );
      expect(element === "script" && name === element && !values.has("src"), `${what}: script`).to.equal(
        false,
      );
      for (const key of ["href", "src", "action", "formaction"]) {
        expect(values.get(key) ?? "/", `${what}: <${element} ${key}>`).to.match(/^([/#?]|https?:\/\/|$)/);
      }
      return "";
    });
  expect(left, what).to.not.match(/[<>]/);
}

function expectStrictPolicy(policy: string, what: string): void {
  const directives = new Map(
    policy.split(/; ?/).map((directive): [string, string[]] => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
  const none = ["default-src", "base-uri", "object-src", "frame-ancestors"];
  expect(
    none.map((name) => directives.get(name)),
    what,
  ).to.deep.equal(none.map(() => ["'none'"]));
  const scripts = (directives.get("script-src") ?? []).filter((source) => !source.startsWith("'sha256-"));
  expect(scripts, what).to.deep.equal(["'self'"]);
  const [own, nonce, ...more] = directives.get("style-src") ?? [];
  expect([own, more], what).to.deep.equal(["'self'", []]);
  expect(nonce, what).to.match(/^'nonce-[\w-]{20,}'$/);
  expect(policy, what).to.not.match(/unsafe|\*|https?:(?!\/\/)|data:(?!;)(?!$)|blob:/);
}

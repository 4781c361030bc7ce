import { expect } from "chai";
import type { Page } from "./http-browser.ts";

/** Page sources that browsers would run or load although they stand in the page itself. */
const INLINE = /<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|\sstyle\s*=|javascript:|<(?:iframe|object|embed|base)\b/i;

/** The one page with a script of its own is oidc-provider's form that sends itself; the policy names its hash. */
const OWN_SCRIPT = /<script>\s*document\.addEventListener\('DOMContentLoaded', function \(\) \{ document\.forms\[0\]\.submit\(\) \}\);\s*<\/script>/;

/** What every page owes a browser. */
export function expectSecured(page: Page, what: string): void {
  const header = (name: string) => String(page.headers[name]);
  expect(header("content-type"), what).to.equal("text/html; charset=utf-8");
  expect(header("x-content-type-options"), what).to.equal("nosniff");
  expect(header("x-frame-options"), what).to.equal("DENY");
  expect(header("referrer-policy"), what).to.be.oneOf(["no-referrer", "same-origin"]);
  expect(header("cross-origin-opener-policy"), what).to.equal("same-origin");
  expectStrictPolicy(header("content-security-policy"), what);
  expect(page.body.replace(OWN_SCRIPT, ""), what).to.not.match(INLINE);
  for (const name of ["server", "x-powered-by", "via", "x-runtime", "access-control-allow-origin"]) {
    expect(page.headers, what).to.not.have.property(name);
  }
  expectNoDetail(page, what);
}

/** Nothing of the program behind a page: no stack, no path, no query, no library. */
export function expectNoDetail({ body }: Page, what: string): void {
  expect(body, what).to.not.match(/\n\s+at |node_modules|\.ts:\d|file:\/\/|\/src\/|node:internal/);
  expect(body, what).to.not.match(/\b(select|insert into|relation|syntax error|sqlstate|postgres|knex|nunjucks)\b/i);
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

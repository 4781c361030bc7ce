import type { Draft } from "./draft.ts";
import { whole, type Operator } from "./operator.ts";

const add =
  (name: string, to: string): ((draft: Draft) => Partial<Draft>) =>
  ({ headers }) => ({ headers: [...headers, [name, to]] });
const replaceHeader =
  (name: string, to: (before: string) => string): ((draft: Draft) => Partial<Draft> | null) =>
  ({ headers }) =>
    headers.some(([each]) => each === name)
      ? { headers: headers.map(([each, of]) => [each, each === name ? to(of) : of] as const) }
      : null;

/** Headers with their spoilt values. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: ["", "*", "text/html", "application/json", "text/html;q=x", ",,;;", "x".repeat(10_000), "\xff"],
  "Accept-Language": ["", "*", "xx", "nl;q=9,en;q=-1", ",;=", "x".repeat(10_000), "__proto__", "\xff\xfe"],
  "Accept-Encoding": ["gzip, br", "*;q=0", "identity;q=0"],
  Authorization: [
    "",
    "Basic",
    "Basic !!!",
    "Basic eA==",
    `Basic ${Buffer.from("%zz:%zz").toString("base64")}`,
    `Basic ${Buffer.from("a:b:c").toString("base64")}`,
    `Basic ${Buffer.from("\0:\0").toString("base64")}`,
    `Basic ${Buffer.from("__proto__:x").toString("base64")}`,
    `Basic ${"A".repeat(8_000)}`,
    "Bearer",
    "Bearer x y",
    "Bearer \xff",
    "DPoP x",
    "Negotiate x",
    "basic eDp4",
    "x".repeat(10_000),
  ],
  DPoP: ["", "x", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "x".repeat(10_000)],
  Origin: ["", "null", "https://evil.test", "http://", "x", "file://", "\xff", "https://evil.test, null"],
  "Sec-Fetch-Site": ["cross-site", "x", ""],
  Host: ["evil.test", "", "a b", "x".repeat(5_000), "[::1", "localhost:99999"],
  "X-Forwarded-For": [
    "",
    "unknown",
    "1.2.3.4.5",
    "' or 1=1",
    "::1%eth0",
    "x".repeat(5_000),
    "1.2.3.4, ,",
    "\xff",
  ],
  "X-Forwarded-Host": ["evil.test", "a\tb"],
  "X-Forwarded-Proto": ["javascript", "https, http"],
  Forwarded: ["for=evil;host=evil.test"],
  "X-HTTP-Method-Override": ["DELETE"],
  Cookie: [
    "",
    "=",
    ";;;=;",
    "a",
    "__proto__=polluted",
    "vestibule-session=x; vestibule-session.sig=x",
    "vestibule-session=%zz; vestibule-language=%",
    "vestibule-form=\xff\xfe",
    `vestibule-office=${"x".repeat(6_000)}`,
    "vestibule-interaction=a; vestibule-interaction=b",
  ],
  "User-Agent": ["", "x".repeat(10_000), "\xff\xfe", "Mozilla/5.0 (Windows) Edg/"],
  "Content-Type": ["", "x/y; =", ";", "multipart/form-data; boundary=", "\xff"],
  "Content-Length": ["-1", "x", "1e3", "99999999999999999999"],
  "Content-Encoding": ["gzip", "br", "x", "identity, gzip"],
  "Transfer-Encoding": ["x", "chunked, chunked"],
  Expect: ["100-continue", "x"],
  Range: ["bytes=0-1", "bytes=x"],
  "If-None-Match": ["*", "x"],
  "If-Modified-Since": ["x"],
  Upgrade: ["websocket", "h2c"],
  Referer: ["x", "https://evil.test/\xff"],
  "Access-Control-Request-Method": ["POST", "x".repeat(100)],
  X: ["y".repeat(100_000)],
  "X-\x01": ["y"],
  "": ["y"],
};

/** Add a header, or spoil the cookies and credentials that are there. */
export const headerOperators: readonly Operator[] = [
  ...Object.entries(HEADERS).flatMap(([name, values]) =>
    values.map((to, index) => whole(`header: ${name} ${String(index)}`, add(name, to))),
  ),
  whole(
    "cookies: twice",
    replaceHeader("Cookie", (before) => `${before}; ${before}`),
  ),
  whole(
    "cookies: broken",
    replaceHeader("Cookie", (before) => before.replaceAll("=", "==%")),
  ),
  whole(
    "cookies: unsigned",
    replaceHeader("Cookie", (before) => before.replaceAll(/\.sig=[^;]*/g, ".sig=x")),
  ),
  whole(
    "cookies: cut",
    replaceHeader("Cookie", (before) => before.slice(0, before.length / 2)),
  ),
  whole(
    "cookies: turned case",
    replaceHeader("Cookie", (before) => before.toUpperCase()),
  ),
  whole(
    "cookies: huge",
    replaceHeader("Cookie", (before) => `${before}; a=${"x".repeat(12_000)}`),
  ),
  whole(
    "credentials: cut",
    replaceHeader("Authorization", (before) => before.slice(0, -2)),
  ),
  whole(
    "credentials: small letters",
    replaceHeader("Authorization", (before) => before.toLowerCase()),
  ),
  whole(
    "credentials: another scheme",
    replaceHeader("Authorization", (before) => before.replace(/^\S+/, "Digest")),
  ),
  whole("credentials: twice", ({ headers }) => {
    const [given] = headers.filter(([name]) => name === "Authorization");
    return given === undefined ? null : { headers: [...headers, given] };
  }),
];

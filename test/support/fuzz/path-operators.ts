import { whole, type Operator } from "./operator.ts";

const path = (name: string, change: (path: string) => string): Operator =>
  whole(`path: ${name}`, (draft) => ({ path: change(draft.path) }));
/** Replaces the last segment. */
const last = (name: string, to: string): Operator =>
  path(`last part ${name}`, (before) => before.replace(/[^/]*$/, to));

/** Spoil the path. */
export const pathOperators: readonly Operator[] = [
  path("double slash", (before) => before.replaceAll("/", "//")),
  path("slash at the end", (before) => `${before}/`),
  path("encoded slash", (before) => `/${before.slice(1).replaceAll("/", "%2f")}`),
  path("encoded backslash", (before) => before.replaceAll("/", "/%5c")),
  path("a dot", (before) => before.replaceAll("/", "/./")),
  path("upwards", (before) => `/x/..${before}`),
  path("encoded upwards", (before) => `/x/%2e%2e${before}`),
  path("capitals", (before) => before.toUpperCase()),
  path("a semicolon", (before) => `${before};x=1`),
  path("a fragment", (before) => `${before}#x`),
  path("another host", (before) => `http://evil.test${before}`),
  path("two slashes first", (before) => `/${before}`),
  path("a star", () => "*"),
  path("a question mark", (before) => `${before}?a=?&&=&%`),
  path("one part more", (before) => `${before}/x`),
  path("9 kB", (before) => `${before}${"/x".repeat(4_500)}`),
  path("bytes", (before) => `${before}\xff\xfe`),
  last("missing", ""),
  last("NUL", "%00"),
  last("percent alone", "%"),
  last("percent zz", "%zz"),
  last("overlong", "%c0%ae"),
  last("cut character", "%e2%82"),
  last("line break", "a%0d%0ab"),
  last("SQL", "'%20or%20'1'='1"),
  last("__proto__", "__proto__"),
  last("constructor", "constructor"),
  last("zero", "0"),
  last("a UUID", "00000000-0000-0000-0000-000000000000"),
  last("look-alikes", encodeURIComponent("аdmin\u202e")),
  last("4 kB", "x".repeat(4_000)),
];

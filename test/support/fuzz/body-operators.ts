import type { Draft, Framing } from "./draft.ts";
import { whole, type Operator } from "./operator.ts";

const body = (type: string, bytes: string | ((draft: Draft) => string)) => (draft: Draft) =>
  draft.form === null ? null : { body: { type, bytes: typeof bytes === "string" ? bytes : bytes(draft) } };
const formText = ({ form }: Draft): string =>
  (form ?? []).map(({ name, value: of }) => `${name}=${of}`).join("&");
const jsonText = ({ form }: Draft): string =>
  JSON.stringify(Object.fromEntries((form ?? []).map(({ name, value: of }) => [name, of])));
const multipart = ({ form }: Draft): string =>
  (form ?? [])
    .map(({ name, value: of }) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${of}\r\n`)
    .join("") + "--x--\r\n";
const FORM = "application/x-www-form-urlencoded";
const UPLOAD = "multipart/form-data; boundary=x";

const framing = (kind: Framing) => (draft: Draft) => (draft.form === null ? null : { framing: kind });

/** Spoil the body, its type or its length. */
export const bodyOperators: readonly Operator[] = [
  whole("body: text", body("text/plain", formText)),
  whole("body: without a type", body("", formText)),
  whole("body: an unknown type", body("x", formText)),
  whole("body: two types", body(`${FORM}, application/json`, formText)),
  whole("body: JSON", body("application/json", jsonText)),
  whole("body: JSON that is none", body("application/json", "{")),
  whole("body: JSON null", body("application/json", "null")),
  whole("body: JSON prototype", body("application/json", '{"__proto__":{"polluted":1}}')),
  whole("body: multipart", body(UPLOAD, multipart)),
  whole("body: multipart without a boundary", body("multipart/form-data", multipart)),
  whole(
    "body: multipart that is cut",
    body(UPLOAD, (draft) => multipart(draft).slice(0, -9)),
  ),
  whole("body: multipart without headers", body(UPLOAD, "--x\r\n\r\nx\r\n--x--\r\n")),
  whole("body: a form that says multipart", body(UPLOAD, formText)),
  whole("body: charset utf-16", body(`${FORM}; charset=utf-16le`, formText)),
  whole("body: charset latin1", body(`${FORM}; charset=iso-8859-1`, formText)),
  whole("body: charset unknown", body(`${FORM}; charset=klingon`, formText)),
  whole(
    "body: XML",
    body("application/xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
  ),
  whole("body: nothing", body(FORM, "")),
  whole("body: 1 MB", body(FORM, "x".repeat(1_000_000))),
  whole("body: a thousand ampersands", body(FORM, "&".repeat(1_000))),
  whole(
    "body: ten thousand fields",
    body(FORM, (draft) => `${formText(draft)}${"&a=1".repeat(10_000)}`),
  ),
  whole("body: bytes", body(FORM, "\x00\xff\x80=\xfe&\x01")),
  whole("body: chunked", framing("chunked")),
  whole("body: shorter length", framing("short")),
  whole("body: longer length", framing("long")),
  whole("body: no length", framing("none")),
  whole("body of a GET", (draft) =>
    draft.form === null ? { form: [{ name: "a", value: "1" }], framing: "length" } : null,
  ),
  whole("form in the query", (draft) =>
    draft.form === null ? null : { query: [...draft.query, ...draft.form], form: [] },
  ),
  whole("query as a form", (draft) =>
    draft.query.length === 0 ? null : { form: [...(draft.form ?? []), ...draft.query], query: [] },
  ),
];

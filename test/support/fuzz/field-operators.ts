import { encode, type Draft, type Field } from "./draft.ts";
import type { Operator } from "./operator.ts";

/** What takes the place of one field: none, one, or several. */
type Replace = (field: Field) => readonly Field[];

const value =
  (to: string | ((before: string) => string)): Replace =>
  (field) => [{ ...field, value: typeof to === "string" ? to : to(field.value) }];
const named =
  (to: (before: string) => string): Replace =>
  (field) => [{ ...field, name: to(field.name) }];

/** Raw bytes, already encoded. Words that a page of ours shows by itself are left out, so that an echo is no finding. */
const FIELDS: Readonly<Record<string, Replace>> = {
  missing: () => [],
  empty: value(""),
  "without an equals sign": ({ name, value: kept }) => [{ name, value: kept, pair: name }],
  "twice the same": (field) => [field, field],
  "twice, then another": (field) => [field, { ...field, value: "x" }],
  "twice, first another": (field) => [{ ...field, value: "x" }, field],
  "as an array": named((name) => `${name}[]`),
  "as an indexed array": named((name) => `${name}[0]`),
  "as an object": named((name) => `${name}[a]`),
  "as an object with a prototype": named((name) => `${name}[__proto__]`),
  "with a dot": named((name) => `${name}.a`),
  "in capitals": named((name) => name.toUpperCase()),
  "with a prototype beside it": (field) => [
    field,
    { name: "__proto__", value: "polluted" },
    { name: "__proto__[polluted]", value: "1" },
    { name: "constructor[prototype][polluted]", value: "1" },
  ],
  "an unknown field": (field) => [field, { name: "unknown", value: "1" }],
  "sixty unknown fields": (field) => [
    field,
    ...Array.from({ length: 60 }, (_, index) => ({ name: `u${String(index)}`, value: "1" })),
  ],
  "one byte": value("x"),
  "a blank": value("+"),
  "10 kB": value("x".repeat(10_000)),
  "1 MB": value("x".repeat(1_000_000)),
  "many percent signs": value("%25".repeat(1_000)),
  NUL: value("%00"),
  "NUL inside": value((before) => `${before}%00x`),
  "control characters": value("%01%07%08%0b%1b%7f%c2%85"),
  "lone surrogate": value("%ed%a0%80"),
  "overlong encoding": value("%c0%ae%c0%ae%c0%af"),
  "percent alone": value("%"),
  "percent zz": value("%zz"),
  "invalid bytes": value("\xff\xfe\xfd"),
  "invalid bytes encoded": value("%ff%fe"),
  "cut character": value("%e2%82"),
  "line break": value("a%0d%0aSet-Cookie:+planted=1%0d%0a%0d%0a<h1>"),
  "line feed at the end": value((before) => `${before}%0a`),
  quotes: value(encode("'\"`\\")),
  "SQL or": value(encode("' or '1'='1")),
  "SQL end": value(encode("x'); drop table users;--")),
  "LIKE wildcards": value(encode("%_\\%")),
  markup: value(encode('"><svg/onload=alert(1)>')),
  template: value(encode("{{7*7}}${7*7}<%=7%>")),
  "directories upwards": value(encode("../../../../etc/passwd")),
  "another host": value(encode("//evil.test/\\evil.test")),
  "script address": value(encode("javascript:alert(1)")),
  "unfinished address": value(encode("https://")),
  "look-alikes": value(encode("ａdmin аdmin ⓐ İ ß ﬁ")),
  "turned direction": value(encode("\u202eabc\u2066")),
  "joined characters": value(encode("e\u0301👩‍👩‍👧‍👦\u200b\ufeff")),
  "turned case": value((before) =>
    before === before.toLowerCase() ? before.toUpperCase() : before.toLowerCase(),
  ),
  "blanks around": value((before) => `+${before}+`),
  "one character more": value((before) => `${before}A`),
  "one character less": value((before) => before.slice(0, -1)),
  "last character changed": value((before) => `${before.slice(0, -1)}${before.endsWith("A") ? "B" : "A"}`),
  "twice itself": value((before) => `${before}${before}`),
  zero: value("0"),
  "minus one": value("-1"),
  "a fraction": value("1.5"),
  "a huge number": value("1e308"),
  "more than 64 bits": value("99999999999999999999999999"),
  "a number in hexadecimal": value("0x10"),
  NaN: value("NaN"),
  Infinity: value("-Infinity"),
  true: value("true"),
  null: value("null"),
  undefined: value("undefined"),
  "JSON object": value(encode('{"a":1}')),
  "JSON array": value(encode('["a",{"b":null}]')),
  "JSON with a prototype": value(
    encode('{"__proto__":{"polluted":1},"id_token":{"__proto__":{"polluted":1}}}'),
  ),
  "deep JSON": value("%5B".repeat(2_000)),
  __proto__: value("__proto__"),
  constructor: value("constructor"),
  hasOwnProperty: value("hasOwnProperty"),
  "a day that is none": value("2026-02-30"),
  "the last day": value("9999-12-31"),
  "the first day": value("0000-01-01"),
  "a UUID": value("00000000-0000-0000-0000-000000000000"),
  "a token of 64": value("A".repeat(64)),
  "three dots": value("e30.e30."),
  "one unsigned JWT": value("eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0."),
};

const placesOf = ({ query, form }: Draft) => [
  ...query.map((_, index) => ({ at: "query", index }) as const),
  ...(form ?? []).map((_, index) => ({ at: "form", index }) as const),
];

/** Spoils one field of the query or of the form. */
export const fieldOperators: readonly Operator[] = Object.entries(FIELDS).map(([name, replace]) => ({
  name: `field: ${name}`,
  apply: (draft, { random }) => {
    const places = placesOf(draft);
    const place = places[random(Math.max(1, places.length))];
    if (place === undefined) {
      return null;
    }
    const change = (fields: readonly Field[]) =>
      fields.flatMap((field, index) => (index === place.index ? replace(field) : [field]));
    return place.at === "query"
      ? { ...draft, query: change(draft.query) }
      : { ...draft, form: change(draft.form ?? []) };
  },
}));

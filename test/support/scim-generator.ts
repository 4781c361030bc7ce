import { patchOf } from "./scim-client.ts";
import type { Seeded } from "./seeded.ts";

/** A request of a directory, right or wrong. A body that is a text is sent as it is. */
export interface Generated {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const METHODS = ["GET", "GET", "HEAD", "POST", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE", "OPTIONS"];
const ENDPOINTS = [
  "Users",
  "Users",
  "Users",
  "Groups",
  "Groups",
  "Schemas",
  "ResourceTypes",
  "Me",
  "Bulk",
  "x",
];
const ATTRIBUTES = [
  ...["userName", "USERNAME", "displayName", "name", "name.givenName", "name.familyName", "name.formatted"],
  ...["emails", 'emails[type eq "work"].value', "emails[primary eq true]", "externalId", "active"],
  ...["preferredLanguage", "groups", "roles", "members", "id", "meta", "meta.version", "schemas", "password"],
  ...["urn:ietf:params:scim:schemas:core:2.0:User:userName", "manager", "nonsense", "__proto__", "a[b", ""],
];
const OPERATORS = ["eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le", "is"];
const TEXTS = [
  ...["ines", "superuser", "accountant", "support", "user", "True", "false", "nl-NL", "a@mail.example", ""],
  ...["x\0y", "\ud800", "\u{200b}", "\u{202e}evil", "ﬁ", "x".repeat(300), "'; drop table users;--", "1e999"],
  ...["2026-13-45T99:99:99Z", "../../Users", '"', "\\", "${7*7}", "9223372036854775808"],
];
const NUMBERS = ["0", "-1", "1", "200", "100000", "99999999999999999999", "1.5", "x", ""];
const TAGS = ["*", 'W/"1.0"', 'W/"', '"x"', "W/nothing", ","];

/** Makes requests of which most have a right part; the same ones for the same seed. `ids`: own, foreign and unknown ones. */
export class ScimGenerator {
  readonly #next: () => number;
  readonly #ids: readonly string[];

  constructor({ next }: Seeded, ids: readonly string[]) {
    this.#next = next;
    this.#ids = ids;
  }

  request(): Generated {
    const method = this.#of(METHODS);
    const hasBody = method === "POST" || method === "PUT" || method === "PATCH";
    return {
      method,
      path: this.#path(),
      ...(hasBody ? { body: this.#body(method) } : {}),
      headers: {
        ...(this.#is(0.15) ? { "if-match": this.#of(TAGS) } : {}),
        ...(this.#is(0.1) ? { "if-none-match": this.#of(TAGS) } : {}),
        ...(this.#is(0.05) ? { "content-type": this.#of(["text/plain", "application/json", "x"]) } : {}),
        ...(this.#is(0.03) ? { "content-encoding": "gzip" } : {}),
      },
    };
  }

  #path(): string {
    const id = this.#is(0.7) ? this.#of([...this.#ids, "superuser", "accountant"]) : this.#of(TEXTS);
    const place = this.#is(0.6) ? `/${encodeURIComponent(id.toWellFormed())}` : "";
    const query = new URLSearchParams();
    const add = (name: string, value: string, chance: number) => {
      if (this.#is(chance)) {
        query.append(name, value);
      }
    };
    add("filter", this.#filter(3), 0.3);
    add("startIndex", this.#of(NUMBERS), 0.2);
    add("count", this.#of(NUMBERS), 0.2);
    add("attributes", this.#of(ATTRIBUTES), 0.1);
    add("excludedAttributes", this.#of(ATTRIBUTES), 0.1);
    add("sortBy", this.#of(ATTRIBUTES), 0.05);
    return `/${this.#of(ENDPOINTS)}${place}${query.size === 0 ? "" : `?${query.toString()}`}`;
  }

  #filter(depth: number): string {
    if (depth > 0 && this.#is(0.3)) {
      const parts = [this.#filter(depth - 1), this.#filter(depth - 1)];
      return this.#is(0.5) ? parts.join(this.#is(0.5) ? " and " : " or ") : `not (${parts.join(" or ")})`;
    }
    const value = this.#is(0.8) ? JSON.stringify(this.#text()) : this.#of(NUMBERS);
    return `${this.#of(ATTRIBUTES)} ${this.#of(OPERATORS)} ${value}`;
  }

  #body(method: string): unknown {
    if (this.#is(0.05)) {
      return this.#of([
        "",
        "{",
        "[]",
        "7",
        "null",
        "[".repeat(20_000),
        `{"userName":"${"x".repeat(70_000)}"}`,
      ]);
    }
    return method === "PATCH"
      ? patchOf(this.#several(3, () => this.#operation()))
      : Object.fromEntries(this.#several(5, () => [this.#of(ATTRIBUTES), this.#value(2)]));
  }

  #operation(): unknown {
    const path = this.#is(0.75) ? { path: this.#of(ATTRIBUTES) } : {};
    const op = this.#of(["add", "replace", "Replace", "remove", "move"]);
    return { op, ...path, ...(this.#is(0.9) ? { value: this.#value(2) } : {}) };
  }

  #value(depth: number): unknown {
    const kind = Math.floor(this.#next() * (depth > 0 ? 8 : 5));
    switch (kind) {
      case 0:
        return this.#is(0.5);
      case 1:
        return this.#of([0, -1, 1e308, 2 ** 63, null]);
      case 5:
        return this.#several(3, () => ({ value: this.#text(), type: this.#of(["work", "home", "Work"]) }));
      case 6:
        return Object.fromEntries(this.#several(3, () => [this.#of(ATTRIBUTES), this.#value(depth - 1)]));
      case 7:
        return this.#several(3, () => ({ value: this.#of(this.#ids) }));
      default:
        return this.#text();
    }
  }

  #text = (): string => this.#of([...TEXTS, ...this.#ids]);
  #is = (chance: number): boolean => this.#next() < chance;
  #several = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: 1 + Math.floor(this.#next() * most) }, make);

  #of<T>(all: readonly T[]): T {
    const chosen = all[Math.floor(this.#next() * all.length)];
    if (chosen === undefined) {
      throw new Error("There is nothing to choose from.");
    }
    return chosen;
  }
}

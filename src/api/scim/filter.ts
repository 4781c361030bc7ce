import { anyAttributePath } from "./attribute-names.ts";
import { badRequest, type ScimError } from "./scim-error.ts";

/** Filters (RFC 7644 section 3.4.2.2). What a filter may ask about is in `filter-match.ts`. */
export type Filter =
  | { readonly op: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly op: "not"; readonly part: Filter }
  | { readonly op: "pr"; readonly path: string }
  | { readonly op: Comparison; readonly path: string; readonly value: FilterValue };

export type FilterValue = string | number | boolean | null;

const COMPARISONS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
export type Comparison = (typeof COMPARISONS)[number];

const isComparison = (text: string): text is Comparison => COMPARISONS.some((each) => each === text);

/** So that none costs much: it is looked at for every user of an office. */
const MOST = { characters: 2_000, depth: 20, comparisons: 50 } as const;

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([()[\]])|([^\s()[\]"]+))/y;

interface Token {
  readonly kind: "string" | "bracket" | "word";
  readonly text: string;
}

const invalid = (detail: string, cause?: unknown): ScimError => badRequest("invalidFilter", detail, cause);

/** Reads a filter; throws `invalidFilter` for anything else. Paths are in lower case and without the schema of users. */
export function parseFilter(text: string): Filter {
  if (text.length > MOST.characters) {
    throw invalid(`A filter may have ${String(MOST.characters)} characters.`);
  }
  const reader = new FilterReader(tokensOf(text));
  const filter = reader.readOr(0, "");
  reader.requireEnd();
  return filter;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  for (let at = 0; at < trimmed.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(trimmed);
    if (found === null) {
      throw invalid("A text in the filter has no end.");
    }
    const [, string, bracket, word = ""] = found;
    tokens.push(
      string !== undefined
        ? { kind: "string", text: string }
        : bracket !== undefined
          ? { kind: "bracket", text: bracket }
          : { kind: "word", text: word },
    );
  }
  return tokens;
}

/** By recursive descent: `or` binds less than `and`, which binds less than `not`. */
class FilterReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #comparisons = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** `within`: the attribute whose sub-attributes are named. */
  readOr(depth: number, within: string): Filter {
    return this.#readParts("or", () => this.#readParts("and", () => this.#readOne(depth, within)));
  }

  requireEnd(): void {
    if (this.#tokens[this.#at] !== undefined) {
      throw invalid("The filter goes on where it should end.");
    }
  }

  #readParts(op: "and" | "or", read: () => Filter): Filter {
    const first = read();
    const parts = [first];
    while (this.#takes("word", op)) {
      parts.push(read());
    }
    return parts.length === 1 ? first : { op, parts };
  }

  #readOne(depth: number, within: string): Filter {
    if (depth > MOST.depth) {
      throw invalid(`A filter may have ${String(MOST.depth)} levels.`);
    }
    if (this.#takes("word", "not")) {
      this.#require("(");
      return { op: "not", part: this.#readGroup(depth, within) };
    }
    return this.#takes("bracket", "(") ? this.#readGroup(depth, within) : this.#readComparison(depth, within);
  }

  #readGroup(depth: number, within: string): Filter {
    const filter = this.readOr(depth + 1, within);
    this.#require(")");
    return filter;
  }

  #readComparison(depth: number, within: string): Filter {
    this.#comparisons += 1;
    if (this.#comparisons > MOST.comparisons) {
      throw invalid(`A filter may have ${String(MOST.comparisons)} comparisons.`);
    }
    const path = `${within}${anyAttributePath(this.#next("word"))}`;
    if (this.#takes("bracket", "[")) {
      if (within !== "") {
        throw invalid("Brackets within brackets mean nothing.");
      }
      // Of these attributes a user has one value, so that a filter of the value is one of the user who has any.
      const parts: readonly Filter[] = [{ op: "pr", path }, this.readOr(depth + 1, `${path}.`)];
      this.#require("]");
      const next = this.#tokens[this.#at];
      return next?.kind === "word" && next.text.startsWith(".")
        ? { op: "and", parts: [...parts, this.#readComparison(depth, path)] }
        : { op: "and", parts };
    }
    const op = this.#next("word").toLowerCase();
    if (op === "pr") {
      return { op, path };
    }
    if (!isComparison(op)) {
      throw invalid("After an attribute comes one of eq, ne, co, sw, ew, pr, gt, ge, lt and le.");
    }
    return { op, path, value: this.#readValue() };
  }

  #readValue(): FilterValue {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    try {
      const value: unknown =
        token === undefined || token.kind === "bracket" ? undefined : JSON.parse(literal(token));
      if (value === null || typeof value === "boolean" || typeof value === "number") {
        return value;
      }
      // No text of the database has one.
      if (typeof value === "string" && !value.includes("\0")) {
        return value;
      }
    } catch (error) {
      throw invalid("A value of the filter is no JSON.", error);
    }
    throw invalid("A comparison of the filter has no value.");
  }

  #takes(kind: Token["kind"], text: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt = token?.kind === kind && token.text.toLowerCase() === text;
    this.#at += isIt ? 1 : 0;
    return isIt;
  }

  #require(bracket: string): void {
    if (!this.#takes("bracket", bracket)) {
      throw invalid(`The filter lacks a ${bracket}`);
    }
  }

  #next(kind: Token["kind"]): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) {
      throw invalid("The filter ends, or has a value, where an attribute or an operator belongs.");
    }
    this.#at += 1;
    return token.text;
  }
}

/** Some write True and False. */
const literal = ({ kind, text }: Token): string =>
  kind === "word" && /^(true|false)$/i.test(text) ? text.toLowerCase() : text;

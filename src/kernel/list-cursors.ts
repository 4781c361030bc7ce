import type { SecretBox } from "./secret.ts";

/** The position after the last row of a page: its sort values and its id. */
export type Cursor = readonly string[];

/** The list that a cursor belongs to; it is invalid for every other list. */
export interface ListScope {
  readonly officeId: string;
  /** Sorting, filters and search as one string. */
  readonly query: string;
}

const MAX_TOKEN_LENGTH = 2_000;

/**
 * Encodes the start of the next page as a URL-safe token. AES-GCM encrypts and authenticates it, so that it reveals no name, cannot
 * be forged, and is useless for another office or query.
 */
export class ListCursors {
  readonly #box: SecretBox;

  constructor(box: SecretBox) {
    this.#box = box;
  }

  seal(cursor: Cursor, scope: ListScope): string {
    return this.#box.seal(JSON.stringify(cursor), contextOf(scope)).toString("base64url");
  }

  /** Null for a token that was altered, forged or made for another list. */
  open(token: string, scope: ListScope): Cursor | null {
    if (token.length > MAX_TOKEN_LENGTH || !/^[\w-]+$/.test(token)) {
      return null;
    }
    try {
      const cursor: unknown = JSON.parse(this.#box.open(Buffer.from(token, "base64url"), contextOf(scope)));
      return Array.isArray(cursor) && cursor.every((value) => typeof value === "string") ? cursor : null;
    } catch {
      return null;
    }
  }
}

const contextOf = ({ officeId, query }: ListScope): string => JSON.stringify(["page", officeId, query]);

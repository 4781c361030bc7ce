import type { SecretBox } from "./secret.ts";

/** Where a page of a list ends: the values that the list is sorted by, and the last row's id. */
export type Cursor = readonly string[];

/** What a list is of; a cursor made for one fits no other. */
export interface ListScope {
  readonly officeId: string;
  /** Sorting, filters and search, in one text. */
  readonly query: string;
}

const MAX_TOKEN_LENGTH = 2_000;

/**
 * Says where the next page of a list begins, in a text that can stand in an address: sealed and signed (AES-GCM), so
 * that it gives no name away, cannot be made up, and is worthless for another office or another query.
 */
export class ListCursors {
  readonly #box: SecretBox;

  constructor(box: SecretBox) {
    this.#box = box;
  }

  seal(cursor: Cursor, scope: ListScope): string {
    return this.#box.seal(JSON.stringify(cursor), contextOf(scope)).toString("base64url");
  }

  /** Null for every cursor that was not made for this list: altered, foreign or invented. */
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

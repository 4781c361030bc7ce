import { PageError } from "../../kernel/errors.ts";
import { keyedHash, sameBytes } from "../../kernel/secret.ts";

/**
 * Signs values that the browser sends back, such as the position in a list. A token is bound to its purpose, for
 * example to one list of one office; for any other purpose it is rejected like a forged one.
 */
export class PageTokens {
  readonly #keys: readonly Buffer[];

  /** The first key signs; all keys verify, so that keys can be rotated. */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys;
  }

  sign(use: string, value: string): string {
    const [key] = this.#keys;
    if (key === undefined) {
      throw new Error("Page tokens need a key.");
    }
    const signature = signatureOf(key, use, value).toString("base64url");
    return `${Buffer.from(value).toString("base64url")}.${signature}`;
  }

  /** Null for a value that was not signed for this purpose. */
  read(use: string, token: unknown): string | null {
    if (typeof token !== "string" || token.length > 2_000) {
      return null;
    }
    const [encoded = "", signature = ""] = token.split(".");
    const value = Buffer.from(encoded, "base64url").toString("utf8");
    const given = Buffer.from(signature, "base64url");
    return this.#keys.some((key) => sameBytes(signatureOf(key, use, value), given)) ? value : null;
  }

  /** The position in a list; `first` without a token. Throws PageError "request" for an invalid token. */
  position(use: string, token: unknown, first: string): string {
    if (token === undefined) {
      return first;
    }
    const value = this.read(use, token);
    if (value === null) {
      throw new PageError("request");
    }
    return value;
  }
}

const signatureOf = (key: Buffer, use: string, value: string): Buffer =>
  keyedHash(key)(JSON.stringify([use, value]));

/**
 * Users as other systems export them. A file a system turns the documented form of its export into `ForeignUser`, and
 * `user-convert.ts` writes those as lines for `user import`. Nothing here knows the database.
 */

/** A user as another system has exported them. What is null or missing there stays empty in the file. */
export interface ForeignUser {
  readonly username: string;
  readonly name: string;
  readonly mail?: string | null;
  readonly number?: string | null;
  readonly isNumberConfirmed?: boolean;
  /** In the form of that system, or as a PHC string where it has none of its own. */
  readonly passwordHash?: string | null;
  readonly app?: ForeignApp | null;
  readonly passkeys?: readonly ForeignPasskey[];
  readonly isDisabled: boolean;
}

export interface ForeignApp {
  /** Base32. */
  readonly secret: string;
  readonly algorithm?: string | undefined;
  readonly digits?: number | undefined;
  readonly period?: number | undefined;
}

/** Bytes in base64 or base64url. */
export interface ForeignPasskey {
  readonly id: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly userHandle?: string;
  readonly name?: string;
  readonly aaguid?: string;
  readonly transports: readonly string[];
}

/** The first that is a text with something in it. */
export const firstOf = (...texts: readonly (string | null | undefined)[]): string =>
  texts.find((text) => typeof text === "string" && text.trim() !== "") ?? "";

/** Unpadded, as PHC strings have it. */
export const unpadded = (base64: string): string => base64.replace(/=+$/, "");

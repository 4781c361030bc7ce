import type { JsonBytes } from "../../../platform/database/json-bytes.ts";

/**
 * Passkeys: keys of WebAuthn on a user's own devices, which sign a challenge of ours. This folder owns them; pages know only the JSON
 * that goes to the browser and comes back. Start here; `passkey-check.ts` judges what comes back, and `webauthn.ts` is the only file
 * that knows the library.
 */

/** For what a challenge was made. One for a sign-in proves nothing else, and the other way round. */
export type PasskeyPurpose = "sign-in" | "enrol";

/** Minutes for which a challenge can be answered. */
export const CHALLENGE_MINUTES = 5;

/** The most that a user may have, so that a list stays one that can be read. */
export const MOST_PASSKEYS = 20;

/** Characters of the name that a user gives. */
export const MOST_NAME_CHARACTERS = 60;

/** For whom an authenticator makes keys (WebAuthn section 5.4.2). `id`: the issuer's host, or a parent domain of it. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
  readonly name: string;
}

/** What is stored of a user's passkeys, with the challenge of this try; null where it was used or its minutes are over. */
export interface StoredPasskeys {
  readonly challenge: JsonBytes | null;
  /** The last one of this sign-in or session that was answered right; null where there was none in the last minutes. */
  readonly answered: JsonBytes | null;
  /** What the challenges of this sign-in or session are kept under, in hex. */
  readonly slot: string;
  readonly known: readonly KnownPasskey[];
  /** AAGUIDs of which a new one may be; null: of any. */
  readonly models: readonly string[] | null;
}

export interface KnownPasskey {
  readonly id: JsonBytes;
  readonly publicKey: JsonBytes;
  readonly counter: number;
  readonly addedAt: string;
}

/** A passkey as its owner and administrators see it. Times in seconds since 1970. */
export interface PasskeyView {
  /** base64url. */
  readonly id: string;
  /** The name that the user gave; null where none was given. */
  readonly name: string | null;
  readonly aaguid: string;
  readonly since: number;
  readonly usedAt: number | null;
}

import type { JsonBytes } from "../../platform/database/json-bytes.ts";
import type { StoredPasskeys } from "./passkeys/passkey.ts";
import type { CodePurpose } from "./sent-code-store.ts";

/**
 * What a typed code is compared with, as `stored_code` of the database returns it with a reserved try: the part of its kind, null
 * where nothing is stored.
 */
export interface StoredCode {
  readonly passkeys?: StoredPasskeys;
  readonly app?: {
    readonly sealed: JsonBytes;
    /** The step of the last code that was used; 0 before the first. */
    readonly lastStep: number;
    readonly confirmedAt: string;
  } | null;
  readonly message?: {
    /** The last code of the slot, whether or not it is used or expired. */
    readonly sent: {
      readonly to: string;
      readonly hash: JsonBytes;
      readonly usedAt: string | null;
      readonly isExpired: boolean;
      /** Hashes of earlier codes to the same number or address, which a newer one has taken the place of. */
      readonly superseded: readonly JsonBytes[];
    } | null;
    /** The code that the user has used last, in any sign-in. */
    readonly usedLast: {
      readonly binding: JsonBytes;
      readonly purpose: CodePurpose;
      readonly to: string;
      readonly hash: JsonBytes;
    } | null;
    /** The user's confirmed number or address. */
    readonly confirmed: string | null;
  };
  readonly recovery?: {
    readonly salt: JsonBytes;
    readonly codes: readonly { readonly hash: JsonBytes; readonly isUsed: boolean }[];
  } | null;
  readonly enrolment?: { readonly hash: JsonBytes | null } | null;
}

import type { Queryable } from "../database/database.ts";
import type { SmsTry } from "./sms-code-check.ts";

/** Whom a code is tried for. */
export interface Challenged {
  readonly id: string;
  readonly officeId: string;
  readonly name: string;
  readonly mail: string | null;
  /** Of notices: the user's, or else the office's. */
  readonly language: string;
}

export type CodeTry =
  | { readonly type: "totp"; readonly code: string }
  | { readonly type: "recovery"; readonly code: string }
  /** The first code of a new app; `secret` base32, `replaces` when a recovery code has earned it. */
  | { readonly type: "new-totp"; readonly code: string; readonly secret: string; readonly replaces: boolean }
  /** The one-time code that an administrator handed over. */
  | { readonly type: "enrolment"; readonly code: string }
  | SmsTry;

export type CodeResult =
  | {
      readonly type: "accepted";
      /** Forgives what was wrong before, and ends the block that this very try has begun. */
      readonly unblock: (tx: Queryable) => Promise<void>;
      readonly settle: (tx: Queryable) => Promise<void>;
    }
  | { readonly type: "wrong" | "used" | "clock"; readonly triesLeft: number }
  | { readonly type: "refused" };

/** Another request has used this code between our look and our write; its transaction is undone. */
export class CodeUsedMeanwhile extends Error {}

import type { Queryable } from "../../platform/database/database.ts";

/** Whom a code is tried for. */
export interface Challenged {
  readonly id: string;
  readonly officeId: string;
  readonly name: string;
  readonly mail: string | null;
  /** Of notices: the user's, or else the office's. */
  readonly language: string;
}

/** A code that came by text message. `binding`: the uid of the sign-in that it is typed in. */
export type SmsTry =
  | { readonly type: "sms"; readonly code: string; readonly binding: string }
  /** The first code to a new number; `replaces` when a recovery code or another factor has earned it. */
  | { readonly type: "new-sms"; readonly code: string; readonly binding: string; readonly replaces: boolean };

/** A code, and in `binding` what it is typed in: the uid of the sign-in, or a session of the account. */
export type CodeTry =
  | { readonly type: "totp"; readonly code: string; readonly binding: string }
  | { readonly type: "recovery"; readonly code: string; readonly binding: string }
  /** The first code of a new app; `secret` base32, `replaces` when a recovery code has earned it. */
  | {
      readonly type: "new-totp";
      readonly code: string;
      readonly binding: string;
      readonly secret: string;
      readonly replaces: boolean;
    }
  /** The one-time code that an administrator handed over. */
  | { readonly type: "enrolment"; readonly code: string; readonly binding: string }
  | SmsTry;

export interface AcceptedCode {
  readonly type: "accepted";
  /** Forgives what was wrong before, and ends the block that this very try has begun. */
  readonly unblock: (tx: Queryable) => Promise<void>;
  readonly settle: (tx: Queryable) => Promise<void>;
  /** What is due when nothing was recorded, whatever the reason. Never throws. */
  readonly giveUp: () => Promise<void>;
}

/** The code that was used last: it opens nothing and costs nothing. */
export interface UsedCode {
  readonly type: "used";
  readonly triesLeft: number;
  /** When it confirmed the method that the same form would confirm; null when it was for something else. */
  readonly confirmedAt: Date | null;
  /** Writes it down; not for the second of two forms that are one. */
  readonly tell: () => Promise<void>;
}

export type CodeResult =
  | AcceptedCode
  | UsedCode
  /** `past`: a code of the app from before the last one that was used. */
  | { readonly type: "wrong" | "past" | "clock"; readonly triesLeft: number }
  /** The same form was sent a moment before, and what became of it is stored. */
  | { readonly type: "refused" | "meanwhile" };

/** Another request has used this code between our look and our write; its transaction is undone. */
export class CodeUsedMeanwhile extends Error {}

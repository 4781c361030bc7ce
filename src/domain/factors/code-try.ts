import type { FactorKind } from "./factor.ts";
import type { Queryable } from "../../platform/database/database.ts";

/** Whom a code is tried for. */
export interface UserContact {
  readonly id: string;
  readonly officeId: string;
  readonly name: string;
  readonly mail: string | null;
  /** Of notices: the user's, or else the office's. */
  readonly language: string;
}

/** What each kind brings besides the code when a new factor is confirmed. */
interface NewFactor {
  /** Base32. */
  readonly totp: { readonly secret: string };
  readonly sms: object;
}

/**
 * A code of a factor, or the first code of a new one. `binding` is what it is typed in: the uid of the sign-in, or a
 * session of the account. `replaces` when a recovery code or another factor has earned the new one.
 */
export type FactorTry<Kind extends FactorKind = FactorKind> = {
  [K in FactorKind]:
    | { readonly type: K; readonly code: string; readonly binding: string }
    | (NewFactor[K] & {
        readonly type: `new-${K}`;
        readonly code: string;
        readonly binding: string;
        readonly replaces: boolean;
      });
}[Kind];

/** A code that is tried, and in `binding` what it is typed in. */
export type CodeTry =
  | FactorTry
  | { readonly type: "recovery"; readonly code: string; readonly binding: string }
  /** The one-time code that an administrator handed over. */
  | { readonly type: "enrolment"; readonly code: string; readonly binding: string };

/** What a look at a code finds. `used`: exactly the code that was used last. `confirmedAt`: see `UsedCode`. */
export type Judgement =
  | { readonly type: "right"; readonly record: (tx: Queryable) => Promise<void> }
  | { readonly type: "used"; readonly confirmedAt: Date | null }
  | { readonly type: "wrong" | "past" | "clock" };

export interface AcceptedCode {
  readonly type: "accepted";
  /** Forgives what was wrong before, and ends the block that this very try has begun. */
  readonly liftBlock: (tx: Queryable) => Promise<void>;
  readonly record: (tx: Queryable) => Promise<void>;
  /** What is due when nothing was recorded, whatever the reason. Never throws. */
  readonly release: () => Promise<void>;
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

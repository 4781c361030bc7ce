import type { FactorKind } from "./factor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { PasskeyFault } from "./passkeys/webauthn.ts";

/** A submitted code, what it is checked for, and what a right one does. */

/** A user as notices address them. */
export interface UserContact extends UserRef {
  readonly name: string;
  readonly mail: string | null;
  /** For notices: the user's language, or else the office's. */
  readonly language: string;
}

/** What each kind needs besides the code to confirm a new factor. */
interface NewFactor {
  readonly passkey: object;
  /** Base32. */
  readonly totp: { readonly secret: string };
  readonly sms: object;
  readonly email: object;
}

/** Kinds whose codes are sent. */
export type SentKind = Extract<FactorKind, "sms" | "email">;

/**
 * A code of a factor, or the first code of a new one. `binding` is what the code is entered in: the uid of the sign-in, or
 * a session of the account. `replaces`: a recovery code or another factor was proved, so the new one may replace the old.
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

/** A submitted code, and in `binding` what it is entered in. */
export type CodeTry =
  | FactorTry
  | { readonly type: "recovery"; readonly code: string; readonly binding: string }
  /** The one-time code that an administrator gave to the user. */
  | { readonly type: "enrolment"; readonly code: string; readonly binding: string };

/** A right code of a confirmed factor, as `spend_code` of the database uses it up; bytes are in hex. */
export type CodeToSpend =
  | {
      readonly kind: "passkey";
      readonly id: string;
      readonly counter: number;
      readonly isSynced: boolean;
      readonly slot: string;
      readonly challenge: string;
    }
  | { readonly kind: "totp"; readonly step: number }
  | { readonly kind: SentKind; readonly slot: string; readonly hash: string }
  | { readonly kind: "recovery"; readonly hash: string };

/** What a right code is good for. */
export type CodeEffect =
  /** It proves a confirmed factor. Spending it clears the failures: only such a code shows that they were the user's own. */
  | {
      readonly type: "proves";
      readonly code: CodeToSpend;
      /** Belongs in the transaction that spends the code; `left`: recovery codes. Null where nothing follows. */
      readonly after: ((tx: Queryable, left: number) => Promise<void>) | null;
    }
  /** It belongs to a factor that is not confirmed yet, or to an enrolment. */
  | {
      readonly type: "enrols";
      readonly record: (tx: Queryable) => Promise<void>;
      /** Of a passkey: whether it can be on several devices. */
      readonly isSynced?: boolean;
    };

/** Of a passkey: whether it can be on several devices. */
export const isSyncedBy = (effect: CodeEffect): boolean =>
  effect.type === "enrols"
    ? effect.isSynced === true
    : effect.code.kind === "passkey" && effect.code.isSynced;

/** The result of checking a code. `used`: exactly the code that was used last. `confirmedAt`: see `UsedCode`. */
export type Judgement =
  | { readonly type: "right"; readonly effect: CodeEffect }
  | { readonly type: "used"; readonly confirmedAt: Date | null }
  /** `fault`: why an answer of a passkey proves nothing, for the audit log. */
  | { readonly type: "wrong" | "model"; readonly fault?: PasskeyFault }
  | { readonly type: "past" | "expired" | "late" | "superseded" };

interface Accepted {
  readonly type: "accepted";
  /** Call when nothing was recorded, whatever the reason. Never throws. */
  readonly release: () => Promise<void>;
}

/** A right code of a confirmed factor. */
interface ProvedCode extends Accepted {
  readonly effect: Extract<CodeEffect, { type: "proves" }>;
}

/** A right code of a new factor, or of an enrolment. */
export interface EnrollingCode extends Accepted {
  readonly effect: Extract<CodeEffect, { type: "enrols" }>;
  /** Takes back this try alone, and ends the lockout that this very try has begun. */
  readonly liftBlock: (tx: Queryable) => Promise<void>;
}

export type AcceptedCode = ProvedCode | EnrollingCode;

export const isEnrolling = (code: AcceptedCode): code is EnrollingCode => code.effect.type === "enrols";

/** The code that was used last: it proves nothing and costs no try. */
export interface UsedCode {
  readonly type: "used";
  readonly triesLeft: number;
  /** When it confirmed the factor that this form would confirm; null when it was used for something else. */
  readonly confirmedAt: Date | null;
  /** Writes the audit event; not called for the second submission of one form. */
  readonly record: () => Promise<void>;
}

/**
 * `past`: a code of the app from before the last used one. `expired-again`: the second expired one in a row, which a slow
 * clock of the phone explains. `model`: a new passkey of a model that the office does not accept. `late`: a code of a text message whose minutes are over; `superseded`: one before the newest.
 */
export const WRONG_CODES = [
  "wrong",
  "past",
  "expired",
  "expired-again",
  "late",
  "superseded",
  "model",
] as const;
export type WrongCode = (typeof WRONG_CODES)[number];

export type CodeResult =
  | AcceptedCode
  | UsedCode
  | { readonly type: WrongCode; readonly triesLeft: number }
  /** The same form was submitted a moment before, and its result is stored. */
  | { readonly type: "refused" | "meanwhile" };

/** Another request used this code between our read and our write; the transaction is rolled back. */
export class CodeUsedMeanwhile extends Error {}

import { FACTOR_KINDS, type Demand, type FactorKind } from "../../domain/factors/factor.ts";
import type { NumberState } from "../../domain/factors/number-store.ts";

/** What a sign-in is judged by; `journey.ts` judges it. */

/** Something that was proved in this sign-in, and when (seconds since 1970). */
export interface Fact {
  readonly type: FactType;
  readonly at: number;
}

/** A factor that was there, of any kind, and one that is new. */
export const PROVED = FACTOR_KINDS.map((kind) => `${kind}-proved` as const);
export const ENROLLED = FACTOR_KINDS.map((kind) => `${kind}-enrolled` as const);

export const FACT_TYPES = [
  "password-proved",
  "session-continued",
  ...PROVED,
  "recovery-code-used",
  "enrolment-code-proved",
  ...ENROLLED,
  "recovery-codes-shown",
  "recovery-codes-again",
  "recovery-codes-saved",
  "enrolment-postponed",
  "new-password-set",
  "trust-wished",
] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** All that the journey may look at; read fresh at every click. */
export interface SignIn {
  readonly facts: readonly Fact[];
  /** Whether the user and the office may be signed in. False as well while nobody is known. */
  readonly isAccountActive: boolean;
  /** What the office demands now, or the application where it asks for more. */
  readonly demand: Demand;
  /** Kinds that the office accepts. */
  readonly accepted: readonly FactorKind[];
  /** Kinds that the user has confirmed. */
  readonly factors: readonly FactorKind[];
  /** The second-factor guard of the user. `isFrozen`: only a reset helps. */
  readonly guard: { readonly isBlocked: boolean; readonly isFrozen: boolean };
  /** The user's mobile number. A confirmed one is the factor `sms`. */
  readonly number: { readonly state: NumberState; readonly isPending: boolean };
  /** Whether a user without a proved factor may enrol one now. */
  readonly enrolment: { readonly isOpen: boolean; readonly needsCode: boolean };
  /** Whether an administrator wants another password of the user. */
  readonly isPasswordExpired: boolean;
  /** Whether this user trusts this browser, and nothing was asked for that only a fresh proof can give. */
  readonly isBrowserTrusted: boolean;
}

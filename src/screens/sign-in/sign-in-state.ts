import { FACTOR_KINDS, type Demand, type FactorKind } from "../../domain/factors/factor.ts";
import type { NumberState } from "../../domain/factors/number-store.ts";

/** The state of a sign-in. `journey.ts` evaluates it. */

/** What was proved in this sign-in, and when (seconds since 1970). */
export interface Fact {
  readonly type: FactType;
  readonly at: number;
  /** The session that a step-up continues: its uid. */
  readonly session?: string;
  /** Whether the browser was not familiar to the account when the password was proved. */
  readonly isBrowserNew?: boolean;
}

/** Facts about an existing factor of any kind, and about a new one. */
export const PROVED = FACTOR_KINDS.map((kind) => `${kind}-proved` as const);
export const ENROLLED = FACTOR_KINDS.map((kind) => `${kind}-enrolled` as const);

/** What the user chose to set up; pages remember it. */
export const CHOSEN = FACTOR_KINDS.map((kind) => `${kind}-chosen` as const);

export const FACT_TYPES = [
  "password-proved",
  "passkey-verified",
  "session-continued",
  ...PROVED,
  "passkey-synced",
  "recovery-code-used",
  "factor-lost",
  "code-acknowledged",
  "enrolment-code-proved",
  ...ENROLLED,
  "recovery-codes-shown",
  "recovery-codes-again",
  "recovery-codes-saved",
  "enrolment-postponed",
  ...CHOSEN,
  "new-password-set",
  "trust-wished",
] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** A sign-in begins with a password, with a passkey in its place, or with a session. */
export const BEGINNINGS: ReadonlySet<FactType> = new Set([
  "password-proved",
  "passkey-verified",
  "session-continued",
]);

/** Everything that the journey evaluates. It is read from the database for every request. */
export interface SignIn {
  readonly facts: readonly Fact[];
  /** Whether user and office are active. False while the user is unknown. */
  readonly isAccountActive: boolean;
  /** What the office demands now, or the application if it demands more. */
  readonly demand: Demand;
  /** Kinds that the office accepts. */
  readonly accepted: readonly FactorKind[];
  /** Kinds that the user has confirmed. */
  readonly factors: readonly FactorKind[];
  /** The lockout of the second factor. `isFrozen`: only a reset helps. */
  readonly guard: { readonly isBlocked: boolean; readonly isFrozen: boolean };
  /** The user's mobile number. A confirmed one is the factor `sms`. */
  readonly number: { readonly state: NumberState; readonly isPending: boolean };
  /** Whether a user without a proved factor may enrol one now. */
  readonly enrolment: { readonly isOpen: boolean; readonly needsCode: boolean };
  /** Whether a recovery code signs this user in, in place of the factor. */
  readonly mayRecover: boolean;
  /** Recovery codes that the user has not confirmed as saved yet. `wereShown`: the codes exist and are not shown again. */
  readonly unsavedCodes: { readonly areDue: boolean; readonly wereShown: boolean };
  /** Whether a passkey whose authenticator has verified its user takes the place of the password. */
  readonly isPasswordless: boolean;
  /** Whether an administrator has set the password to expired. */
  readonly isPasswordExpired: boolean;
  /** Whether this user trusts this browser and the client does not demand a fresh proof. */
  readonly isBrowserTrusted: boolean;
}

/** A proof, as far as its facts go. `at`: when it was proved; default: when it is recorded. */
interface Proved extends Pick<Fact, "type" | "session"> {
  readonly newBrowser?: object | null;
  readonly also?: readonly FactType[];
  readonly at?: number;
}

/** The facts of a proof, as they are stored. */
export const factsOf = (
  { type, also = [], at, session, newBrowser = null }: Proved,
  recordedAt: number,
): Fact[] =>
  [type, ...also].map((one) => ({
    ...{ type: one, at: at ?? recordedAt },
    ...(session === undefined ? {} : { session }),
    ...(newBrowser === null ? {} : { isBrowserNew: true }),
  }));

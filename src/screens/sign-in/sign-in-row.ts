import { enrolmentAt, type EnrolmentWindow } from "../../domain/factors/enrolment.ts";
import {
  areResistant,
  canReplacePassword,
  demandAt,
  policyFor,
  usableMethods,
  type FactorKind,
  type Sending,
} from "../../domain/factors/factor.ts";
import { mayRecover } from "../../domain/access/role.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { OfficeJson } from "../../domain/offices/office-store.ts";
import type { NumberState } from "../../domain/factors/number-store.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { isStillProved } from "../../domain/users/still-proved.ts";
import { isActive, type Account } from "../../domain/users/user.ts";
import { ENROLLED, type Fact, type FactType, type SignIn } from "./sign-in-state.ts";

export interface SignInUser {
  readonly account: Account;
  readonly blockedUntil: Date | null;
  /** Unused recovery codes. */
  readonly codesLeft: number;
  /** How long the codes of the authenticator app are; 0 where there are several of different lengths. */
  readonly codeDigits: number;
  /** The stored mobile number, E.164. Pages show a confirmed one masked only. */
  readonly number: string | null;
}

/** A stored sign-in, with its user. */
export interface StoredSignIn {
  readonly signIn: SignIn;
  readonly user: SignInUser | null;
  /** The user's office; null where there is no user. */
  readonly office: Office | null;
  /** What the database said; null before the first fact. */
  readonly row: SignInRow | null;
}

/** A row of `find_sign_in`. Times in seconds since 1970. */
export interface SignInRow {
  readonly facts: Fact[];
  readonly account: Account | null;
  readonly guard: { failedAttempts: number; failedSinceSuccess: number; blockedUntil: number | null } | null;
  readonly factors: FactorKind[];
  readonly codes_left: number;
  /** Null where the user has saved them, or has none. */
  readonly unsaved_codes: "new" | "shown" | null;
  /** Null without an authenticator app. */
  readonly code_digits: number | null;
  readonly enrolment: EnrolmentWindow | null;
  readonly password_expired: boolean;
  readonly browser_trusted: boolean;
  readonly number: { state: NumberState; number: string | null; pending: boolean } | null;
  readonly office: OfficeJson | null;
  /** Tells this state from another; see `find_sign_in`. */
  readonly version: string;
}

/** Rules that apply to every user of this installation. */
export interface InstallationRules {
  /** The number of wrong codes after which only a reset helps. */
  readonly frozenFrom: number;
  readonly sending: Sending;
}

/** The state before the user is known. */
export const emptySignIn = (): SignIn => ({
  facts: [],
  isAccountActive: false,
  demand: "required",
  accepted: [],
  factors: [],
  guard: { isBlocked: false, isFrozen: false },
  number: { state: "none", isPending: false },
  enrolment: { isOpen: false, needsCode: false },
  mayRecover: false,
  unsavedCodes: { areDue: false, wereShown: false },
  isPasswordless: false,
  isPasswordExpired: false,
  isBrowserTrusted: false,
});

/** Facts that end what was proved before them, and so may count from the second after. */
const RENEWALS: readonly FactType[] = ["new-password-set", ...ENROLLED];

/**
 * A new password or a reset invalidates earlier facts: the code of a stolen phone must not outlive the reset. The sign-in
 * that sets the new password, or replaces the factor, keeps its own; another one, which waits with the old, keeps none.
 */
function validFacts(facts: readonly Fact[], account: Account): Fact[] {
  const isValid = ({ type, at, session }: Fact) =>
    isStillProved(account, { at, session: session ?? null, hasSkippedCode: type === "trust-wished" });
  const renewal = facts.findLastIndex((fact) => RENEWALS.includes(fact.type) && isValid(fact));
  // A fact that follows in the same second is older than the change by its time only.
  const isKept = ({ type }: Fact, place: number) =>
    renewal !== -1 && (place > renewal || type !== "trust-wished");
  return facts.filter((fact, place) => isValid(fact) || isKept(fact, place));
}

const USUAL_DIGITS = 6;

/** Derives the state that the journey evaluates from the stored row. */
export function toSignIn(
  row: SignInRow,
  at: Date,
  installation: InstallationRules,
): Pick<StoredSignIn, "signIn" | "user"> {
  const { account, guard, factors } = row;
  if (account === null) {
    return { signIn: { ...emptySignIn(), facts: row.facts }, user: null };
  }
  const facts = validFacts(row.facts, account);
  const now = epochSeconds(at);
  const policy = policyFor(account.office.secondFactor, account.role, now);
  const blockedUntil = guard?.blockedUntil ?? null;
  const accepted = usableMethods(policy.methods, installation.sending);
  const isFrozen = (guard?.failedSinceSuccess ?? 0) >= installation.frozenFrom;
  return {
    signIn: {
      facts,
      isAccountActive: isActive(account),
      demand: demandAt(policy, now),
      accepted,
      factors,
      guard: { isBlocked: blockedUntil !== null && blockedUntil > at.getTime() / 1000, isFrozen },
      number: { state: row.number?.state ?? "none", isPending: row.number?.pending ?? false },
      enrolment: enrolmentAt(now, { createdAt: account.createdAt, policy }, row.enrolment),
      mayRecover: mayRecover(account.role) && !areResistant(accepted),
      unsavedCodes: { areDue: row.unsaved_codes !== null, wereShown: row.unsaved_codes === "shown" },
      isPasswordless: account.office.isPasswordless && canReplacePassword(accepted),
      isPasswordExpired: row.password_expired,
      isBrowserTrusted: row.browser_trusted && policy.trust !== null,
    },
    user: {
      account,
      blockedUntil: blockedUntil === null ? null : new Date(blockedUntil * 1000),
      codesLeft: row.codes_left,
      codeDigits: row.code_digits ?? USUAL_DIGITS,
      number: row.number?.number ?? null,
    },
  };
}

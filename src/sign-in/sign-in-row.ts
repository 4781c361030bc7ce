import { enrolmentAt, type EnrolmentWindow } from "../factors/enrolment.ts";
import { demandAt, type FactorKind } from "../factors/factor.ts";
import type { NumberState } from "../factors/number-store.ts";
import { epochSeconds } from "../kernel/clock.ts";
import { isActive, type Account } from "../users/user.ts";
import type { Fact, SignIn } from "./journey.ts";
import type { StoredSignIn } from "./sign-in-store.ts";

/** What `find_sign_in` answers; times in seconds since 1970. */
export interface SignInRow {
  readonly facts: Fact[];
  readonly account: Account | null;
  readonly guard: { strikes: number; spent: number; blockedUntil: number | null } | null;
  readonly factors: FactorKind[];
  readonly codes_left: number;
  readonly enrolment: EnrolmentWindow | null;
  readonly password_expired: boolean;
  readonly number: { state: NumberState; number: string | null; pending: boolean } | null;
}

/** The situation before anybody is known. */
export const nobodyYet = (): SignIn => ({
  facts: [],
  isAccountActive: false,
  demand: "required",
  accepted: [],
  factors: [],
  guard: { isBlocked: false, isFrozen: false },
  number: { state: "none", isPending: false },
  enrolment: { isOpen: false, needsCode: false },
  isPasswordExpired: false,
});

/** What the journey's guards read, from what is stored. */
export function toSignIn(row: SignInRow, at: Date, frozenFrom: number): StoredSignIn {
  const { account, guard, factors } = row;
  if (account === null) {
    return { signIn: { ...nobodyYet(), facts: row.facts }, person: null };
  }
  // A new password or a reset ends open sign-ins too: a stolen phone's code of a moment ago would outlive the reset.
  const facts = row.facts.filter((fact) => fact.at >= account.validFrom);
  const now = epochSeconds(at);
  const policy = account.office.secondFactor;
  const blockedUntil = guard?.blockedUntil ?? null;
  const isFrozen = (guard?.spent ?? 0) >= frozenFrom;
  return {
    signIn: {
      facts,
      isAccountActive: isActive(account),
      demand: demandAt(policy, now),
      accepted: policy.methods,
      factors,
      guard: { isBlocked: blockedUntil !== null && blockedUntil > at.getTime() / 1000, isFrozen },
      number: { state: row.number?.state ?? "none", isPending: row.number?.pending ?? false },
      enrolment: enrolmentAt(now, { createdAt: account.createdAt, policy }, row.enrolment),
      isPasswordExpired: row.password_expired,
    },
    person: {
      account,
      blockedUntil: blockedUntil === null ? null : new Date(blockedUntil * 1000),
      codesLeft: row.codes_left,
      number: row.number?.number ?? null,
    },
  };
}

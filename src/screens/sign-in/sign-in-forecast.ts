import { enrolmentAt } from "../../domain/factors/enrolment.ts";
import { demandAt, FACTOR_KINDS, type SecondFactorPolicy } from "../../domain/factors/factor.ts";
import type { SignInForecast } from "../../domain/offices/policy-dry-run.ts";
import type { UserState } from "../../domain/offices/policy-dry-run-store.ts";
import { nextStep, type StepName } from "./journey.ts";
import type { FactType, SignIn } from "./sign-in-state.ts";
import { emptySignIn } from "./sign-in-row.ts";

/** Every journey is shorter; a longer one is an endless loop. */
const MAX_STEPS = 20;

/**
 * The steps that a user passes after the correct password. It runs the journey's own table with the facts that such a
 * user would prove, up to the end or to a step where the user is stuck.
 */
export const forecastSignIn: SignInForecast = (user, policy, at) => {
  const steps: StepName[] = [];
  let signIn = signInOf(user, policy, at);
  while (steps.length < MAX_STEPS) {
    const step = nextStep(signIn);
    const fact = step === "done" ? null : factOf(step, user, policy);
    if (step !== "done") {
      steps.push(step);
    }
    if (fact === null) {
      return steps;
    }
    signIn = { ...signIn, facts: [...signIn.facts, { type: fact, at }] };
  }
  throw new Error(`A sign-in without an end: ${steps.join(", ")}.`);
};

function signInOf(user: UserState, policy: SecondFactorPolicy, at: number): SignIn {
  const { isBlocked, isFrozen, factors, number, isNumberPending, isPasswordExpired } = user;
  const { createdAt, enrolment } = user;
  return {
    ...emptySignIn(),
    facts: [{ type: "password-proved", at }],
    isAccountActive: true,
    demand: demandAt(policy, at),
    accepted: policy.methods,
    factors,
    guard: { isBlocked, isFrozen },
    number: { state: number, isPending: isNumberPending },
    enrolment: enrolmentAt(at, { createdAt, policy }, enrolment),
    isPasswordExpired,
  };
}

/** The fact that passes the step; null where the user is stuck. A user with several factors takes an accepted one. */
function factOf(step: StepName, { factors }: UserState, { methods }: SecondFactorPolicy): FactType | null {
  switch (step) {
    case "password":
    case "block":
    case "enrolment-closed":
      return null;
    case "challenge":
      return `${factors.find((kind) => methods.includes(kind)) ?? factors[0] ?? FACTOR_KINDS[0]}-proved`;
    case "confirm-number":
      return "sms-enrolled";
    case "enrolment-code":
      return "enrolment-code-proved";
    case "enrol":
      // None is left where a passkey is demanded and the office accepts none.
      return methods[0] === undefined ? null : `${methods[0]}-enrolled`;
    case "recovered":
      return "enrolment-postponed";
    case "recovery-codes":
      return "recovery-codes-saved";
    case "new-password":
      return "new-password-set";
  }
}

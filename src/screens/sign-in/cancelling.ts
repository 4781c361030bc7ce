import { has, isReplacingLost, nextStep } from "./journey.ts";
import type { SignIn } from "./sign-in-state.ts";

/**
 * What Cancel does on a page. deny: the application learns that the user has cancelled · go-on: it signs the user in,
 * without the set-up that the page offers · none: there is no Cancel.
 */
export type Cancel = "deny" | "go-on" | "none";

/** A recovery code works once, so that no Cancel after it may take the sign-in away that it was spent on. */
export function cancelOf(signIn: SignIn): Cancel {
  const due = nextStep(signIn);
  if (due === "recovered" || (due === "enrol" && isLeftForLater(signIn))) {
    return "go-on";
  }
  // The codes are shown once, and a new factor without them has no way back.
  return due === "recovery-codes" || has(signIn, "recovery-code-used") ? "none" : "deny";
}

/** Whether the user can do without the set-up: not where the office demands another kind of factor. */
const isLeftForLater = (signIn: SignIn): boolean =>
  isReplacingLost(signIn) &&
  nextStep({ ...signIn, facts: [...signIn.facts, { type: "enrolment-postponed", at: 0 }] }) !== "enrol";

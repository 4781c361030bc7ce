import { nextStep, stepOf } from "./journey.ts";
import type { PageContext } from "./page.ts";
import type { AnyPage } from "./pages/pages.ts";
import { stepSeen, type StepSeen } from "./sign-in-signals.ts";
import type { FactType, SignIn } from "./sign-in-state.ts";

/** Whether a page is of the step that is due, and offered to this user. */
export const isDue = (page: AnyPage, signIn: SignIn): boolean =>
  nextStep(signIn) === stepOf(page.name)?.name && page.isOffered(signIn);

/** A page can prove only the facts of its step. A page that claims more is a bug, which must not sign a user in. */
export function requireProvable({ name }: AnyPage, type: FactType): void {
  const provable: readonly FactType[] = stepOf(name)?.proves ?? [];
  if (!provable.includes(type)) {
    throw new Error(`The page ${name} may not prove ${type}.`);
  }
}

/** Tells those who count what a user met at the step that was due. */
export function tellStep({ signIn, user }: PageContext, what: string, outcome: StepSeen["outcome"]): void {
  const step = nextStep(signIn);
  if (stepSeen.isWatched && step !== "done") {
    stepSeen.emit({ step, what, outcome, officeId: user?.account.office.id ?? null });
  }
}

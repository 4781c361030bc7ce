import { FACTOR_KINDS } from "../../domain/factors/factor.ts";
import { pagesOfKind } from "./factor-pages.ts";
import type { PageName } from "./journey.ts";
import type { Page } from "./page.ts";
import type { SignIn } from "./sign-in-state.ts";

/**
 * Whether a page of the due step is there for this sign-in. A step can have pages of several kinds of factor, and a form
 * can be posted to each of them. Without this question, a user could enrol a method that the office does not accept, and
 * the office would pay for its text messages.
 */
export const isOffered = (page: Pick<Page<never>, "name" | "isOffered">, signIn: SignIn): boolean =>
  isOfKindInUse(page.name, signIn) && (page.isOffered?.(signIn) ?? true);

/** A page that enrols a kind needs an office that accepts it; one that asks for a kind needs a user who has it. */
function isOfKindInUse(name: PageName, { accepted, factors }: SignIn): boolean {
  return FACTOR_KINDS.every((kind) => {
    const { challenge, besideChallenge, enrolment } = pagesOfKind(kind);
    const asks = challenge === name || besideChallenge.includes(name);
    return (!asks || factors.includes(kind)) && (!enrolment.includes(name) || accepted.includes(kind));
  });
}

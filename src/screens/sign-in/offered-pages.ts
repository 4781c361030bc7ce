import { areResistant, FACTOR_KINDS, ownsAccepted, type FactorKind } from "../../domain/factors/factor.ts";
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
function isOfKindInUse(name: PageName, signIn: SignIn): boolean {
  const { accepted, factors } = signIn;
  return FACTOR_KINDS.every((kind) => {
    const { challenge, besideChallenge, enrolment } = pagesOfKind(kind);
    const asks = challenge === name || besideChallenge.includes(name);
    return (
      (!asks || (factors.includes(kind) && !isBeneath(kind, signIn))) &&
      (!enrolment.includes(name) || accepted.includes(kind))
    );
  });
}

/**
 * A kind that can be phished, of a user who has one that cannot, where nothing less is accepted. It would pass the challenge, and a thief
 * of its code would set up a passkey of their own. A user who has lost the passkey takes a recovery code or asks for a reset.
 */
export const isBeneath = (kind: FactorKind, { accepted, factors, demand }: SignIn): boolean =>
  demand === "required" &&
  areResistant(accepted) &&
  ownsAccepted(factors, accepted) &&
  !accepted.includes(kind);

import { RECOVERY_CODES } from "../../../domain/factors/recovery-codes.ts";
import { has } from "../journey.ts";
import type { Model, PageOutcome, PageContext } from "../page.ts";
import { proofOf } from "./code-outcome.ts";

/** "Later": possible until the day from which the office requires the factor, and good for this sign-in. */
export const postponed = (context: PageContext): PageOutcome =>
  proofOf(context, "enrolment-postponed", () => Promise.resolve());

/** The day until which it can be put off, as people read it; null when it cannot. */
export function postponeModel({ signIn, user, language }: PageContext): Model {
  const from = user?.account.office.secondFactor.from ?? null;
  const canPostpone = signIn.demand === "offered" && from !== null;
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  return { requiredFrom: canPostpone ? format.format(new Date(from * 1000)) : null };
}

/** After a recovery code: how many are left, which from then on is no secret to whoever sits there. */
export const codesLeftModel = ({ signIn, user }: PageContext): Model => ({
  codesLeft: has(signIn, "recovery-code-used") ? (user?.codesLeft ?? null) : null,
  fewCodes: RECOVERY_CODES.warnAt,
});

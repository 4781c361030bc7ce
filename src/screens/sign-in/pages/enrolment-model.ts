import { RECOVERY_CODES } from "../../../domain/factors/recovery-codes.ts";
import { has } from "../journey.ts";
import type { Model, PageOutcome, PageContext } from "../page.ts";
import { proofOf } from "./code-outcome.ts";

/** "Later" postpones the enrolment for this sign-in, until the day from which the office requires the factor. */
export const postponed = (context: PageContext): PageOutcome =>
  proofOf(context, "enrolment-postponed", () => Promise.resolve());

/** The formatted day until which the user can postpone; null when that is not possible. */
export function postponeModel({ signIn, user, language }: PageContext): Model {
  const from = user?.account.office.secondFactor.from ?? null;
  const canPostpone = signIn.demand === "offered" && from !== null;
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  return { requiredFrom: canPostpone ? format.format(new Date(from * 1000)) : null };
}

/** How many recovery codes are left. Shown only after the user has proved one of them. */
export const codesLeftModel = ({ signIn, user }: PageContext): Model => ({
  codesLeft: has(signIn, "recovery-code-used") ? (user?.codesLeft ?? null) : null,
  fewCodes: RECOVERY_CODES.warnAt,
});

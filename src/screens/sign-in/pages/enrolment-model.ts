import { RECOVERY_CODES } from "../../../domain/factors/recovery-codes.ts";
import { localDay } from "../../../kernel/time-zone.ts";
import { calendarDay } from "../../../kernel/date-format.ts";
import { has } from "../journey.ts";
import type { Model, PageOutcome, PageContext } from "../page.ts";
import { factOf } from "./code-outcome.ts";

/** "Later" postpones the enrolment for this sign-in, until the day from which the office requires the factor. */
export const postponed = (context: PageContext): PageOutcome => ({
  type: "done",
  fact: factOf(context, "enrolment-postponed"),
});

/** The formatted day until which the user can postpone; null when that is not possible. */
export function postponeModel({ signIn, user, office, language, zone }: PageContext): Model {
  const from = user?.account.office.secondFactor.from ?? null;
  const canPostpone = signIn.demand === "offered" && from !== null;
  // A day of the office's calendar, which may be another one where the user is.
  const day = canPostpone ? localDay(new Date(from * 1000), office?.zone ?? zone.name) : null;
  return { requiredFrom: day === null ? null : calendarDay(day, { language }) };
}

/**
 * How many recovery codes are left. Shown only after the user has proved one of them, and once: after the page
 * that acknowledges it and asks for the factor, no other repeats it.
 */
export const codesLeftModel = ({ signIn, user }: PageContext): Model => ({
  codesLeft:
    has(signIn, "recovery-code-used") && !has(signIn, "code-acknowledged") ? (user?.codesLeft ?? null) : null,
  fewCodes: RECOVERY_CODES.warnAt,
});

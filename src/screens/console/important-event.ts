import { epochSeconds } from "../../kernel/clock.ts";
import type { ImportantEvent } from "../../domain/offices/overview-store.ts";
import { userHref, type OfficeContext } from "./page.ts";
import {} from "./page.ts";
import { dateTime } from "../../kernel/date-format.ts";

/** Events that have a text of their own on the overview. All others are shown as an alarm. */
const EVENTS_WITH_TEXT: ReadonlySet<string> = new Set([
  "code.blocked",
  "factor.reset",
  "number.change-requested",
  "number.removed",
  "office.changed",
  "password.reset",
  "user.disabled",
  "users.imported",
  "users.exported",
  "token.reused",
  "sms.budget",
  "not-me.used",
  "mail.restored",
  "password.throttled",
  "application.wrong-secret",
]);

/** An audit event as one line of the overview. */
export function importantEventView(event: ImportantEvent, { office, t, ...reader }: OfficeContext) {
  const { type, outcome, at, subject, username } = event;
  return {
    text: t(`console.overview.event.${EVENTS_WITH_TEXT.has(type) ? type : "alarm"}`),
    isAlarm: outcome === "alarm",
    at: at.toISOString(),
    when: dateTime(epochSeconds(at), reader).text,
    username,
    href: subject === null || username === null ? null : userHref(office.code, subject),
  };
}

import type { ListedEvent } from "../../domain/audit/audit-list-store.ts";
import type { Translate } from "../../kernel/languages.ts";
import { calendarDay, dateTimeWithSeconds, timeOfRow, type Reader } from "../../kernel/date-format.ts";
import { localDay } from "../../kernel/time-zone.ts";
import { UUID } from "../../kernel/random.ts";
import { eventSentence } from "./event-sentence.ts";

/** For whom the log is shown. */
type LogReader = Reader & { readonly t: Translate };

/** Events as the log shows them: one line each, below the day that they happened on for the reader. */
export function daysOf(events: readonly ListedEvent[], reader: LogReader) {
  const days: { day: string; title: string; events: ReturnType<typeof eventView>[] }[] = [];
  for (const event of events) {
    const day = localDay(new Date(event.at * 1000), reader.zone.name);
    if (days.at(-1)?.day !== day) {
      days.push({ day, title: calendarDay(day, reader), events: [] });
    }
    days.at(-1)?.events.push(eventView(event, reader));
  }
  return days;
}

function eventView(event: ListedEvent, { t, ...reader }: LogReader) {
  const { language } = reader;
  const at = new Date(event.at * 1000);
  return {
    at: { iso: at.toISOString(), text: timeOfRow(at, reader) },
    says: eventSentence(event, { t, language }),
    badge: event.outcome === "ok" ? null : { kind: event.outcome, text: t(`audit.outcome.${event.outcome}`) },
    address: event.address ?? "",
    facts: factsOf(event, { t, ...reader }),
  };
}

/** Who, what and where in full, and the details as they are stored, so that an auditor can compare them with the export. */
function factsOf(event: ListedEvent, { t, ...reader }: LogReader) {
  const { id, type, actor, subject, details, applicationName, requestId, address } = event;
  const row = (name: string, value: string | null) => (value === null ? [] : [{ name, value }]);
  return [
    ...row(t("console.audit.at"), dateTimeWithSeconds(new Date(event.at * 1000), reader)),
    ...row(t("console.audit.who"), named(event.actorName, event.actorUsername)),
    ...row(t("console.audit.whom"), named(event.subjectName, event.subjectUsername)),
    ...row(t("console.audit.application"), applicationName),
    ...row(t("console.audit.address"), address),
    ...Object.entries(details).map(([name, value]) => ({ name, value: textOf(value, reader) })),
    ...row(t("console.audit.actorId"), UUID.test(actor) ? actor : null),
    ...row(t("console.audit.subjectId"), subject),
    { name: t("console.audit.event"), value: `${id} · ${type}` },
    ...row(t("console.audit.request"), requestId),
  ];
}

const named = (name: string | null, username: string | null): string | null =>
  name === null || username === null || username === name ? name : `${name} (${username})`;

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function textOf(value: unknown, reader: Reader): string {
  if (typeof value === "string") {
    return MOMENT.test(value) ? dateTimeWithSeconds(new Date(value), reader) : value;
  }
  return JSON.stringify(value);
}

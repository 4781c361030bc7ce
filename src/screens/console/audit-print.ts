import { typesOf, type AuditGroup } from "../../domain/audit/audit-groups.ts";
import type { ListedEvent } from "../../domain/audit/audit-list-store.ts";
import type { ExportFacts, TableHead } from "../../domain/audit/audit-export.ts";
import type { ExportFilter } from "../../domain/audit/audit-export-store.ts";
import { calendarDay, dateTimeWithSeconds, sortableTime, type Reader } from "../../kernel/date-format.ts";
import { now } from "../../kernel/clock.ts";
import { timeZoneText } from "../../kernel/time-zone.ts";
import { dayAfter, dayOf } from "./audit-query.ts";
import type { AuditDeps } from "./console-deps.ts";
import { eventSentence } from "./event-sentence.ts";
import type { ConsoleContext, Shown } from "./page.ts";

/** What was asked for, checked. Empty: no bound. */
interface AskedExport {
  readonly group: AuditGroup | "";
  readonly outcome: "ok" | "refused" | "alarm" | "";
  readonly from: string;
  readonly to: string;
}

/** Days begin where the reader is. */
export const exportFilterOf = (
  { group, outcome, from, to }: AskedExport,
  reader: Pick<Reader, "zone">,
): ExportFilter => ({
  from: dayOf(from, reader) ?? null,
  to: dayAfter(to, reader) ?? null,
  types: group === "" ? null : typesOf(group),
  outcome: outcome === "" ? null : outcome,
});

/** What a table says above its columns. */
export const tableHead = (asked: AskedExport, place: string, context: ConsoleContext): TableHead => ({
  rows: (facts) => headOf(asked, place, { facts, context }),
  timeHeading: `${context.t("console.audit.at")} (${timeZoneText(context.zone.name)})`,
  timeOf: (at) => sortableTime(at, context),
});

/** Events on paper: as many as a browser lays out at once. */
const MOST_PRINTED = 1_000;
const PAGE = 100;

/** A page to print or to save as PDF: the browser has the fonts for every name, and tags what it saves. */
export async function printed(
  audit: AuditDeps,
  context: ConsoleContext,
  {
    officeId,
    asked,
    place,
    backHref,
  }: { officeId: string | null; asked: AskedExport; place: string; backHref: string },
): Promise<Shown> {
  const { t } = context;
  const facts = await audit.export.facts(officeId, exportFilterOf(asked, context));
  const events = await newest(audit, officeId, { asked, context });
  return {
    view: "audit-print",
    model: {
      title: t("console.audit-print.title", { place }),
      head: headOf(asked, place, { facts, context }).map(([name, value]) => ({ name, value })),
      tooMany: facts.count > MOST_PRINTED ? t("console.audit-print.tooMany", { most: MOST_PRINTED }) : null,
      events: events.map((event) => ({
        at: sortableTime(new Date(event.at * 1000), context),
        says: eventSentence(event, context),
        outcome: event.outcome === "ok" ? "" : t(`audit.outcome.${event.outcome}`),
        address: event.address ?? "",
        id: event.id,
      })),
      backHref,
    },
  };
}

async function newest(
  { list }: AuditDeps,
  officeId: string | null,
  { asked, context }: { asked: AskedExport; context: ConsoleContext },
): Promise<readonly ListedEvent[]> {
  const { group, outcome, from, to } = asked;
  const filter = {
    group: group === "" ? undefined : group,
    outcome: outcome === "" ? undefined : outcome,
    from: dayOf(from, context),
    to: dayAfter(to, context),
  };
  const events: ListedEvent[] = [];
  for (let before: string | null = ""; before !== null && events.length < MOST_PRINTED;) {
    const page = await list.find(officeId, filter, { before, limit: PAGE });
    events.push(...page.events);
    before = page.older;
  }
  return events;
}

/** Of what this is a part, so that a copy explains itself. */
function headOf(
  { group, outcome, from, to }: AskedExport,
  place: string,
  { facts, context }: { facts: ExportFacts; context: ConsoleContext },
): readonly (readonly [string, string])[] {
  const { t, zone } = context;
  const day = (value: string) => (value === "" ? "…" : calendarDay(value, context));
  const any = t("console.audit.any");
  return [
    [t("console.audit-print.place"), place],
    [t("console.audit-print.period"), from + to === "" ? any : `${day(from)} – ${day(to)}`],
    [t("account.timeZone.label"), timeZoneText(zone.name)],
    [t("console.audit.group"), group === "" ? any : t(`audit.group.${group}`)],
    [t("console.audit.outcome"), outcome === "" ? any : t(`audit.outcome.${outcome}`)],
    [t("console.audit-print.count"), String(facts.count)],
    [t("console.audit-chain.head"), facts.head],
    [t("console.audit-print.made"), dateTimeWithSeconds(now(), context)],
  ];
}

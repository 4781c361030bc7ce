import type { ListedEvent } from "../../domain/audit/audit-list-store.ts";
import type { Translate } from "../../kernel/languages.ts";
import { dateTime, type Reader } from "../../kernel/date-format.ts";
import { UUID } from "../../kernel/random.ts";

/** An audit event as a page shows it: who did what to whom. */
export function eventView(event: ListedEvent, { t, ...reader }: Reader & { t: Translate }) {
  return {
    at: dateTime(event.at, reader),
    what: t(`audit.type.${event.type}`),
    badge: event.outcome === "ok" ? null : { kind: event.outcome, text: t(`audit.outcome.${event.outcome}`) },
    who: actorOf(event, t),
    whom: subjectOf(event),
    address: event.address ?? "–",
    facts: factsOf(event, t),
  };
}

/** The text for an actor that is no user; null for a user. */
export function machineText(actor: string, t: Translate): string | null {
  switch (actor) {
    case "visitor":
    case "vestibule":
      return t(`audit.actor.${actor}`);
    case "command line":
      return t("audit.actor.commandLine");
    default:
      return null;
  }
}

function actorOf({ actor, actorName, actorUsername }: ListedEvent, t: Translate): string {
  const machine = machineText(actor, t);
  if (machine !== null) {
    return machine;
  }
  if (actorName !== null) {
    return named(actorName, actorUsername);
  }
  // A user of another office, or a removed account: only the id is known.
  return UUID.test(actor) ? t("audit.actor.unknown") : actor;
}

function subjectOf({ subject, subjectName, subjectUsername, applicationName }: ListedEvent): string {
  if (subjectName !== null) {
    return named(subjectName, subjectUsername);
  }
  return applicationName ?? (subject === null || UUID.test(subject) ? "–" : subject);
}

const named = (name: string, username: string | null): string =>
  username === null || username === name ? name : `${name} (${username})`;

/** Further details as they are stored, so that an auditor can compare them with the export. */
function factsOf(event: ListedEvent, t: Translate) {
  const { id, type, actor, subject, details, applicationName, requestId } = event;
  const row = (name: string, value: string | null) => (value === null ? [] : [{ name, value }]);
  return [
    ...row(t("console.audit.application"), applicationName),
    ...Object.entries(details).map(([name, value]) => ({ name, value: textOf(value) })),
    ...row(t("console.audit.actorId"), UUID.test(actor) ? actor : null),
    ...row(t("console.audit.subjectId"), subject),
    { name: t("console.audit.event"), value: `${id} · ${type}` },
    ...row(t("console.audit.request"), requestId),
  ];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

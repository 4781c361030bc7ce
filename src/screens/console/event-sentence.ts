import { ACCOUNT_APPLICATION_ID, CONSOLE_APPLICATION_ID } from "../../domain/applications/own-application.ts";
import { isAuditType } from "../../domain/audit/audit-groups.ts";
import type { ListedEvent } from "../../domain/audit/audit-list-store.ts";
import { isNamedActor } from "../../domain/audit/named-actors.ts";
import type { Translate } from "../../kernel/languages.ts";
import { UUID } from "../../kernel/random.ts";

/** What a sentence is made of. */
type EventFields = Pick<
  ListedEvent,
  | "type"
  | "actor"
  | "actorName"
  | "subject"
  | "subjectKind"
  | "subjectName"
  | "applicationId"
  | "applicationName"
>;

/** Who speaks: the texts, and the language for what grammar does to a name. */
interface Speaker {
  readonly t: Translate;
  readonly language: string;
}

/** An event in one sentence, such as "Sanne reset Ines’s authenticator". */
export function eventSentence(event: EventFields, { t, language }: Speaker): string {
  const who = actorText(event, t);
  if (!isAuditType(event.type)) {
    // A server of a newer release may have written it.
    return `${who} · ${String(event.type)}`;
  }
  const whom = event.subjectKind === "user" ? (event.subjectName ?? "") : t("audit.actor.unknown");
  const app = applicationText(event, t);
  return t(`audit.says.${event.type}`, {
    ...{ who, whom, whose: genitive(whom, language) },
    self: isOwnDeed(event) ? "yes" : "no",
    app: app ?? t("audit.application.unknown"),
    hasApp: app === null ? "no" : "yes",
  });
}

/** A visitor who gives a wrong password is reported as the user whose password it was not. */
const isOwnDeed = ({ actor, subject, subjectName }: EventFields): boolean =>
  subject === null || actor === subject || (actor === "visitor" && subjectName !== null);

function actorText(event: EventFields, t: Translate): string {
  const { actor, actorName, subjectKind, subjectName } = event;
  if (actor === "visitor" && subjectKind === "user" && subjectName !== null) {
    return subjectName;
  }
  // A user of another office, or a removed account: only the id is known.
  return machineText(actor, t) ?? actorName ?? (UUID.test(actor) ? t("audit.actor.unknown") : actor);
}

/** The text for an actor that is no user; null for a user. */
export const machineText = (actor: string, t: Translate): string | null =>
  isNamedActor(actor) ? t(`audit.actor.${actor === "command line" ? "commandLine" : actor}`) : null;

/** Our own pages are not in the table of applications. */
const OWN_NAMES: ReadonlyMap<string | null, string> = new Map([
  [ACCOUNT_APPLICATION_ID, "account.title"],
  [CONSOLE_APPLICATION_ID, "console.name"],
]);

function applicationText(event: EventFields, t: Translate): string | null {
  const own = OWN_NAMES.get(event.applicationId);
  if (own !== undefined) {
    return t(own);
  }
  return event.subjectKind === "application" ? event.subjectName : event.applicationName;
}

/** A name as the owner of what follows or precedes it; languages that only put a word before a name do so in their texts. */
function genitive(name: string, language: string): string {
  switch (language) {
    case "en":
      return `${name}’s`;
    case "fr":
      return /^[aeiouyhàâäæéèêëîïôöœùûü]/iu.test(name) ? `d’${name}` : `de ${name}`;
    default:
      return name;
  }
}

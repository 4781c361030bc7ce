import { AUDIT_GROUPS, typesOf } from "../../domain/audit/audit-groups.ts";
import { EVENT_TYPES, type EventOwner } from "../../domain/events/event-catalogue.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Fields } from "../../platform/web/form.ts";

const boxOf = (name: string): string => `event-${name}`;

/** As many boxes as a form with all events has. */
export const EVENT_COUNT = EVENT_TYPES.length;

/**
 * A box for each event that a webhook of this owner can get, with what it is in the reader's language: first the ticked ones, then the others by subject.
 * `types`: the ticked ones, with blanks between; one that is stored or sent is shown whatever it is, so that it can be unticked.
 */
export function eventGroups(types: string, owner: EventOwner, t: Translate) {
  const ticked = types.split(" ");
  const offered = EVENT_TYPES.filter(({ name, owners }) => owners.includes(owner) || ticked.includes(name));
  const boxes = offered.map(({ name, auditType }) => ({
    ...{ name, auditType, box: boxOf(name), about: t(`audit.type.${auditType}`) },
    isTicked: ticked.includes(name),
  }));
  const subjects = AUDIT_GROUPS.map((group) => ({
    title: t(`audit.group.${group}`),
    events: boxes.filter(({ auditType, isTicked }) => !isTicked && typesOf(group).includes(auditType)),
  }));
  const chosen = { title: t("console.picker.chosen"), events: boxes.filter(({ isTicked }) => isTicked) };
  return [chosen, ...subjects].filter(({ events }) => events.length > 0);
}

/** The names of the ticked events, with blanks between. */
export const tickedEvents = (fields: Fields): string =>
  EVENT_TYPES.filter(({ name }) => fields[boxOf(name)] !== undefined)
    .map(({ name }) => name)
    .join(" ");

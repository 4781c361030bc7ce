import { EVENT_TYPES } from "../../domain/events/event-catalogue.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Fields } from "../../platform/web/form.ts";

const boxOf = (name: string): string => `event-${name}`;

/** As many boxes as a form with all events has. */
export const EVENT_COUNT = EVENT_TYPES.length;

/** A box for each event, with what it is in the reader's language. `types`: the ticked ones, with blanks between. */
export const eventBoxes = (types: string, t: Translate) =>
  EVENT_TYPES.map(({ name, auditType }) => ({
    ...{ name, box: boxOf(name), about: t(`audit.type.${auditType}`) },
    isTicked: types.split(" ").includes(name),
  }));

/** The names of the ticked events, with blanks between. */
export const tickedEvents = (fields: Fields): string =>
  EVENT_TYPES.filter(({ name }) => fields[boxOf(name)] !== undefined)
    .map(({ name }) => name)
    .join(" ");

import { when } from "../../../platform/web/when.ts";
import { machineInWords } from "../event-in-words.ts";
import type { PersonPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, tabsOf } from "../person-visit.ts";

const PART = 20;

/** What happened to somebody lately, in plain words, the newest first. */
export function userEventsPage({ people }: ConsoleDeps): PersonPage {
  return {
    name: "user-events",
    about: "person",
    path: "/events",
    action: "user-events.see",
    trail: ["settings", "users"],
    show: async (visit) => {
      const { office, person, query, t, language } = visit;
      const before = typeof query["before"] === "string" ? query["before"] : undefined;
      const part = { before, limit: PART };
      const { events, older } = await people.events.find(office.id, { subject: person.id }, part);
      const path = hrefOf(visit, "/events");
      return {
        view: "user-events",
        model: {
          tabs: tabsOf(visit, "events"),
          user: { name: person.name },
          events: events.map((event) => ({
            what: t(`audit.type.${event.type}`),
            isRefused: event.outcome !== "ok",
            outcome: t(`audit.outcome.${event.outcome}`),
            at: when(event.at, language).text,
            who: machineInWords(event.actor, t) ?? event.actorName ?? t("audit.actor.unknown"),
            reason: typeof event.details["reason"] === "string" ? event.details["reason"] : "",
          })),
          nextHref: older === null ? null : `${path}?before=${older}`,
          firstHref: before === undefined ? null : path,
        },
      };
    },
  };
}

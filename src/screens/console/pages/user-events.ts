import { epochSeconds, now } from "../../../kernel/clock.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { machineText } from "../event-sentence.ts";
import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, tabsOf } from "../user-context.ts";
import { badgesOf, profileOf } from "../user-view.ts";

const PAGE_SIZE = 20;

/** Recent events of a user, the newest first. */
export function userEventsPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user-events",
    about: "user",
    path: "/events",
    action: "user-events.see",
    trail: ["settings", "users"],
    show: async (context) => {
      const { office, user, query, t } = context;
      const before = typeof query["before"] === "string" ? query["before"] : undefined;
      const part = { before, limit: PAGE_SIZE };
      const [{ events, older }, status] = await Promise.all([
        userDeps.events.find(office.id, { subject: user.id }, part),
        userDeps.status.find(office.id, user.id, epochSeconds(now())),
      ]);
      const path = hrefOf(context, "/events");
      return {
        view: "user-events",
        model: {
          tabs: tabsOf(context, "events"),
          user: profileOf(context, status),
          badges: badgesOf(context, status),
          events: events.map((event) => ({
            what: t(`audit.type.${event.type}`),
            isRefused: event.outcome !== "ok",
            outcome: t(`audit.outcome.${event.outcome}`),
            at: dateTime(event.at, context).text,
            who: machineText(event.actor, t) ?? event.actorName ?? t("audit.actor.unknown"),
            reason: typeof event.details["reason"] === "string" ? event.details["reason"] : "",
          })),
          nextHref: older === null ? null : `${path}?before=${older}`,
          firstHref: before === undefined ? null : path,
        },
      };
    },
  };
}

import { epochSeconds, now } from "../../../kernel/clock.ts";
import { ACCESS_PAGE, placeOf, placeText } from "../../../protocol/models/access-lists.ts";
import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, tabsOf } from "../user-context.ts";
import { badgesOf, profileOf, sessionsOf } from "../user-view.ts";

/** The open sessions of a user, page by page, for those who may end them; one's own are on the account page. */
export function userOpenSessionsPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user-open-sessions",
    about: "user",
    path: "/sessions",
    action: "user.end-sessions",
    trail: ["settings", "users"],
    show: async (context) => {
      const { office, user, query } = context;
      const after = placeOf(query["after"]);
      const [found, status] = await Promise.all([
        userDeps.access.sessions(
          { id: user.id, officeId: office.id, validFrom: 0 },
          { after, limit: ACCESS_PAGE },
        ),
        userDeps.status.find(office.id, user.id, epochSeconds(now())),
      ]);
      const path = hrefOf(context, "/sessions");
      return {
        view: "user-open-sessions",
        model: {
          tabs: tabsOf(context, "general"),
          user: profileOf(context, status),
          badges: badgesOf(context, status),
          sessions: sessionsOf(found, context),
          endHref: hrefOf(context, "/end-sessions"),
          nextHref: found.next === null ? null : `${path}?after=${placeText(found.next)}`,
          firstHref: after === null ? null : path,
        },
      };
    },
  };
}

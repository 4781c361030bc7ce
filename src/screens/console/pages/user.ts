import { now, epochSeconds } from "../../../kernel/clock.ts";
import type { UserPage, UserContext } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { setUpOf } from "../factor-effects.ts";
import { hrefOf, isOwn, may, tabsOf } from "../user-context.ts";
import { alertOf, badgesOf, eventsOf, linksOf, profileOf, securityOf, sessionsOf } from "../user-view.ts";

/** How many sessions and events the page lists; the number of sessions is shown in any case. */
const SHORT = 5;

/**
 * Settings → Users → Edit → General: who the user is, what needs a decision, how they sign in, and the actions that the caller may take.
 */
export function userPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user",
    about: "user",
    path: "",
    action: "user.see",
    trail: ["settings", "users"],
    show: async (context) => {
      const { office, user } = context;
      const [status, setUp, hasRequest, sessions, events] = await Promise.all([
        userDeps.status.find(office.id, user.id, epochSeconds(now())),
        setUpOf(userDeps, context),
        hasRequestFor(userDeps, context),
        openSessions(userDeps, context),
        latestEvents(userDeps, context),
      ]);
      const links = linksOf(context, status);
      return {
        view: "user",
        model: {
          tabs: tabsOf(context, "general"),
          user: profileOf(context, status),
          badges: badgesOf(context, status),
          alert: alertOf(context, status, { hasRequest, setUp }),
          security: securityOf(context, status),
          sessions: sessions === null ? null : sessionsOf(sessions, context),
          sessionsHref: isOwn(context) ? "/account/sessions" : hrefOf(context, "/sessions"),
          events: events === null ? null : eventsOf(events, context),
          eventsHref: hrefOf(context, "/events"),
          links,
          hasDanger: links.status !== null || links.delete !== null,
          isOwn: isOwn(context),
        },
      };
    },
  };
}

const hasRequestFor = async ({ approvals }: UserDeps, context: UserContext): Promise<boolean> =>
  may(context, "approval.decide") &&
  (await approvals.waiting.findFor({ id: context.user.id, officeId: context.office.id })) !== null;

/** Null for callers who may not end them: devices and networks are the user's own business. */
async function openSessions({ access }: UserDeps, context: UserContext) {
  const { office, user } = context;
  return isOwn(context) || may(context, "user.end-sessions")
    ? access.sessions({ id: user.id, officeId: office.id, validFrom: 0 }, { limit: SHORT })
    : null;
}

/** Null for callers who may not see them. */
async function latestEvents({ events }: UserDeps, context: UserContext) {
  const { office, user } = context;
  return may(context, "user-events.see")
    ? (await events.find(office.id, { subject: user.id }, { limit: SHORT })).events
    : null;
}

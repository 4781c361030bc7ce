import { PageError } from "../../../kernel/errors.ts";
import type { Database } from "../../../platform/database/database.ts";
import { ACCESS_PAGE, placeOf, placeText } from "../../../protocol/models/access-lists.ts";
import type { SessionOverviewStore, SessionView } from "../../../protocol/models/session-overview-store.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { deviceName } from "../../../platform/web/device-name.ts";
import { longDay, dateTime } from "../../../kernel/date-format.ts";
import { ownerOf, type ChangePage, type ChangeContext, type ViewPage } from "../page.ts";

interface Deps {
  readonly access: SessionOverviewStore;
  readonly own: OwnAccount;
  readonly database: Database;
}

/** The sessions of the user: this browser first, then the most recently used. */
export function sessionsPage({ access }: Deps): ViewPage {
  return {
    path: "/account/sessions",
    tab: "sessions",
    show: async ({ session, query, t, ...reader }) => {
      const { id, office, validFrom } = session.account;
      const after = placeOf(query["after"]);
      const asked = { after, own: session.uid, limit: ACCESS_PAGE };
      const found = await access.sessions({ id, officeId: office.id, validFrom }, asked);
      const shown = found.rows.map((row) => ({
        isThis: isOf(session.uid, row),
        name: deviceName(row, t),
        network: row.device?.network ?? null,
        used: dateTime(row.usedAt, reader),
        signedIn: row.signedInAt === null ? null : dateTime(row.signedInAt, reader),
        href: `/account/sessions/${row.uid}`,
      }));
      const trusted = found.trusted.map((browser) => ({
        name: deviceName(browser, t),
        network: browser.device.network,
        since: longDay(browser.trustedAt, reader),
        used: dateTime(browser.usedAt, reader),
        ends: longDay(browser.endsAt, reader),
        href: `/account/trusted/${browser.id}`,
      }));
      const pages = {
        firstHref: after === null ? null : "/account/sessions",
        nextHref: found.next === null ? null : `/account/sessions?after=${placeText(found.next)}`,
      };
      return { view: "sessions", office: found.office, model: { sessions: shown, trusted, ...pages } };
    },
  };
}

/** Ends one session. A session of another user gets the same response as an unknown one. */
export function endSessionPage({ access, own, database }: Deps): ChangePage {
  return {
    path: "/account/sessions/:id",
    tab: "sessions",
    needsFactor: false,
    change: "sessions",
    asksFirst: true,
    whenGone: () => ENDED,
    show: (context) =>
      Promise.resolve({
        view: "confirm",
        office: context.overview.office,
        model: {
          texts: "account.endSession",
          name: deviceName(sessionOf(context), context.t),
          backHref: "/account/sessions",
        },
      }),
    submit: async (context) => {
      const { uid } = sessionOf(context);
      const { account } = context.session;
      await database.inOffice(account.office.id, async (tx) => {
        await own.hold(tx, ownerOf(context));
        if ((await access.endSession(tx, account.id, uid)) > 0) {
          await own.record(tx, ownerOf(context), { type: "session.ended", notice: "sessionsEnded" });
        }
      });
      return { type: "done", ...ENDED };
    },
  };
}

const ENDED = { to: "/account/sessions", done: "session" } as const;

/** Ends every session except this one, with the refresh tokens of the ended sessions. */
export function endOthersPage({ access, own, database }: Deps): ChangePage {
  return {
    path: "/account/sessions/others",
    tab: "sessions",
    needsFactor: false,
    change: "sessions",
    asksFirst: true,
    show: ({ overview }) =>
      Promise.resolve({
        view: "confirm",
        office: overview.office,
        model: { texts: "account.endOthers", name: "", backHref: "/account/sessions" },
      }),
    submit: async (context) => {
      const { account } = context.session;
      await database.inOffice(account.office.id, async (tx) => {
        // Otherwise a session that another one has just ended could end that one.
        await own.hold(tx, ownerOf(context));
        const ended = await access.endOthers(tx, account.id, context.session);
        const change = { type: "sessions.ended", details: { ended }, notice: "sessionsEnded" } as const;
        const owner = ownerOf(context);
        await (ended > 0 ? own.record(tx, owner, change) : own.recordOnce(tx, owner, change));
      });
      return { type: "done", to: "/account/sessions", done: "sessions" };
    },
  };
}

const isOf = (uid: string, session: SessionView): boolean => session.uid === uid;

/** Excludes the current session: signing out ends that one, and notifies the applications too. */
function sessionOf({ overview, session }: ChangeContext) {
  if (overview.session === null || overview.session.uid === session.uid) {
    throw new PageError("not-found");
  }
  return overview.session;
}

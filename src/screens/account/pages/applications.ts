import type { Translate } from "../../../kernel/languages.ts";
import { SCOPES } from "../../../domain/applications/application-settings.ts";
import { PageError } from "../../../kernel/errors.ts";
import type { Database } from "../../../platform/database/database.ts";
import { ACCESS_PAGE } from "../../../protocol/models/access-lists.ts";
import type { SessionOverviewStore } from "../../../protocol/models/session-overview-store.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { longDay } from "../../../kernel/date-format.ts";
import { ownerOf, type ChangePage, type ChangeContext, type ViewPage } from "../page.ts";

interface Deps {
  readonly access: SessionOverviewStore;
  readonly own: OwnAccount;
  readonly database: Database;
}

/** The applications that have access to the user's data, with their scopes. */
export function applicationsPage({ access }: Deps): ViewPage {
  return {
    path: "/account/applications",
    tab: "applications",
    show: async ({ session, query, t, ...reader }) => {
      const { id, office } = session.account;
      const user = { id, officeId: office.id };
      const asked = typeof query["after"] === "string" ? query["after"] : null;
      const later =
        asked === null ? null : await access.applications(user, { after: asked, limit: ACCESS_PAGE });
      // After an application that is gone, or the last, the page must not say that none has access: it begins anew.
      const isLater = later !== null && later.rows.length > 0;
      const found = isLater ? later : await access.applications(user, { limit: ACCESS_PAGE });
      const applications = found.rows.map((row) => ({
        name: row.name,
        since: longDay(row.since, reader),
        scopes: scopeTexts(row.scopes, t),
        href: `/account/applications/${row.applicationId}`,
      }));
      const pages = {
        firstHref: isLater ? "/account/applications" : null,
        nextHref: found.next === null ? null : `/account/applications?after=${found.next}`,
      };
      return { view: "applications", office: found.office, model: { applications, ...pages } };
    },
  };
}

/** Revokes the access of an application, with all its tokens. */
export function revokePage({ access, own, database }: Deps): ChangePage {
  return {
    path: "/account/applications/:id",
    tab: "applications",
    needsFactor: false,
    change: "application",
    asksFirst: true,
    whenGone: () => REVOKED,
    show: (context) =>
      Promise.resolve({
        view: "confirm",
        office: context.overview.office,
        model: {
          texts: "account.revoke",
          name: applicationOf(context).name,
          backHref: "/account/applications",
        },
      }),
    submit: async (context) => {
      const { id, name } = applicationOf(context);
      const { account } = context.session;
      await database.inOffice(account.office.id, async (tx) => {
        await own.hold(tx, ownerOf(context));
        if ((await access.revoke(tx, account.id, id)) > 0) {
          const change = { type: "access.revoked", applicationId: id, notice: "accessRevoked" } as const;
          await own.record(tx, ownerOf(context), { ...change, values: { application: name } });
        }
      });
      return { type: "done", ...REVOKED };
    },
  };
}

const REVOKED = { to: "/account/applications", done: "application" } as const;

/** An application without access gets the same response as an unknown one. */
function applicationOf({ overview }: ChangeContext) {
  if (overview.application === null) {
    throw new PageError("not-found");
  }
  return overview.application;
}

const scopeTexts = (scopes: readonly string[], t: Translate): string[] =>
  SCOPES.filter((scope) => scope !== "openid" && scopes.includes(scope)).map((scope) =>
    t(`consent.scope.${scope}`),
  );

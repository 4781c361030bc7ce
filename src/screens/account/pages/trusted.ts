import type { Queryable, Database } from "../../../platform/database/database.ts";
import type { TrustedBrowserStore } from "../../../domain/factors/trusted-browser-store.ts";
import { PageError } from "../../../kernel/errors.ts";
import type { SessionOverviewStore } from "../../../protocol/models/session-overview-store.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { deviceName } from "../../../platform/web/device-name.ts";
import { ownerOf, type ChangePage, type ChangeContext, type ChangeOutcome } from "../page.ts";

interface Deps {
  readonly trusted: TrustedBrowserStore;
  readonly access: SessionOverviewStore;
  readonly own: OwnAccount;
  readonly database: Database;
}

const BACK = "/account/sessions";
const ENDED = { to: BACK, done: "trust" } as const;

/** Ends the trust in one browser. A browser of another user gets the same response as an unknown one. */
export function endTrustPage(deps: Deps): ChangePage {
  return {
    path: "/account/trusted/:id",
    tab: "sessions",
    needsFactor: false,
    change: "trust",
    asksFirst: true,
    whenGone: () => ENDED,
    show: (context) => {
      const name = deviceName(browserOf(context), context.t);
      const model = { texts: "account.endTrust", name, backHref: BACK };
      return Promise.resolve({ view: "confirm", office: context.overview.office, model });
    },
    submit: (context) => {
      const { id } = browserOf(context);
      return end(deps, context, (tx) => deps.trusted.end(tx, context.session.account.id, id));
    },
  };
}

/** Ends the trust in every browser. */
export function endAllTrustPage(deps: Deps): ChangePage {
  return {
    path: "/account/trusted/all",
    tab: "sessions",
    needsFactor: false,
    change: "trust",
    asksFirst: true,
    show: ({ overview }) => {
      const model = { texts: "account.endAllTrust", name: "", backHref: BACK };
      return Promise.resolve({ view: "confirm", office: overview.office, model });
    },
    submit: (context) => end(deps, context, (tx) => deps.trusted.endAll(tx, context.session.account.id)),
  };
}

/** Sessions that were signed in without a code end as well: it is not recorded which browser they belong to. */
async function end(
  { access, own, database }: Deps,
  context: ChangeContext,
  remove: (tx: Queryable) => Promise<number>,
): Promise<ChangeOutcome> {
  const { account } = context.session;
  await database.inOffice(account.office.id, async (tx) => {
    await own.hold(tx, ownerOf(context));
    const browsers = await remove(tx);
    const sessions = await access.endTrustedBrowserSessions(tx, account.id);
    if (browsers + sessions > 0) {
      const change = { type: "browser.trust-ended", details: { browsers, sessions } } as const;
      await own.record(tx, ownerOf(context), { ...change, notice: "trustEnded" });
    }
  });
  return { type: "done", ...ENDED };
}

function browserOf({ overview }: ChangeContext) {
  if (overview.trusted === null) {
    throw new PageError("not-found");
  }
  return overview.trusted;
}

import { dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { approvalReason, approvalText } from "../approval-text.ts";
import { LIST_PAGE_SIZE } from "../console-store.ts";
import {
  officeHref,
  userHref,
  type ConsoleContext,
  type OfficePage,
  type PlatformPage,
  type Shown,
} from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Changes that one member of support has requested and a second person has to approve, in all offices. */
export function approvalsPage(deps: ConsoleDeps): PlatformPage {
  return {
    name: "approvals",
    about: "platform",
    path: "/approvals",
    action: "approvals.see",
    isEntry: true,
    show: (context) => shown(deps, context, { officeId: null, path: "/console/approvals" }),
  };
}

/** The same of one office, for its superusers. */
export function approvalsOfficePage(deps: ConsoleDeps): OfficePage {
  return {
    name: "approvals-office",
    about: "office",
    path: "/approvals",
    action: "approvals.see",
    isEntry: true,
    show: (context) => {
      const { id: officeId, code } = context.office;
      return shown(deps, context, { officeId, path: officeHref(code, "/approvals") });
    },
  };
}

interface Asked {
  /** Null: of all offices, so that each one says of which. */
  readonly officeId: string | null;
  readonly path: string;
}

async function shown(
  { userDeps, tokens }: ConsoleDeps,
  { t, query, ...reader }: ConsoleContext,
  { officeId, path }: Asked,
): Promise<Shown> {
  const use = `approvals ${officeId ?? ""}`;
  const [at = "", id = ""] = tokens.position(use, query["after"], "").split(" ");
  const after = at === "" ? {} : { after: { requestedAt: new Date(at), id } };
  const { items, next } = await userDeps.approvals.waiting.page(officeId, { ...after, size: LIST_PAGE_SIZE });
  const position = next === null ? null : tokens.sign(use, `${next.requestedAt.toISOString()} ${next.id}`);
  return {
    view: "approvals",
    model: {
      ofAll: officeId === null,
      approvals: items.map((one) => ({
        ...{ officeCode: one.officeCode, username: one.username, name: one.name },
        reason: approvalReason(one, t),
        what: approvalText(one, t),
        href: userHref(one.officeCode, one.userId, "/approval"),
        until: dateTime(epochSeconds(one.endsAt), reader).text,
      })),
      nextHref: position === null ? null : `${path}?${new URLSearchParams({ after: position }).toString()}`,
      firstHref: at === "" ? null : path,
    },
  };
}

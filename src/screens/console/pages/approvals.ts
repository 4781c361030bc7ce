import { dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import type { WaitingApproval } from "../../../domain/access/approval-store.ts";
import { approvalReason, approvalText } from "../approval-text.ts";
import { userHref, type ConsoleContext, type OfficePage, type PlatformPage, type Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Changes that one member of support has requested and a second person has to approve, in all offices. */
export function approvalsPage({ userDeps }: ConsoleDeps): PlatformPage {
  return {
    name: "approvals",
    about: "platform",
    path: "/approvals",
    action: "approvals.see",
    isEntry: true,
    show: async (context) => shown(context, await userDeps.approvals.waiting(), { ofAll: true }),
  };
}

/** The same of one office, for its superusers. */
export function approvalsOfficePage({ userDeps }: ConsoleDeps): OfficePage {
  return {
    name: "approvals-office",
    about: "office",
    path: "/approvals",
    action: "approvals.see",
    isEntry: true,
    show: async (context) =>
      shown(context, await userDeps.approvals.waitingOf(context.office.id), { ofAll: false }),
  };
}

/** `ofAll`: of all offices, so that each one says of which. */
const shown = (
  { t, ...reader }: ConsoleContext,
  waiting: readonly WaitingApproval[],
  { ofAll }: { ofAll: boolean },
): Shown => ({
  view: "approvals",
  model: {
    ofAll,
    approvals: waiting.map((one) => ({
      ...{
        officeCode: one.officeCode,
        username: one.username,
        name: one.name,
        reason: approvalReason(one, t),
      },
      what: approvalText(one, t),
      href: userHref(one.officeCode, one.userId, "/approval"),
      until: dateTime(epochSeconds(one.endsAt), reader).text,
    })),
  },
});

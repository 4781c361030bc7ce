import type { OfficeCounts, SmsUse } from "../../domain/offices/overview-store.ts";
import { ALARM_DAYS, type OfficeDays } from "../../domain/offices/overview-days-store.ts";
import { permit } from "../../domain/access/access.ts";
import { officeHref, type OfficeContext } from "./page.ts";
import { addressOf, type Chip } from "./user-list-query.ts";

/** One thing to deal with, and where. */
export interface Attention {
  readonly text: string;
  readonly href: string;
  readonly isUrgent: boolean;
}

/** From how much of the day's budget of text messages it is worth a look. */
const BUDGET_SHARE = 0.8;

/** What an office should look at, the most urgent first. */
export function attentionOf(
  { counts, budget: { used, budget }, days }: { counts: OfficeCounts; budget: SmsUse; days: OfficeDays },
  { office, actor, target, t }: OfficeContext,
): Attention[] {
  const may = (action: "approvals.see" | "settings.see") => permit(actor, action, target) !== "never";
  const users = officeHref(office.code, "/users");
  const list = (show: Chip) => addressOf(users, { show, sort: "username", search: "" });
  const alarms = days.days.slice(-ALARM_DAYS).reduce((sum, one) => sum + one.alarms, 0);
  const one = (name: string, count: number, href: string, isUrgent = false) =>
    count === 0
      ? []
      : [{ text: t(`console.attention.${name}`, { count, days: ALARM_DAYS }), href, isUrgent }];
  const messages = officeHref(office.code, "/settings/text-messages");
  return [
    ...one("alarms", alarms, `${officeHref(office.code, "/audit")}?outcome=alarm`, true),
    ...one("blocked", counts.blocked, list("blocked"), true),
    ...(may("approvals.see")
      ? one("requests", days.requests, officeHref(office.code, "/approvals"), true)
      : []),
    ...one("pendingNumbers", counts.pendingNumbers, list("pending-number"), true),
    ...(may("settings.see") && budget > 0 && used >= budget * BUDGET_SHARE
      ? one(used >= budget ? "budgetUsedUp" : "budget", Math.round((used / budget) * 100), messages)
      : []),
    ...one("overdue", counts.overdue, list("overdue")),
    ...one("fewCodes", counts.fewCodes, list("few-codes")),
  ];
}

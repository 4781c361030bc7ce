import type { Translate } from "../../../kernel/languages.ts";
import { ALARM_DAYS, type PlatformDays } from "../../../domain/offices/overview-days-store.ts";
import type { OldestApprovals } from "../../../domain/access/waiting-approvals.ts";
import { permit } from "../../../domain/access/access.ts";
import { enrolmentChart, messageChart, signInChart } from "../overview-charts.ts";
import { officeHref, type PlatformPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** The state of all offices together: what needs attention first, and the last days as charts. */
export function platformOverviewPage({ overviewDays, userDeps }: ConsoleDeps): PlatformPage {
  return {
    name: "platform-overview",
    about: "platform",
    path: "/overview",
    action: "offices.see",
    isEntry: true,
    show: async (context) => {
      const { actor, target, t } = context;
      const [{ days, alarming }, waiting] = await Promise.all([
        overviewDays.ofPlatform(),
        userDeps.approvals.waiting.oldest(),
      ]);
      const mayDecide = permit(actor, "approvals.see", target) !== "never";
      return {
        view: "platform-overview",
        model: {
          attention: attentionOf(alarming, mayDecide ? waiting : null, t),
          charts: {
            signIns: signInChart(days, context),
            enrolled: enrolmentChart(days, context),
            messages: messageChart(days, context),
          },
        },
      };
    },
  };
}

/** Offices with alarms, then requests that wait for a second person; null for callers who may not see them. */
const attentionOf = (alarming: PlatformDays["alarming"], requests: OldestApprovals | null, t: Translate) => [
  ...alarming.map(({ code, name, alarms }) => ({
    text: t("console.attention.officeAlarms", { office: name, count: alarms, days: ALARM_DAYS }),
    href: `${officeHref(code, "/audit")}?outcome=alarm`,
    isUrgent: true,
  })),
  ...(requests === null || requests.items.length === 0
    ? []
    : [
        {
          text: t(`console.attention.${requests.hasMore ? "manyRequests" : "requests"}`, {
            count: requests.items.length,
          }),
          href: "/console/approvals",
          isUrgent: true,
        },
      ]),
];

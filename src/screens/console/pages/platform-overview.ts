import type { Translate } from "../../../kernel/languages.ts";
import { ALARM_DAYS, type PlatformDays } from "../../../domain/offices/overview-days-store.ts";
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
          attention: attentionOf(alarming, mayDecide ? waiting.length : 0, t),
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

/** Offices with alarms, then requests that wait for a second person. */
const attentionOf = (alarming: PlatformDays["alarming"], requests: number, t: Translate) => [
  ...alarming.map(({ code, name, alarms }) => ({
    text: t("console.attention.officeAlarms", { office: name, count: alarms, days: ALARM_DAYS }),
    href: `${officeHref(code, "/audit")}?outcome=alarm`,
    isUrgent: true,
  })),
  ...(requests === 0
    ? []
    : [
        {
          text: t("console.attention.requests", { count: requests }),
          href: "/console/approvals",
          isUrgent: true,
        },
      ]),
];

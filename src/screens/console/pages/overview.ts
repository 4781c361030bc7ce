import { permit } from "../../../domain/access/access.ts";
import type { OfficeDays } from "../../../domain/offices/overview-days-store.ts";
import type { OfficeCounts } from "../../../domain/offices/overview-store.ts";
import { closedText } from "../closed-office.ts";
import { importantEventView } from "../important-event.ts";
import { attentionOf } from "../attention.ts";
import { checklistOf, isNewOffice } from "../office-checklist.ts";
import { messageChart, signInChart, withFactorChart } from "../overview-charts.ts";
import { officeHref, type OfficePage, type OfficeContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { addressOf, type Chip } from "../user-list-query.ts";
import { FACTOR_KINDS, isFactorKind, factorText } from "../../../domain/factors/factor.ts";

/** The counts, each with the list of users that it links to. What needs attention comes before them. */
const COUNTS = [
  { name: "users", show: "all" },
  ...FACTOR_KINDS.map((kind) => ({ name: kind, show: kind })),
  { name: "none", show: "none" },
  { name: "disabled", show: "disabled" },
] as const satisfies readonly { name: keyof OfficeCounts; show: Chip }[];

/** Recent events; the audit log has all. */
const EVENTS = 5;

const labelOf = (name: (typeof COUNTS)[number]["name"]): string =>
  isFactorKind(name) ? factorText(name, "count") : `console.overview.count.${name}`;

/**
 * The state of an office: what needs attention first, then its users, its last days as charts, and recent events. A new office
 * has its first steps instead. Each part is a template of its own in views/console/overview/.
 */
export function overviewPage({ overview, overviewDays, checklist }: ConsoleDeps): OfficePage {
  return {
    name: "overview",
    about: "office",
    path: "",
    action: "overview.see",
    isEntry: true,
    show: async (context) => {
      const { actor, office, target } = context;
      const [{ counts, sms, events }, days, state] = await Promise.all([
        overview.find(office.id, EVENTS),
        overviewDays.ofOffice(office.id),
        checklist.find(office.id),
      ]);
      const mayChange = permit(actor, "settings.see", target) !== "never";
      return {
        view: "overview",
        model: {
          isNew: isNewOffice(counts, context),
          checklist: checklistOf({ counts, state }, context),
          closed: closedText(office, context),
          attention: attentionOf({ counts, budget: sms, days }, context),
          counts: countsOf(counts, context),
          isRequired: office.secondFactor.demand === "required",
          charts: chartsOf(days, counts, context),
          usage: {
            used: Math.min(sms.used, sms.budget),
            budget: sms.budget,
            isUsedUp: sms.used >= sms.budget,
          },
          events: events.map((event) => importantEventView(event, context)),
          eventsHref:
            permit(actor, "audit.see", target) === "never" ? null : officeHref(office.code, "/audit"),
          settingsHref: mayChange ? officeHref(office.code, "/settings/second-factor") : null,
          budgetHref: mayChange ? officeHref(office.code, "/settings/text-messages") : null,
        },
      };
    },
  };
}

const chartsOf = (days: OfficeDays, counts: OfficeCounts, context: OfficeContext) => ({
  withFactor: withFactorChart(days, counts, context),
  signIns: signInChart(days.days, context),
  messages: messageChart(days.days, context),
});

function countsOf(counts: OfficeCounts, { office, t, language }: OfficeContext) {
  const number = new Intl.NumberFormat(language);
  const path = officeHref(office.code, "/users");
  return COUNTS.map(({ name, show }) => ({
    label: t(labelOf(name)),
    count: number.format(counts[name]),
    href: addressOf(path, { show, sort: "username", search: "" }),
  }));
}

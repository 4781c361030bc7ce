import { permit } from "../../../domain/access/access.ts";
import type { OfficeCounts } from "../../../domain/offices/overview-store.ts";
import { importantEventView } from "../important-event.ts";
import { messageChart } from "../message-chart.ts";
import { officeHref, type OfficePage, type OfficeContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { addressOf, type Chip } from "../user-list-query.ts";
import { FACTOR_KINDS, isFactorKind, factorText } from "../../../domain/factors/factor.ts";

/** The counts, each with the list of users that it links to. */
const COUNTS = [
  { name: "users", show: "all", isWarning: false },
  ...FACTOR_KINDS.map((kind) => ({ name: kind, show: kind, isWarning: false })),
  { name: "none", show: "none", isWarning: false },
  { name: "overdue", show: "overdue", isWarning: true },
  { name: "fewCodes", show: "few-codes", isWarning: true },
  { name: "blocked", show: "blocked", isWarning: true },
  { name: "pendingNumbers", show: "pending-number", isWarning: true },
  { name: "disabled", show: "disabled", isWarning: false },
] as const satisfies readonly { name: keyof OfficeCounts; show: Chip; isWarning: boolean }[];

const labelOf = (name: (typeof COUNTS)[number]["name"]): string =>
  isFactorKind(name) ? factorText(name, "count") : `console.overview.count.${name}`;

/** The state of an office: its users, its text messages and recent events. */
export function overviewPage({ overview }: ConsoleDeps): OfficePage {
  return {
    name: "overview",
    about: "office",
    path: "",
    action: "overview.see",
    isEntry: true,
    show: async (context) => {
      const { actor, office, target, t, language } = context;
      const { counts, sms, events } = await overview.find(office.id);
      const mayChange = permit(actor, "settings.see", target) !== "never";
      return {
        view: "overview",
        model: {
          addHref: counts.superusers === 0 && mayAdd(context) ? officeHref(office.code, "/users/add") : null,
          isOpen: office.status === "open",
          counts: countsOf(counts, context),
          isRequired: office.secondFactor.demand === "required",
          sms: messageChart(sms, { t, language }),
          events: events.map((event) => importantEventView(event, context)),
          settingsHref: mayChange ? officeHref(office.code, "/settings/second-factor") : null,
          budgetHref: mayChange ? officeHref(office.code, "/settings/text-messages") : null,
        },
      };
    },
  };
}

const mayAdd = ({ actor, target }: OfficeContext): boolean => permit(actor, "user.add", target) !== "never";

function countsOf(counts: OfficeCounts, { office, t, language }: OfficeContext) {
  const number = new Intl.NumberFormat(language);
  const path = officeHref(office.code, "/users");
  return COUNTS.map(({ name, show, isWarning }) => ({
    label: t(labelOf(name)),
    count: number.format(counts[name]),
    isWarning: isWarning && counts[name] > 0,
    href: addressOf(path, { show, sort: "username", search: "" }),
  }));
}

import { daysAfter, epochSeconds, now } from "../../../kernel/clock.ts";
import { longDay } from "../../../kernel/date-format.ts";
import { closedText } from "../closed-office.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { foldOfficeCode } from "../../../domain/offices/office.ts";
import { officeHref, type OfficePage, type OfficeContext, type ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { fault } from "../../../platform/web/page-kit.ts";

/** Closes an office, or opens a closed one again. */
export function officeClosePage(deps: ConsoleDeps): OfficePage {
  return {
    name: "office-close",
    about: "office",
    path: "/close",
    action: "office.close",
    trail: ["overview"],
    keeps: ["code"],
    show: async (context) => {
      const { office } = context;
      const { counts } = await deps.overview.find(office.id, 0);
      return {
        view: "office-close",
        model: {
          values: { code: "" },
          isOpen: office.status === "open",
          people: counts.users + counts.disabled,
          seen: office.status,
          days: deps.closedDays,
          purgeDay: longDay(epochSeconds(daysAfter(now(), deps.closedDays)), context),
          closed: closedText(office, context),
          isPurged: office.isPurged,
          backHref: officeHref(office.code),
        },
      };
    },
    submit: (context, fields) => decide(deps, context, fields),
  };
}

/** Applies the decision on the button, so that a double click does not undo it. */
async function decide(
  { platform }: ConsoleDeps,
  { office, actor, t }: OfficeContext,
  { decision = "", code = "" }: Fields,
): Promise<ConsoleOutcome> {
  if (decision === "close" && foldOfficeCode(code) !== office.code) {
    const message = t("console.office-close.wrongCode", { code: office.code });
    return fault("code", message, { code });
  }
  if (decision !== "close" && decision !== "open") {
    return { type: "go", to: officeHref(office.code, "/close") };
  }
  const result = await (decision === "close"
    ? platform.settings.close(office, actor)
    : platform.settings.open(office, actor));
  switch (result.type) {
    case "changed":
    case "unchanged":
      return { type: "done", to: officeHref(office.code) };
    case "conflict":
      // A double click: the first one has just done the same.
      return result.current.status === (decision === "close" ? "closed" : "open")
        ? { type: "done", to: officeHref(office.code) }
        : fault(null, t("console.office-close.changed"));
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
    case "no-own-factor":
    case "no-resistant-method":
    case "staff-rule":
      return fault(null, t("console.office-close.changed"));
  }
}

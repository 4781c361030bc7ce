import { AUDIT_GROUPS } from "../../../domain/audit/audit-groups.ts";
import { permit } from "../../../domain/access/access.ts";
import { calendarDay } from "../../../kernel/date-format.ts";
import { timeZoneText } from "../../../kernel/time-zone.ts";
import { addressOf, choices, filterOf, OUTCOMES, readQuery, type AuditQuery } from "../audit-query.ts";
import { daysOf } from "../event-view.ts";
import { officeHref, type ConsoleContext, type OfficePage, type PlatformPage, type Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Events on one page of the list. */
const PAGE_SIZE = 50;

/** Who did what to whom in an office. */
export function auditPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "audit",
    about: "office",
    path: "/audit",
    action: "audit.see",
    isEntry: true,
    show: (context) =>
      show(deps, context, { officeId: context.office.id, path: officeHref(context.office.code, "/audit") }),
  };
}

/** The same for events outside of any office. */
export function auditPlatformPage(deps: ConsoleDeps): PlatformPage {
  return {
    name: "audit-platform",
    about: "platform",
    path: "/audit",
    action: "audit.see",
    isEntry: true,
    show: (context) => show(deps, context, { officeId: null, path: "/console/audit" }),
  };
}

interface Scope {
  readonly officeId: string | null;
  readonly path: string;
}

async function show(
  { audit }: ConsoleDeps,
  context: ConsoleContext,
  { officeId, path }: Scope,
): Promise<Shown> {
  const { t, zone } = context;
  const query = readQuery(context.query);
  const { filter, unknown } = await filterOf(audit, officeId, query, context);
  const { events, older } =
    unknown === null
      ? await audit.list.find(officeId, filter, { before: query.before, limit: PAGE_SIZE })
      : { events: [], older: null };
  const { before, ...asked } = query;
  return {
    view: "audit",
    model: {
      title: t(officeId === null ? "console.audit-platform.name" : "console.audit.name"),
      values: asked,
      groups: choices(AUDIT_GROUPS, (group) => t(`audit.group.${group}`), t("console.audit.any")),
      outcomes: choices(OUTCOMES, (outcome) => t(`audit.outcome.${outcome}`), t("console.audit.any")),
      hasPeople: officeId !== null,
      chips: chipsOf(asked, path, context),
      unknown,
      path,
      zone: timeZoneText(zone.name),
      days: daysOf(events, context),
      nextHref: older === null ? null : addressOf(path, { ...asked, before: older }),
      firstHref: before === "" ? null : addressOf(path, asked),
      ways: linksOf(context, path, asked),
    },
  };
}

/** Each filter that is on, with the address of the list without it. */
function chipsOf(asked: Asked, path: string, { t, language }: ConsoleContext) {
  const { group, outcome, actor, subject, from, to } = asked;
  const chip = (name: keyof Asked, value: string) =>
    asked[name] === ""
      ? []
      : [{ name: t(`console.audit.${name}`), value, href: addressOf(path, { ...asked, [name]: "" }) }];
  const dayText = (day: string) => (day === "" ? "" : calendarDay(day, { language }));
  return [
    ...chip("group", group === "" ? "" : t(`audit.group.${group}`)),
    ...chip("outcome", outcome === "" ? "" : t(`audit.outcome.${outcome}`)),
    ...chip("actor", actor),
    ...chip("subject", subject),
    ...chip("from", dayText(from)),
    ...chip("to", dayText(to)),
  ];
}

type Asked = Omit<AuditQuery, "before">;

/** Links to the related pages that the caller may open; the export begins with what is shown. */
function linksOf({ actor, target, t }: ConsoleContext, path: string, { group, outcome, from, to }: Asked) {
  const may = (action: "audit.export" | "audit.pack") => permit(actor, action, target) !== "never";
  return [
    { text: t("console.audit-chain.verify"), href: `${path}/chain` },
    ...(target.officeId !== null && may("audit.pack")
      ? [{ text: t("console.audit-pack.title"), href: `${path}/pack` }]
      : []),
    ...(may("audit.export")
      ? [
          {
            text: t("console.audit.export"),
            href: addressOf(`${path}/export`, { group, outcome, from, to }),
          },
        ]
      : []),
  ];
}

import { z } from "zod";
import { AUDIT_GROUPS } from "../../../domain/audit/audit-groups.ts";
import { timeZoneText } from "../../../kernel/time-zone.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { exportFilterOf, printed, tableHead } from "../audit-print.ts";
import { choices, daySchema, OUTCOMES, readQuery } from "../audit-query.ts";
import {
  officeHref,
  type ConsoleContext,
  type OfficePage,
  type ConsoleOutcome,
  type PlatformPage,
  type Shown,
} from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { FieldError } from "../../../platform/web/page-kit.ts";

const FORMATS = ["csv", "jsonl", "print"] as const;

const schema = z.object({
  group: z.union([z.literal(""), z.enum(AUDIT_GROUPS)]),
  outcome: z.union([z.literal(""), z.enum(OUTCOMES)]),
  from: daySchema,
  to: daySchema,
  format: z.enum(FORMATS),
});

const KEEPS = ["group", "outcome", "from", "to", "format"];

/** The events of an office as a file. */
export function auditExportPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "audit-export",
    about: "office",
    path: "/audit/export",
    action: "audit.export",
    trail: ["audit"],
    keeps: KEEPS,
    show: (context) => Promise.resolve(form(context, officeHref(context.office.code, "/audit"))),
    submit: (context, fields) =>
      write(deps, context, {
        ...{ officeId: context.office.id, file: context.office.code.toLowerCase(), fields },
        place: `${context.office.name} (${context.office.code})`,
        backHref: officeHref(context.office.code, "/audit"),
      }),
  };
}

/** The same for events outside of any office. */
export function auditExportPlatformPage(deps: ConsoleDeps): PlatformPage {
  return {
    name: "audit-export-platform",
    about: "platform",
    path: "/audit/export",
    action: "audit.export",
    trail: ["audit-platform"],
    keeps: KEEPS,
    show: (context) => Promise.resolve(form(context, "/console/audit")),
    submit: (context, fields) =>
      write(deps, context, {
        ...{ officeId: null, file: "platform", fields },
        place: context.t("console.audit-platform.name"),
        backHref: "/console/audit",
      }),
  };
}

const form = ({ t, query, zone }: ConsoleContext, backHref: string): Shown => {
  // What the list was filtered by when its link to this page was followed.
  const { group, outcome, from, to } = readQuery(query);
  return {
    view: "audit-export",
    model: {
      values: { group, outcome, from, to, format: "csv" },
      zone: timeZoneText(zone.name),
      groups: choices(AUDIT_GROUPS, (value) => t(`audit.group.${value}`), t("console.audit.any")),
      outcomes: choices(OUTCOMES, (value) => t(`audit.outcome.${value}`), t("console.audit.any")),
      formats: FORMATS.map((value) => ({
        value,
        label: t(`console.audit-export.${value}`),
        hint: t(`console.audit-export.${value}Hint`),
      })),
      backHref,
    },
  };
};

interface Asked {
  readonly officeId: string | null;
  readonly file: string;
  readonly fields: Fields;
  /** The office, or the platform. */
  readonly place: string;
  readonly backHref: string;
}

/** The export is audited before the first line leaves, so that an aborted download is in the log too. */
async function write(
  { audit }: ConsoleDeps,
  context: ConsoleContext,
  { officeId, file, fields, place, backHref }: Asked,
): Promise<ConsoleOutcome> {
  const { actor, visitor, t } = context;
  const { group = "", outcome = "", from = "", to = "", format = "" } = fields;
  const values = { group, outcome, from, to, format };
  const parsed = schema.safeParse(values);
  const errors = parsed.success ? orderFault(parsed.data, t) : faultsOf(parsed.error, t);
  if (!parsed.success || errors.length > 0) {
    return { type: "errors", errors, values };
  }
  const asked = parsed.data;
  const who = { actor: actor.id, officeId, visitor };
  await audit.log.addAlone({ type: "audit.exported", outcome: "ok", ...who, details: values });
  if (asked.format === "print") {
    return { type: "show", shown: await printed(audit, context, { officeId, asked, place, backHref }) };
  }
  const filter = exportFilterOf(asked, context);
  const table = { isTable: true, head: tableHead(asked, place, context) };
  const isTable = asked.format === "csv";
  return {
    type: "file",
    file: {
      name: `audit-${file}.${asked.format}`,
      type: isTable ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
      write: (sink) => audit.export.write(officeId, { ...filter, ...(isTable ? table : {}) }, sink),
    },
  };
}

const faultsOf = ({ issues }: z.ZodError, t: ConsoleContext["t"]): FieldError[] =>
  issues.map(({ path: [field] }) =>
    field === "from" || field === "to"
      ? { field, message: t("console.audit-export.wrongDay") }
      : { field: String(field), message: t("console.audit-export.wrongChoice") },
  );

const orderFault = (
  { from, to }: { readonly from: string; readonly to: string },
  t: ConsoleContext["t"],
): FieldError[] =>
  from !== "" && to !== "" && to < from
    ? [{ field: "to", message: t("console.audit-export.wrongOrder") }]
    : [];

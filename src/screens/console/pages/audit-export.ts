import { z } from "zod";
import { AUDIT_GROUPS, typesOf } from "../../../domain/audit/audit-groups.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { dayAfter, dayOf, daySchema } from "../audit-query.ts";
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

const FORMATS = ["jsonl", "csv"] as const;

const schema = z.object({
  group: z.union([z.literal(""), z.enum(AUDIT_GROUPS)]),
  from: daySchema,
  to: daySchema,
  format: z.enum(FORMATS),
});

const KEEPS = ["group", "from", "to", "format"];

/** The events of an office as a file. */
export function auditExportPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "audit-export",
    about: "office",
    path: "/audit/export",
    action: "audit.export",
    trail: ["audit"],
    keeps: KEEPS,
    show: ({ office, t }) => Promise.resolve(form(t, officeHref(office.code, "/audit"))),
    submit: (context, fields) =>
      write(deps, context, { officeId: context.office.id, file: context.office.code.toLowerCase(), fields }),
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
    show: ({ t }) => Promise.resolve(form(t, "/console/audit")),
    submit: (context, fields) => write(deps, context, { officeId: null, file: "platform", fields }),
  };
}

const form = (t: ConsoleContext["t"], backHref: string): Shown => ({
  view: "audit-export",
  model: {
    values: { group: "", from: "", to: "", format: "csv" },
    groups: [
      { value: "", label: t("console.audit.any") },
      ...AUDIT_GROUPS.map((value) => ({ value, label: t(`audit.group.${value}`) })),
    ],
    formats: FORMATS.map((value) => ({
      value,
      label: t(`console.audit-export.${value}`),
      hint: t(`console.audit-export.${value}Hint`),
    })),
    backHref,
  },
});

interface Asked {
  readonly officeId: string | null;
  readonly file: string;
  readonly fields: Fields;
}

/** The export is audited before the first line leaves, so that an aborted download is in the log too. */
async function write(
  { audit }: ConsoleDeps,
  { actor, visitor, t, zone }: ConsoleContext,
  { officeId, file, fields }: Asked,
): Promise<ConsoleOutcome> {
  const { group = "", from = "", to = "", format = "" } = fields;
  const values = { group, from, to, format };
  const parsed = schema.safeParse(values);
  const errors = parsed.success ? orderFault(parsed.data, t) : faultsOf(parsed.error, t);
  if (!parsed.success || errors.length > 0) {
    return { type: "errors", errors, values };
  }
  const types = parsed.data.group === "" ? null : typesOf(parsed.data.group);
  const filter = {
    from: dayOf(from, { zone }) ?? null,
    to: dayAfter(to, { zone }) ?? null,
    types,
    outcome: null,
  };
  const who = { actor: actor.id, officeId, visitor };
  await audit.log.addAlone({ type: "audit.exported", outcome: "ok", ...who, details: values });
  const isTable = parsed.data.format === "csv";
  return {
    type: "file",
    file: {
      name: `audit-${file}.${format}`,
      type: isTable ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
      write: (sink) => audit.export.write(officeId, { ...filter, isTable }, sink),
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

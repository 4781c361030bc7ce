import type { Fields } from "../../../platform/web/form.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import { DEFAULT_LANGUAGE, LANGUAGES } from "../../../kernel/languages.ts";
import { newOfficeSchema, SUPPORT_OFFICE_CODE } from "../../../domain/offices/office.ts";
import { officeHref, type ConsoleContext, type PlatformPage, type ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { fault } from "../../../platform/web/page-kit.ts";

const schema = newOfficeSchema.pick({ code: true, name: true, language: true });

/** Adds an office. All other settings have their own pages. */
export function officeAddPage(deps: ConsoleDeps): PlatformPage {
  return {
    name: "office-add",
    about: "platform",
    path: "/offices/add",
    action: "office.add",
    trail: ["offices"],
    keeps: ["code", "name", "language"],
    show: () =>
      Promise.resolve({
        view: "office-add",
        model: {
          values: { code: "", name: "", language: DEFAULT_LANGUAGE },
          choices: Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          sending: deps.sending,
          backHref: "/console/offices",
        },
      }),
    submit: (context, fields) => add(deps, context, fields),
  };
}

async function isThere({ store }: ConsoleDeps, wanted: { code: string; name: string }): Promise<boolean> {
  const offices = await store.officesAfter("", wanted.code);
  return offices.some(({ code, name }) => code === wanted.code && name === wanted.name);
}

async function add(
  deps: ConsoleDeps,
  { actor, t }: ConsoleContext,
  { code = "", name = "", language = "" }: Fields,
): Promise<ConsoleOutcome> {
  const values = { code, name, language };
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const fields = new Set(parsed.error.issues.map(({ path: [field] }) => String(field)));
    const errors = [...fields].map((field) => ({
      field,
      message: t(FAULTS[field] ?? "console.office-add.wrongCode"),
    }));
    return { type: "errors", errors, values };
  }
  if (parsed.data.code === SUPPORT_OFFICE_CODE) {
    return fault("code", t("console.office-add.kept"), values);
  }
  try {
    await deps.platform.offices.add(newOfficeSchema.parse(parsed.data), actor.id);
  } catch (error) {
    if (!(error instanceof OperatorError)) {
      throw error;
    }
    // A double click leads to the office that the first click has added.
    return (await isThere(deps, parsed.data))
      ? { type: "done", to: officeHref(parsed.data.code) }
      : fault("code", t("console.office-add.taken"), values);
  }
  return { type: "done", to: officeHref(parsed.data.code) };
}

const FAULTS: Readonly<Record<string, string>> = {
  code: "console.office-add.wrongCode",
  name: "console.settings-general.wrongName",
  language: "console.audit-export.wrongChoice",
};

import type { Fields } from "../../platform/web/form.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Office } from "../../domain/offices/office.ts";
import {
  officeSettingsSchema,
  withSettings,
  type OfficeSettings,
} from "../../domain/offices/office-settings.ts";
import {
  officeHref,
  type Conflict,
  type OfficeContext,
  type OfficePage,
  type ConsoleOutcome,
} from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { fault } from "../../platform/web/page-kit.ts";

/** A part of an office's settings, as a form has it: each field a text. */
export interface SettingsForm {
  /** The fields, in the order of the page, with the keys of their labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly valuesOf: (office: Office) => Fields;
  /** What was typed as the service's schema takes it; anything wrong is told by the schema. */
  readonly settingsOf: (typed: Fields) => Readonly<Record<string, unknown>>;
  /** A value as people read it; without it the value itself. */
  readonly inWords?: (field: string, value: string, reader: Pick<OfficeContext, "t" | "language">) => string;
}

/** What was typed is as it should be; or an answer already. */
export type Typed =
  | {
      readonly type: "settings";
      readonly settings: OfficeSettings;
      readonly values: Fields;
      /** Whether the office has it so already, as after a second click of the same button. */
      readonly isThere: boolean;
    }
  | { readonly type: "answered"; readonly outcome: ConsoleOutcome };

/** The page of a part that is saved as it is sent. `model`: what its view needs beside the values. */
export const settingsPage = (
  deps: ConsoleDeps,
  form: SettingsForm,
  { name, model = {} }: { name: string; model?: Readonly<Record<string, unknown>> },
): OfficePage => ({
  name: `settings-${name}`,
  about: "office",
  path: `/settings/${name}`,
  action: "settings.change",
  trail: ["settings"],
  keeps: keptOf(form),
  show: (context) =>
    Promise.resolve({
      view: `settings-${name}`,
      model: {
        ...model,
        values: openedValues(deps, form, context),
        backHref: officeHref(context.office.code, "/settings"),
      },
    }),
  submit: async (context, fields) => {
    const typed = await readTyped(deps, form, { context, fields });
    return typed.type === "answered" ? typed.outcome : save(deps, form, { context, ...typed });
  },
});

/** The names of fields that come back after a sign-in in between. */
export const keptOf = ({ labels }: SettingsForm): readonly string[] => [...Object.keys(labels), "seen"];

/** The values of an untouched form, with the mark of what was there when it was opened. */
export const openedValues = (deps: ConsoleDeps, form: SettingsForm, context: OfficeContext): Fields => ({
  ...form.valuesOf(context.office),
  seen: deps.tokens.sign(useOf(context), stateOf(form, context.office)),
});

/** Reads a form: its faults, each at its field, come before the question whether somebody else was faster. */
export async function readTyped(
  deps: ConsoleDeps,
  form: SettingsForm,
  { context, fields }: { context: OfficeContext; fields: Fields },
): Promise<Typed> {
  const { office, t } = context;
  const { seen = "" } = fields;
  const values = Object.fromEntries(Object.keys(form.labels).map((name) => [name, fields[name] ?? ""]));
  const parsed = officeSettingsSchema.safeParse({ ...form.settingsOf(values), version: office.version });
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map(({ path }) => String(path.findLast(isName))));
    const errors = [...wrong].map((field) => ({ field, message: t(`console.wrong.${field}`) }));
    return { type: "answered", outcome: { type: "errors", errors, values: { ...values, seen } } };
  }
  const isThere = stateOf(form, withSettings(office, parsed.data)) === stateOf(form, office);
  if (!isThere && deps.tokens.read(useOf(context), seen) !== stateOf(form, office)) {
    return { type: "answered", outcome: await conflictOf(deps, form, { context, values, current: office }) };
  }
  return { type: "settings", settings: parsed.data, values, isThere };
}

/** Saves it, unless something stands against it. */
export async function save(
  deps: ConsoleDeps,
  form: SettingsForm,
  { context, settings, values }: { context: OfficeContext; settings: OfficeSettings; values: Fields },
): Promise<ConsoleOutcome> {
  const { office, t } = context;
  const result = await deps.settings.change(office, settings, context.actor);
  switch (result.type) {
    case "changed":
    case "unchanged":
      return { type: "done", to: officeHref(office.code, "/settings") };
    case "conflict":
      return conflictOf(deps, form, { context, values, current: result.current });
    case "no-own-factor":
      return fault(Object.keys(form.labels)[0] ?? null, t("console.wrong.ownFactor"), values);
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      throw new PageError("not-found");
  }
}

/** Both values, and the form once more; it has seen what is there, so that it counts when it is sent again. */
async function conflictOf(
  { store }: ConsoleDeps,
  { labels, valuesOf, inWords }: SettingsForm,
  { context, values, current }: { context: OfficeContext; values: Fields; current: Office },
): Promise<ConsoleOutcome> {
  const { t, office } = context;
  const there = valuesOf(current);
  const said = (field: string, value = "") => inWords?.(field, value, context) ?? value;
  const conflict: Conflict = {
    by: (await store.lastOfficeChange(office.id)) ?? t("console.conflict.somebody"),
    fields: Object.entries(labels).flatMap(([field, label]) =>
      there[field] === values[field]
        ? []
        : [{ label: t(label), yours: said(field, values[field]), theirs: said(field, there[field]) }],
    ),
  };
  return {
    type: "errors",
    errors: [{ field: null, message: t("console.conflict.message") }],
    conflict,
    values,
  };
}

/** What the form was opened with comes back with it, so that somebody else's change is seen and not lost. */
const stateOf = ({ valuesOf }: SettingsForm, office: Office): string => JSON.stringify(valuesOf(office));
const useOf = ({ office, session }: OfficeContext): string => `settings ${office.id} ${session.uid}`;

const isName = (part: PropertyKey): part is string => typeof part === "string";

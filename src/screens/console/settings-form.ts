import type { Fields } from "../../platform/web/form.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Office, StaffFault } from "../../domain/offices/office.ts";
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

/** A group of office settings as a form: each field is text. */
export interface SettingsForm {
  /** The fields in the order of the page, with the text keys of their labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly valuesOf: (office: Office) => Fields;
  /** The typed values as input for the schema of the service, which reports all errors. */
  readonly settingsOf: (typed: Fields) => Readonly<Record<string, unknown>>;
  /** The field of a fault, by its path in the schema; default: the last name of the path. */
  readonly fieldOf?: (path: readonly string[]) => string;
  /** See `PageOf.fold`. */
  readonly fold?: (sent: Fields) => Fields;
  readonly maxFields?: number;
  /** A value as text for the reader; default: the value itself. */
  readonly textOf?: (field: string, value: string, reader: Pick<OfficeContext, "t" | "language">) => string;
}

/** Valid settings, or the response to invalid ones. */
export type Typed =
  | {
      readonly type: "settings";
      readonly settings: OfficeSettings;
      readonly values: Fields;
      /** Whether the office already has these settings, for example after a double click. */
      readonly isUnchanged: boolean;
    }
  | { readonly type: "answered"; readonly outcome: ConsoleOutcome };

/** What a view needs in addition to the values. */
type Model = Readonly<Record<string, unknown>>;

/** The page of a group that is saved at once. */
export const settingsPage = (
  deps: ConsoleDeps,
  form: SettingsForm,
  { name, model }: { name: string; model: (context: OfficeContext) => Model | Promise<Model> },
): OfficePage => ({
  name: `settings-${name}`,
  about: "office",
  path: `/settings/${name}`,
  action: "settings.change",
  trail: ["settings"],
  ...sentBy(form),
  show: async (context) => ({
    view: `settings-${name}`,
    model: {
      ...(await model(context)),
      values: openedValues(deps, form, context),
      backHref: officeHref(context.office.code, "/settings"),
    },
  }),
  submit: async (context, fields) => {
    const typed = await readTyped(deps, form, { context, fields });
    return typed.type === "answered" ? typed.outcome : save(deps, form, { context, ...typed });
  },
});

/** How the page's form is read. */
export const sentBy = (form: SettingsForm): Pick<OfficePage, "keeps" | "fold" | "maxFields"> => ({
  keeps: keptOf(form),
  ...(form.fold === undefined ? {} : { fold: form.fold }),
  ...(form.maxFields === undefined ? {} : { maxFields: form.maxFields }),
});

/** The fields whose values survive a step-up. */
const keptOf = ({ labels }: SettingsForm): readonly string[] => [...Object.keys(labels), "seen"];

/** The values of an untouched form, with a token of the state in which it was opened. */
export const openedValues = (deps: ConsoleDeps, form: SettingsForm, context: OfficeContext): Fields => ({
  ...form.valuesOf(context.office),
  seen: deps.tokens.sign(useOf(context), stateOf(form, context.office)),
});

/** Parses a form. Errors in fields take precedence over a conflict with a concurrent change. */
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
    const { fieldOf = lastOf } = form;
    const wrong = new Set(parsed.error.issues.map(({ path }) => fieldOf(path.filter(isName))));
    const errors = [...wrong].map((field) => ({ field, message: t(wrongText(field)) }));
    return { type: "answered", outcome: { type: "errors", errors, values: { ...values, seen } } };
  }
  const isUnchanged = stateOf(form, withSettings(office, parsed.data)) === stateOf(form, office);
  if (!isUnchanged && deps.tokens.read(useOf(context), seen) !== stateOf(form, office)) {
    return { type: "answered", outcome: await conflictOf(deps, form, { context, values, current: office }) };
  }
  return { type: "settings", settings: parsed.data, values, isUnchanged };
}

/** Saves the settings, unless there is a conflict or a missing permission. */
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
    case "conflict": {
      const { current } = result;
      // A double click: the first one has just saved the same.
      return stateOf(form, withSettings(current, settings)) === stateOf(form, current)
        ? { type: "done", to: officeHref(office.code, "/settings") }
        : conflictOf(deps, form, { context, values, current });
    }
    case "no-own-factor":
      return fault(Object.keys(form.labels)[0] ?? null, t("console.wrong.ownFactor"), values);
    case "no-resistant-method":
      return fault(Object.keys(form.labels)[0] ?? null, t("console.wrong.resistantMethod"), values);
    case "staff-rule":
      return fault(STAFF_FIELDS[result.fault], t("console.wrong.staffRule"), values);
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      throw new PageError("not-found");
  }
}

/** The field that a fault of the staff's office belongs to; null: no page has one. */
const STAFF_FIELDS: Readonly<Record<StaffFault, string | null>> = {
  closed: null,
  "factor-off": "demand",
  "factor-later": "from",
  "factor-weak": "methods",
  trust: "trustedBrowserDays",
};

/**
 * Shows both values and the form again. The new form knows the stored state, so sending it again overwrites on purpose.
 */
async function conflictOf(
  { store }: ConsoleDeps,
  { labels, valuesOf, textOf }: SettingsForm,
  { context, values, current }: { context: OfficeContext; values: Fields; current: Office },
): Promise<ConsoleOutcome> {
  const { t, office } = context;
  const stored = valuesOf(current);
  const textFor = (field: string, value = "") => textOf?.(field, value, context) ?? value;
  const conflict: Conflict = {
    by: (await store.lastOfficeChange(office.id)) ?? t("console.conflict.support"),
    fields: Object.entries(labels).flatMap(([field, label]) =>
      stored[field] === values[field]
        ? []
        : [{ label: t(label), yours: textFor(field, values[field]), theirs: textFor(field, stored[field]) }],
    ),
  };
  return {
    type: "errors",
    errors: [{ field: null, message: t("console.conflict.message") }],
    conflict,
    values,
  };
}

/**
 * The state in which the form was opened comes back with it. Otherwise it would silently overwrite the change of
 * another user.
 */
const stateOf = ({ valuesOf }: SettingsForm, office: Office): string => JSON.stringify(valuesOf(office));
const useOf = ({ office, session }: OfficeContext): string => `settings ${office.id} ${session.uid}`;

const lastOf = (path: readonly string[]): string => path.at(-1) ?? "";
/** Fields such as `welcome-nl` share a text. */
const wrongText = (field: string): string => `console.wrong.${field.split("-")[0] ?? ""}`;

const isName = (part: PropertyKey): part is string => typeof part === "string";

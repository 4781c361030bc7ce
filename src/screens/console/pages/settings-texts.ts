import { LANGUAGES } from "../../../kernel/languages.ts";
import { LEGAL_PAGES } from "../../../domain/offices/office.ts";
import { MAX_WELCOME_LENGTH, withSettings } from "../../../domain/offices/office-settings.ts";
import { officeHref, readerOf, untaken, type OfficeContext, type OfficePage, type Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { openedValues, readTyped, save, sentBy, type SettingsForm } from "../settings-form.ts";
import type { Office } from "../../../domain/offices/office.ts";
import type { Fields } from "../../../platform/web/form.ts";

const LANGUAGE_LIST = Object.entries(LANGUAGES).map(([code, name]) => ({
  code,
  name,
  field: `welcome-${code}`,
}));

const form: SettingsForm = {
  labels: {
    ...Object.fromEntries(
      LANGUAGE_LIST.map(({ code, field }) => [field, `console.settings.welcome.${code}`]),
    ),
    ...Object.fromEntries(LEGAL_PAGES.map((page) => [`${page}Url`, `common.legal.${page}`])),
  },
  valuesOf: ({ branding: { welcome, legal } }) => ({
    ...Object.fromEntries(LANGUAGE_LIST.map(({ code, field }) => [field, welcome[code] ?? ""])),
    ...Object.fromEntries(LEGAL_PAGES.map((page) => [`${page}Url`, legal[page] ?? ""])),
  }),
  settingsOf: (typed) => ({
    welcome: Object.fromEntries(LANGUAGE_LIST.map(({ code, field }) => [code, typed[field] ?? ""])),
    ...Object.fromEntries(LEGAL_PAGES.map((page) => [`${page}Url`, addressIn(typed[`${page}Url`])])),
  }),
  fieldOf: (path) => path.join("-"),
};

const addressIn = (typed = ""): string | null => (typed.trim() === "" ? null : typed.trim());

/** A text for users at the sign-in, by language, and links to the office's legal pages. */
export function settingsTextsPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "settings-texts",
    about: "office",
    path: "/settings/texts",
    action: "branding.change",
    trail: ["settings"],
    ...sentBy(form),
    show: (context) =>
      Promise.resolve(shown(deps, context, context.office, openedValues(deps, form, context))),
    submit: async (context, fields) => {
      const typed = await readTyped(deps, form, { context, fields });
      if (typed.type === "answered") {
        return typed.outcome;
      }
      if (fields["preview"] === undefined) {
        return save(deps, form, { context, ...typed });
      }
      const values = { ...typed.values, seen: fields["seen"] ?? "" };
      const next = withSettings(context.office, typed.settings);
      return { type: "show", shown: untaken(shown(deps, context, next, values)) };
    },
  };
}

/** `office`: as it would be. The language of the office comes first, and the others are folded away while they are empty. */
function shown({ previews }: ConsoleDeps, context: OfficeContext, office: Office, values: Fields): Shown {
  const { language } = context.office;
  const [own, others] = [true, false].map((isOwn) =>
    LANGUAGE_LIST.filter(({ code }) => (code === language) === isOwn),
  );
  return {
    view: "settings-texts",
    model: {
      values,
      own: own ?? [],
      others: others ?? [],
      legalPages: LEGAL_PAGES,
      most: MAX_WELCOME_LENGTH,
      previews: previews.of(office, readerOf(context)),
      backHref: officeHref(office.code, "/settings"),
    },
  };
}

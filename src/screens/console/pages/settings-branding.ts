import type { Fields } from "../../../platform/web/form.ts";
import { checkAccent } from "../../../kernel/colour-contrast.ts";
import type { Branding } from "../../../domain/offices/office.ts";
import { withSettings } from "../../../domain/offices/office-settings.ts";
import { officeHref, type OfficePage, type OfficeContext, type Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { keptOf, openedValues, readTyped, save, type SettingsForm } from "../settings-form.ts";

const form: SettingsForm = {
  labels: { accent: "console.settings.accent", logoUrl: "console.settings.logo" },
  valuesOf: ({ branding }) => ({ accent: branding.accent ?? "", logoUrl: branding.logoUrl ?? "" }),
  settingsOf: ({ accent = "", logoUrl = "" }) => ({
    accent: accent.trim() === "" ? null : accent.trim(),
    logoUrl: logoUrl.trim() === "" ? null : logoUrl.trim(),
  }),
};

/** Colour and logo, with a preview before users see them. */
export function settingsBrandingPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "settings-branding",
    about: "office",
    path: "/settings/branding",
    action: "branding.change",
    trail: ["settings"],
    keeps: keptOf(form),
    show: (context) =>
      Promise.resolve(shown(context, context.office.branding, openedValues(deps, form, context))),
    submit: async (context, fields) => {
      const typed = await readTyped(deps, form, { context, fields });
      if (typed.type === "answered") {
        return typed.outcome;
      }
      const { settings, values } = typed;
      if (fields["preview"] === undefined) {
        return save(deps, form, { context, ...typed });
      }
      const { branding } = withSettings(context.office, settings);
      return { type: "show", shown: shown(context, branding, { ...values, seen: fields["seen"] ?? "" }) };
    },
  };
}

function shown(context: OfficeContext, { accent, logoUrl }: Branding, values: Fields): Shown {
  const { office, t, language } = context;
  return {
    view: "settings-branding",
    model: {
      values,
      images: [logoUrl],
      preview: {
        ...{ name: office.name, logoUrl, accent, pattern: contrastText(PLACES) },
        ...(accent === null ? UNSET : contrastOf(accent)),
      },
      backHref: officeHref(office.code, "/settings"),
    },
  };

  function contrastOf(colour: string) {
    const { text, ratios, hardToSeeOn } = checkAccent(colour);
    const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    return {
      accentText: text,
      contrast: contrastText({
        text: number.format(ratios.text),
        light: number.format(ratios.light),
        dark: number.format(ratios.dark),
      }),
      hardToSeeOn,
    };
  }

  function contrastText(values: typeof PLACES): string {
    return t("console.settings-branding.contrast", values);
  }
}

/** Placeholders for the script, which fills in the contrast of the typed colour. */
const PLACES = { text: "{text}", light: "{light}", dark: "{dark}" };

/** Without an accent the product's colour applies, which differs between light and dark pages. */
const UNSET = { accentText: null, contrast: null, hardToSeeOn: [] };

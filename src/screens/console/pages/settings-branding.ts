import type { Fields } from "../../../platform/web/form.ts";
import type { Upload } from "../../../platform/web/upload.ts";
import { checkAccent } from "../../../kernel/colour-contrast.ts";
import { MAX_IMAGE_BYTES, MAX_IMAGE_SIDE } from "../../../platform/images/image.ts";
import type { Office } from "../../../domain/offices/office.ts";
import { withSettings } from "../../../domain/offices/office-settings.ts";
import { logoToken } from "../../../domain/offices/logo-address.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { decideLogo, dataAddress, receiveLogo } from "../logo-upload.ts";
import {
  officeHref,
  untaken,
  readerOf,
  type ConsoleOutcome,
  type OfficePage,
  type OfficeContext,
  type Shown,
} from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { openedValues, readTyped, save, sentBy, type SettingsForm } from "../settings-form.ts";

const form: SettingsForm = {
  labels: { accent: "console.settings.accent" },
  valuesOf: ({ branding }) => ({ accent: branding.accent ?? "" }),
  settingsOf: ({ accent = "" }) => ({ accent: accent.trim() === "" ? null : accent.trim() }),
};

/** Colour and logo, with a preview before users see them. A logo is uploaded as a draft, and used by a second form. */
export function settingsBrandingPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "settings-branding",
    about: "office",
    path: "/settings/branding",
    action: "branding.change",
    trail: ["settings"],
    ...sentBy(form),
    show: (context) => shown(deps, context, { values: openedValues(deps, form, context) }),
    receive: (context, upload) => receive(deps, context, upload),
    submit: async (context, fields) =>
      fields["logo"] === undefined
        ? changeColour(deps, context, fields)
        : decideLogo(deps, context, { decision: fields["logo"], mark: fields["mark"] ?? "" }),
  };
}

async function changeColour(
  deps: ConsoleDeps,
  context: OfficeContext,
  fields: Fields,
): Promise<ConsoleOutcome> {
  const typed = await readTyped(deps, form, { context, fields });
  if (typed.type === "answered") {
    return typed.outcome;
  }
  if (fields["preview"] === undefined) {
    return save(deps, form, { context, ...typed });
  }
  const office = withSettings(context.office, typed.settings);
  const values = { ...typed.values, seen: fields["seen"] ?? "" };
  return { type: "show", shown: untaken(await shown(deps, context, { office, values })) };
}

async function receive(deps: ConsoleDeps, context: OfficeContext, { file }: Upload): Promise<ConsoleOutcome> {
  const { office, t } = context;
  const wrong = await receiveLogo(deps, context, file);
  return wrong === null
    ? { type: "go", to: officeHref(office.code, "/settings/branding") }
    : fault("file", t(`console.settings-branding.file.${wrong}`, LIMITS));
}

const LIMITS = { kilobytes: MAX_IMAGE_BYTES / 1_000, pixels: MAX_IMAGE_SIDE };

/** `office`: as it would be with what is typed. */
async function shown(
  deps: ConsoleDeps,
  context: OfficeContext,
  { office = context.office, values }: { readonly office?: Office; readonly values: Fields },
): Promise<Shown> {
  const { t } = context;
  const { logoUrl, accent } = office.branding;
  const draft = await deps.logos.draft(office);
  const current = logoToken(logoUrl) === null ? null : logoUrl;
  const next = draft === null ? current : dataAddress(draft);
  return {
    view: "settings-branding",
    model: {
      values,
      logo: {
        current,
        // Until it is uploaded: where it was, so that it can be found there.
        elsewhere: current === null ? logoUrl : null,
        draft: draft === null ? null : { address: next, mark: draft.mark, isSvg: draft.type === "svg" },
        hint: t("console.settings-branding.logoHint", LIMITS),
        mostBytes: MAX_IMAGE_BYTES,
        tooMany: t("console.settings-branding.file.bytes", LIMITS),
      },
      preview: {
        ...{ name: office.name, logo: next, accent, pattern: contrastText(t, PLACES) },
        ...(accent === null ? UNSET : contrastOf(accent, context)),
      },
      previews: deps.previews.of(
        { ...office, branding: { ...office.branding, logoUrl: next } },
        readerOf(context),
      ),
      backHref: officeHref(office.code, "/settings"),
    },
  };
}

function contrastOf(colour: string, { t, language }: OfficeContext) {
  const { text, ratios, hardToSeeOn } = checkAccent(colour);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const contrast = contrastText(t, {
    text: number.format(ratios.text),
    light: number.format(ratios.light),
    dark: number.format(ratios.dark),
  });
  return { accentText: text, contrast, hardToSeeOn };
}

const contrastText = (t: OfficeContext["t"], values: typeof PLACES): string =>
  t("console.settings-branding.contrast", values);

/** Placeholders for the script, which fills in the contrast of the typed colour. */
const PLACES = { text: "{text}", light: "{light}", dark: "{dark}" };

/** Without an accent the product's colour applies, which differs between light and dark pages. */
const UNSET = { accentText: null, contrast: null, hardToSeeOn: [] };

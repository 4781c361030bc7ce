import { z } from "zod";
import { isOneLine, NOT_ONE_LINE } from "../../kernel/one-line.ts";
import { hasPlainHost, NOT_PLAIN_HOST } from "../../kernel/plain-host.ts";
import { LANGUAGE_CODES } from "../../kernel/languages.ts";
import { FACTOR_KINDS, METHODS_CHOICE } from "../factors/factor.ts";
import { passkeyModelsSchema } from "../factors/passkeys/authenticator-model.ts";
import { RESISTANT_ROLES, RESISTANT_USERS } from "../factors/phishing-resistance.ts";
import { isCountry } from "../factors/mobile-number.ts";
import { isNearDay, startOfDay } from "../../kernel/time-zone.ts";
import { NO_CONTACT, supportParts, type SupportContact } from "../../kernel/support-contact.ts";
import type { Action } from "../access/permissions.ts";
import {
  LEGAL_PAGES,
  newOfficeSchema,
  timeZoneSchema,
  type Branding,
  type Office,
  type OfficeResistance,
  type OfficeSecondFactor,
} from "./office.ts";
import { typedInteger, typedWord } from "../../kernel/typed-text/typed-text.ts";

const { name, language, accent, sessionMinutes } = newOfficeSchema.shape;

const BUDGET = "must be a whole number, 0 to 1000000";
const country = z
  .string()
  .transform((typed) => typedWord(typed).toUpperCase())
  .refine(isCountry, "must be two letters such as NL");
/** A whole number as people type it; other values stay as they are. */
const digitsOf = (value: unknown): unknown => (typeof value === "string" ? typedInteger(value) : value);

const DAYS = "must be a whole number of days, 1 to 30, or off";

/** For how many days users may trust a browser; null: not at all. */
export const trustedBrowserDaysSchema = z.coerce
  .number({ error: DAYS })
  .int(DAYS)
  .min(1, DAYS)
  .max(30, DAYS)
  .nullable();

/** The longest text of a sign-in page, in characters. */
export const MAX_WELCOME_LENGTH = 400;

/** Several lines, but nothing that turns the direction of what follows or draws over it. */
const welcomeText = z
  .string()
  .transform((text) => text.replace(/\r\n?/g, "\n").trim())
  .refine(
    (text) => text.length <= MAX_WELCOME_LENGTH,
    `must have at most ${String(MAX_WELCOME_LENGTH)} characters`,
  )
  .refine((text) => text.split("\n").every(isOneLine), NOT_ONE_LINE);

/** A text by language; an empty one is none. */
const welcomeSchema = z
  .partialRecord(z.enum(LANGUAGE_CODES), welcomeText)
  .transform((texts) => sorted(Object.entries(texts).filter(([, text]) => text !== "")));

const legalAddress = z
  .url({ protocol: /^https$/, error: "must be an https address", abort: true })
  .refine((url) => hasPlainHost(new URL(url)), NOT_PLAIN_HOST)
  .refine((url) => url.length <= 500, "must have at most 500 characters")
  .nullable();

/** In the order of PostgreSQL's jsonb, so that what was read and what was typed compare as equal. */
const sorted = (entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entries.toSorted(([one], [other]) => one.length - other.length || (one < other ? -1 : 1)),
  );
const DAY = "must be a day such as 2027-01-31";

/** A proposed policy, for a dry run or a change. */
export const secondFactorSchema = z.object({
  demand: z.enum(["off", "required"], { error: "must be required or off" }),
  /** A day, from its beginning in the office's time zone; null: at once. */
  from: z.iso.date(DAY).refine(isNearDay, DAY).nullable(),
  methods: z
    .array(z.enum(FACTOR_KINDS, { error: `must be ${METHODS_CHOICE}` }))
    .min(1, "must name one at least")
    .transform((kinds) => FACTOR_KINDS.filter((kind) => kinds.includes(kind))),
});

/** A proposed demand of factors that resist phishing. */
export const resistanceSchema = z.object({
  of: z.enum(RESISTANT_USERS, { error: "must be none, superusers, accountants or all" }),
  /** A day, from its beginning in the office's time zone; null: at once. */
  from: z.iso.date(DAY).refine(isNearDay, DAY).nullable(),
});

/** The same in the office's time zone; of no one, it begins at no day. */
export const resistanceIn = (
  { zone }: Pick<Office, "zone">,
  { of, from }: z.output<typeof resistanceSchema>,
): OfficeResistance => ({ of, from: from === null || of === "none" ? null : startOfDay(from, zone) });

/** A proposed policy in the office's time zone. */
export const secondFactorIn = (
  { zone }: Pick<Office, "zone">,
  { from, ...others }: z.output<typeof secondFactorSchema>,
): OfficeSecondFactor => ({ ...others, from: from === null ? null : startOfDay(from, zone) });

/** What a superuser may change in the office; an omitted field stays, and unknown fields are refused. */
export const officeSettingsSchema = z.object({
  /** The version of the office that the editor saw. */
  version: z.coerce.number().int().min(1),
  name: name.optional(),
  language: language.unwrap().optional(),
  /** Null: the installation's. */
  timeZone: timeZoneSchema.nullable().optional(),
  accent: accent.unwrap().optional(),
  welcome: welcomeSchema.optional(),
  privacyUrl: legalAddress.optional(),
  termsUrl: legalAddress.optional(),
  imprintUrl: legalAddress.optional(),
  sessionMinutes: sessionMinutes.unwrap().optional(),
  secondFactor: secondFactorSchema.optional(),
  country: country.optional(),
  countries: z
    .array(country, { error: "must be countries such as NL,BE" })
    .min(1, "must name one at least")
    .transform((list) => [...new Set(list)].sort())
    .optional(),
  smsDailyBudget: z
    .preprocess(
      digitsOf,
      z.coerce.number({ error: BUDGET }).int(BUDGET).min(0, BUDGET).max(1_000_000, BUDGET),
    )
    .optional(),
  /** Null: no browser is trusted. */
  trustedBrowserDays: trustedBrowserDaysSchema.optional(),
  isPasswordless: z.boolean({ error: "must be true or false" }).optional(),
  isMailboxEnough: z.boolean({ error: "must be true or false" }).optional(),
  phishingResistance: resistanceSchema.optional(),
  /** Null: of any model. */
  passkeyModels: passkeyModelsSchema.optional(),
  // Null: the office has no such part of a contact.
  supportMail: supportParts.mail.nullable().optional(),
  supportPhone: supportParts.phone.nullable().optional(),
  supportUrl: supportParts.url.nullable().optional(),
  supportHours: supportParts.hours.nullable().optional(),
});
export type OfficeSettings = z.output<typeof officeSettingsSchema>;

/** The action that changing a setting is; all others are `settings.change`. */
const ACTIONS: Partial<Record<keyof OfficeSettings, Action>> = {
  secondFactor: "second-factor.change",
  trustedBrowserDays: "second-factor.change",
  isPasswordless: "second-factor.change",
  isMailboxEnough: "second-factor.change",
  phishingResistance: "second-factor.change",
  passkeyModels: "second-factor.change",
  accent: "branding.change",
  welcome: "branding.change",
  privacyUrl: "branding.change",
  termsUrl: "branding.change",
  imprintUrl: "branding.change",
};

/** The actions that a change of these settings is. */
export const actionsOf = (settings: OfficeSettings): readonly Action[] => {
  const given = Object.keys(officeSettingsSchema.keyof().enum).filter(
    (name): name is keyof OfficeSettings => name !== "version" && Reflect.get(settings, name) !== undefined,
  );
  return [...new Set<Action>(["settings.see", ...given.map((name) => ACTIONS[name] ?? "settings.change")])];
};

/** The office after the change; the list of countries may omit the office's own. */
export function withSettings(office: Office, settings: OfficeSettings): Office {
  const { sessionMinutes: minutes, trustedBrowserDays: days } = settings;
  const { secondFactor: factor, phishingResistance: resistance } = settings;
  return {
    ...office,
    version: settings.version,
    name: settings.name ?? office.name,
    language: settings.language ?? office.language,
    timeZone: settings.timeZone === undefined ? office.timeZone : settings.timeZone,
    branding: withLook(office.branding, settings),
    sessionMinutes: minutes === undefined ? office.sessionMinutes : minutes,
    secondFactor: factor === undefined ? office.secondFactor : secondFactorIn(office, factor),
    country: settings.country ?? office.country,
    countries: settings.countries ?? office.countries,
    smsDailyBudget: settings.smsDailyBudget ?? office.smsDailyBudget,
    trustedBrowserDays: days === undefined ? office.trustedBrowserDays : days,
    isPasswordless: settings.isPasswordless ?? office.isPasswordless,
    isMailboxEnough: settings.isMailboxEnough ?? office.isMailboxEnough,
    phishingResistance:
      resistance === undefined ? office.phishingResistance : resistanceIn(office, resistance),
    passkeyModels: settings.passkeyModels === undefined ? office.passkeyModels : settings.passkeyModels,
    support: withSupport(office.support, settings),
  };
}

/** The contact after the change; null when nothing of it is left. */
export function withSupport(
  before: SupportContact | null,
  settings: Pick<OfficeSettings, "supportMail" | "supportPhone" | "supportUrl" | "supportHours">,
): SupportContact | null {
  const { supportMail, supportPhone, supportUrl, supportHours } = settings;
  const old = before ?? NO_CONTACT;
  const support = {
    mail: supportMail === undefined ? old.mail : supportMail,
    phone: supportPhone === undefined ? old.phone : supportPhone,
    url: supportUrl === undefined ? old.url : supportUrl,
    hours: supportHours === undefined ? old.hours : supportHours,
  };
  return Object.values(support).every((part) => part === null) ? null : support;
}

/** The logo is changed by uploading one. */
function withLook(branding: Branding, settings: OfficeSettings): Branding {
  const { accent: colour, welcome, privacyUrl, termsUrl, imprintUrl } = settings;
  const typed = { privacy: privacyUrl, terms: termsUrl, imprint: imprintUrl };
  const links = LEGAL_PAGES.flatMap((page) => {
    const address = typed[page] === undefined ? branding.legal[page] : typed[page];
    return address === undefined || address === null ? [] : [[page, address] as const];
  });
  return {
    logoUrl: branding.logoUrl,
    accent: colour === undefined ? branding.accent : colour,
    welcome: welcome ?? branding.welcome,
    legal: sorted(links),
  };
}

/** Whether the change demands more of users than before: required, sooner, or by fewer methods. */
export function demandsMore(before: OfficeSecondFactor, after: OfficeSecondFactor): boolean {
  if (after.demand === "off") {
    return false;
  }
  return (
    before.demand === "off" ||
    Number(after.from ?? 0) < Number(before.from ?? 0) ||
    before.methods.some((kind) => !after.methods.includes(kind))
  );
}

/** Whether more users than before need a factor that resists phishing, or sooner. */
export const demandsMoreResistance = (before: OfficeResistance, after: OfficeResistance): boolean =>
  RESISTANT_ROLES[after.of].some(
    (role) =>
      !RESISTANT_ROLES[before.of].includes(role) || Number(after.from ?? 0) < Number(before.from ?? 0),
  );

import type { Office } from "../../domain/offices/office.ts";
import { localDay } from "../../kernel/time-zone.ts";

/** The settings of an office as a file has them. */
export function shownOffice(office: Office): Readonly<Record<string, unknown>> {
  const { branding, secondFactor, support } = office;
  const { legal } = branding;
  return {
    name: office.name,
    language: office.language,
    timeZone: office.timeZone,
    accent: branding.accent,
    welcome: branding.welcome,
    privacyUrl: legal.privacy ?? null,
    termsUrl: legal.terms ?? null,
    imprintUrl: legal.imprint ?? null,
    sessionMinutes: office.sessionMinutes,
    secondFactor: {
      demand: secondFactor.demand,
      from: secondFactor.from === null ? null : localDay(secondFactor.from, office.zone),
      methods: secondFactor.methods,
    },
    country: office.country,
    countries: office.countries,
    smsDailyBudget: office.smsDailyBudget,
    trustedBrowserDays: office.trustedBrowserDays,
    isPasswordless: office.isPasswordless,
    isMailboxEnough: office.isMailboxEnough,
    phishingResistance: {
      of: office.phishingResistance.of,
      from:
        office.phishingResistance.from === null
          ? null
          : localDay(office.phishingResistance.from, office.zone),
    },
    passkeyModels: office.passkeyModels,
    supportMail: support?.mail ?? null,
    supportPhone: support?.phone ?? null,
    supportUrl: support?.url ?? null,
    supportHours: support?.hours ?? null,
  };
}

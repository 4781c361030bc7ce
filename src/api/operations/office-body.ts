import { z } from "zod";
import { FACTOR_KINDS } from "../../domain/factors/factor.ts";
import type { UnusableModel } from "../../domain/factors/passkeys/authenticator-model.ts";
import { RESISTANT_USERS } from "../../domain/factors/phishing-resistance.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { DryRun } from "../../domain/offices/policy-dry-run.ts";
import { localDay } from "../../kernel/time-zone.ts";
import { id, moment, timeOf, timeOrNull } from "../listing.ts";
import type { OfficeServices } from "../api-services.ts";
import type { Result } from "../operation.ts";
import { tagOf } from "../conditions.ts";

export const officeStatus = z.enum(["open", "closed"]);

export const listedOffice = z.strictObject({
  id,
  code: z.string(),
  name: z.string(),
  status: officeStatus,
  isDeleted: z.boolean(),
});

const secondFactor = z.strictObject({
  demand: z.enum(["off", "required"]),
  from: z.iso
    .date()
    .nullable()
    .meta({ description: "the day from which it is required, in the office's time zone" }),
  methods: z.array(z.enum(FACTOR_KINDS)),
});

const phishingResistance = z.strictObject({
  of: z.enum(RESISTANT_USERS).meta({
    description: "the users who need a method that resists phishing; `accountants`: and the superusers",
  }),
  from: z.iso
    .date()
    .nullable()
    .meta({ description: "the day from which they need it, in the office's time zone; null: at once" }),
});

const support = z.strictObject({
  mail: z.string().nullable(),
  phone: z.string().nullable(),
  url: z.string().nullable(),
  hours: z.string().nullable(),
});

const unusableModels = z.array(z.strictObject({ aaguid: z.string(), reason: z.string() })).meta({
  description:
    "the listed models of which no passkey can be set up, and why: the status for which the metadata of the FIDO Alliance refuse them, or `unknown`; when it has all of them, no passkey can be set up at all",
});

export const officeSchema = listedOffice.extend({
  language: z.string(),
  timeZone: z.string().nullable(),
  accent: z.string().nullable(),
  welcome: z.record(z.string(), z.string()),
  legal: z.record(z.string(), z.string()),
  support: support.nullable(),
  sessionMinutes: z.int().nullable(),
  secondFactor,
  country: z.string(),
  countries: z.array(z.string()),
  smsDailyBudget: z.int(),
  trustedBrowserDays: z.int().nullable(),
  isPasswordless: z.boolean(),
  isMailboxEnough: z.boolean(),
  phishingResistance,
  passkeyModels: z.array(z.string()).nullable().meta({
    description: "AAGUIDs of the models of which users may set up passkeys; null: of any",
  }),
  unusablePasskeyModels: unusableModels,
  deletedAt: moment.nullable().meta({ description: "when a closed office is deleted" }),
  version: z.int(),
});

const namedPeople = z.strictObject({
  people: z.int(),
  first: z.array(z.strictObject({ id, username: z.string(), name: z.string() })),
});

const dryRun = z.strictObject({
  at: moment,
  people: z.int(),
  affected: z.int(),
  groups: z.array(z.strictObject({ people: z.int(), will: z.array(z.string()), now: z.array(z.string()) })),
  first: z.array(z.strictObject({ id, username: z.string(), name: z.string(), will: z.array(z.string()) })),
  otherPasskeys: namedPeople.nullable().meta({
    description:
      "the users who have passkeys of models that are not listed, and keep them; null: any is accepted",
  }),
  withoutAddress: namedPeople.nullable().meta({
    description:
      "the users without an email address, who cannot set up a method of those that are accepted; null: another method than codes by email is accepted, or none is demanded",
  }),
  unusablePasskeyModels: unusableModels,
});

export const officeOrDryRun = z.union([officeSchema, dryRun]);

const dayOf = (at: Date | null, { zone }: Office): string | null => (at === null ? null : localDay(at, zone));

/** What an office answers with. */
const officeBody = (found: Office, unusable: readonly UnusableModel[]): z.input<typeof officeSchema> => ({
  id: found.id,
  code: found.code,
  name: found.name,
  status: found.status,
  isDeleted: found.isPurged,
  language: found.language,
  timeZone: found.timeZone,
  accent: found.branding.accent,
  welcome: { ...found.branding.welcome },
  legal: { ...found.branding.legal },
  support: found.support === null ? null : { ...found.support },
  sessionMinutes: found.sessionMinutes,
  secondFactor: {
    demand: found.secondFactor.demand,
    from: dayOf(found.secondFactor.from, found),
    methods: [...found.secondFactor.methods],
  },
  country: found.country,
  countries: [...found.countries],
  smsDailyBudget: found.smsDailyBudget,
  trustedBrowserDays: found.trustedBrowserDays,
  isPasswordless: found.isPasswordless,
  isMailboxEnough: found.isMailboxEnough,
  phishingResistance: {
    of: found.phishingResistance.of,
    from: dayOf(found.phishingResistance.from, found),
  },
  passkeyModels: found.passkeyModels === null ? null : [...found.passkeyModels],
  unusablePasskeyModels: unusableBody(unusable),
  deletedAt: timeOrNull(found.purgeAt),
  version: found.version,
});

const unusableBody = (unusable: readonly UnusableModel[]): z.input<typeof unusableModels> =>
  unusable.map(({ aaguid, reason }) => ({ aaguid, reason }));

/** An office with the version. */
export const officeResult = async (
  { models }: OfficeServices,
  found: Office,
): Promise<Result<z.input<typeof officeSchema>>> => {
  const body = officeBody(found, await models.unusable(found.passkeyModels));
  return { body, version: tagOf(String(found.version), body) };
};

/** What a dry run answers with. */
export const dryRunBody = (
  { at, people, affected, groups, names, otherPasskeys, withoutAddress }: DryRun,
  unusable: readonly UnusableModel[],
): z.input<typeof dryRun> => ({
  ...{ at: timeOf(at), people, affected },
  groups: groups.map(({ people: count, will, now }) => ({ people: count, will: [...will], now: [...now] })),
  first: names.map(({ id: user, username, name, will }) => ({ id: user, username, name, will: [...will] })),
  otherPasskeys: namedBody(otherPasskeys),
  withoutAddress: namedBody(withoutAddress),
  unusablePasskeyModels: unusableBody(unusable),
});

const namedBody = (found: DryRun["otherPasskeys"]): z.input<typeof namedPeople> | null =>
  found === null ? null : { people: found.people, first: found.names.map((one) => ({ ...one })) };

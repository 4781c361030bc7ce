import { z } from "zod";
import { aboutOffice, type ActingApplication } from "../../domain/access/actor.ts";
import { newOfficeSchema, type Office } from "../../domain/offices/office.ts";
import {
  actionsOf,
  officeSettingsSchema,
  withSettings,
  type OfficeSettings,
} from "../../domain/offices/office-settings.ts";
import type { SettingsResult } from "../../domain/offices/office-settings-service.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { typedSearch } from "../../kernel/typed-text/typed-text.ts";
import type { ApiServices, OfficeServices } from "../api-services.ts";
import { pageOf, pageQuery, searchText } from "../listing.ts";
import { operation, requirePermission, type Call, type Operation, type Result } from "../operation.ts";
import { OFFICE, PLATFORM } from "../places.ts";
import { Problem, wrongField } from "../problem.ts";
import { refusedBy } from "../refusals.ts";
import {
  dryRunBody,
  listedOffice,
  officeOrDryRun,
  officeResult,
  officeSchema,
  officeStatus,
} from "./office-body.ts";
import { versionOf } from "./version.ts";

/**
 * Operations: what the API offers, an area in each file. An operation calls a service of the domain and knows no rule of its own; the
 * kit (`../operation.ts`) has checked the caller, the permission and the fields. This file has the offices.
 */

const changes = officeSettingsSchema.omit({ version: true }).strict();

export const officeOperations: readonly Operation[] = [
  operation({
    ...{ name: "offices.list", method: "GET", place: PLATFORM, path: "/offices", action: "offices.see" },
    about: "Lists the offices by code.",
    query: z.strictObject({
      ...pageQuery,
      search: searchText,
      status: officeStatus.nullable().default(null),
    }),
    output: pageOf(listedOffice),
    work: async ({ offices }, { query: { after, search, ...query } }) => {
      const page = await offices.list.page({ ...query, search: typedSearch(search) }, after);
      const items = page.offices.map(({ isPurged, ...found }) => ({ ...found, isDeleted: isPurged }));
      return { body: { items, next: page.next } };
    },
  }),
  operation({
    ...{ name: "offices.add", method: "POST", place: PLATFORM, path: "/offices", action: "office.add" },
    about: "Adds an office.",
    body: newOfficeSchema.strict(),
    output: officeSchema,
    ...{ makes: true, hasVersion: true },
    work: async ({ offices }, { by, body }) => {
      const added = await offices.service.add(body, by.id).catch((error: unknown) => {
        throw error instanceof OperatorError ? new Problem("code-taken", { cause: error }) : error;
      });
      return {
        ...(await officeResult(offices, await stored(offices, added))),
        location: `/offices/${added}`,
      };
    },
  }),
  operation({
    ...{ name: "offices.get", method: "GET", place: OFFICE, action: "settings.see" },
    about: "Reads an office with its settings.",
    output: officeSchema,
    hasVersion: true,
    work: ({ offices }, { subject }) => officeResult(offices, subject),
  }),
  operation({
    ...{ name: "offices.change", method: "PATCH", place: OFFICE, action: "settings.see" },
    about:
      "Changes settings of an office; what is left out stays. With `Prefer: dry-run`, says whom another second factor would affect.",
    body: changes,
    output: officeOrDryRun,
    ...{ takesVersion: true, hasVersion: true, canDryRun: true },
    work: change,
  }),
  operation({
    ...{ name: "offices.close", method: "POST", place: OFFICE, path: "/close", action: "office.close" },
    about: "Closes an office: ends every session, token and link of its users.",
    output: officeSchema,
    hasVersion: true,
    work: async ({ offices }, { by, subject }) =>
      settled(offices, await offices.settings.close(subject, by), subject),
  }),
  operation({
    ...{ name: "offices.open", method: "POST", place: OFFICE, path: "/open", action: "office.close" },
    about: "Opens a closed office again.",
    output: officeSchema,
    hasVersion: true,
    work: async ({ offices }, { by, subject }) =>
      settled(offices, await offices.settings.open(subject, by), subject),
  }),
];

async function change(
  { offices }: ApiServices,
  { by, subject, body, versions, isDryRun }: Call<Office, unknown, z.output<typeof changes>>,
): Promise<Result<z.input<typeof officeOrDryRun>>> {
  const settings: OfficeSettings = { ...body, version: versionOf(versions, subject) };
  requireAll(by, subject, settings);
  if (isDryRun) {
    const { secondFactor: factor, phishingResistance: resistant, passkeyModels: models } = body;
    if ([factor, resistant, models].every((part) => part === undefined)) {
      throw wrongField("secondFactor", "is what a dry run is about");
    }
    const { secondFactor, phishingResistance: resistance, passkeyModels } = withSettings(subject, settings);
    const [run, unusable] = [
      await offices.dryRun.run(subject, secondFactor, { resistance, passkeyModels }),
      await offices.models.unusable(passkeyModels),
    ];
    return { body: dryRunBody(run, unusable) };
  }
  return settled(offices, await offices.settings.change(subject, settings, by), subject);
}

/** The scope of each setting that is changed, so that the answer names the one that is missing. */
function requireAll(by: ActingApplication, subject: Office, settings: OfficeSettings): void {
  actionsOf(settings).forEach((action) => {
    requirePermission(by, action, aboutOffice(subject));
  });
}

async function settled(
  offices: OfficeServices,
  result: SettingsResult,
  before: Office,
): Promise<Result<z.input<typeof officeSchema>>> {
  switch (result.type) {
    case "changed":
      return officeResult(offices, result.office);
    case "unchanged":
      return officeResult(offices, before);
    case "conflict":
      throw new Problem("stale-version");
    case "no-own-factor":
      throw new Problem("not-permitted");
    case "no-resistant-method":
      throw new Problem("not-possible-now", {
        detail: "only an office that accepts passkeys can demand a method that resists phishing",
      });
    case "staff-rule":
      throw new Problem("not-possible-now", {
        detail: "the platform's own staff always give a second factor, and their office stays open",
      });
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      throw refusedBy(result.type);
  }
}

async function stored({ store }: OfficeServices, wanted: string): Promise<Office> {
  const found = await store.find(wanted);
  if (found === null) {
    throw new Error("The office that was just made is not there.");
  }
  return found;
}

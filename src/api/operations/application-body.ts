import { z } from "zod";
import type { Application } from "../../domain/applications/application.ts";
import {
  applicationSettingsSchema,
  SIGNING_ALGORITHMS,
} from "../../domain/applications/application-settings.ts";
import { APPLICATION_TYPES } from "../../domain/applications/application-types.ts";
import { versionOfApplication } from "../../domain/applications/application-version.ts";
import { nameSchema } from "../../kernel/one-line.ts";
import { id, moment, timeOrNull } from "../listing.ts";
import type { Result } from "../operation.ts";
import { tagOf } from "../conditions.ts";

/** What a resource server is, and exceptions, are the operator's to give. */
const OF_THE_OPERATOR = {
  withoutPkce: true,
  resources: true,
  resourceIdentifier: true,
  resourceScopes: true,
  resourceTokens: true,
  apiScopes: true,
} as const;

const settings = applicationSettingsSchema.omit(OF_THE_OPERATOR);
export const applicationDraft = settings
  .extend({
    name: nameSchema(100),
    type: z.enum(APPLICATION_TYPES),
    firstParty: z.boolean().default(false),
    idTokenAlgorithm: z.enum(SIGNING_ALGORITHMS).optional(),
  })
  .strict();

export const applicationSchema = z.strictObject({
  id: z.string(),
  office: id.nullable().meta({ description: "null: users of every office may use it" }),
  isDisabled: z.boolean(),
  oldSecretEndsAt: moment.nullable(),
  name: z.string(),
  type: z.enum(APPLICATION_TYPES),
  firstParty: z.boolean(),
  settings: z.record(z.string(), z.unknown()).meta({ description: "as they can be changed" }),
});

export const shownSecret = z
  .string()
  .nullable()
  .meta({ description: "it is in this answer alone; null: it has none" });

const settingNames = Object.keys(settings.shape);

/** What an application answers with. */
export const applicationBody = (found: Application): z.input<typeof applicationSchema> => ({
  id: found.id,
  office: found.officeId,
  isDisabled: found.isDisabled,
  oldSecretEndsAt: timeOrNull(found.oldSecret?.endsAt ?? null),
  name: found.name,
  type: found.type,
  firstParty: found.firstParty,
  settings: Object.fromEntries(
    settingNames.map((name): [string, unknown] => [name, Reflect.get(found, name)]),
  ),
});

/** An application with the version. */
export const applicationResult = (found: Application): Result<z.input<typeof applicationSchema>> => {
  const body = applicationBody(found);
  return { body, version: tagOf(versionOfApplication(found), body) };
};

/** Without defaults, which would take back whatever a change leaves out. */
export const applicationChanges = z.strictObject(
  Object.fromEntries(
    Object.entries(applicationDraft.omit({ type: true }).shape).map(([name, schema]: [string, z.ZodType]) => [
      name,
      (schema instanceof z.ZodDefault ? withoutDefault(schema) : schema).optional(),
    ]),
  ),
);

function withoutDefault(schema: z.ZodDefault): z.ZodType {
  const inner: unknown = schema.unwrap();
  if (inner instanceof z.ZodType) {
    return inner;
  }
  throw new Error("A default has no schema.");
}

/** What the schema of a draft takes. */
export const draftOf = (application: Application): Record<string, unknown> => {
  const names = Object.keys(newApplicationFields);
  return Object.fromEntries(names.map((name): [string, unknown] => [name, Reflect.get(application, name)]));
};
const newApplicationFields = { ...applicationSettingsSchema.shape, name: null, type: null, firstParty: null };

import { z } from "zod";
import { APPLICATION_TYPES } from "../../domain/applications/application-types.ts";
import { applicationSettingsSchema } from "../../domain/applications/application-settings.ts";
import { foldOfficeCode, officeCodeSchema, SUPPORT_OFFICE_CODE } from "../../domain/offices/office.ts";
import { officeSettingsSchema, secondFactorSchema } from "../../domain/offices/office-settings.ts";
import { eventTypesOf, type EventOwner } from "../../domain/events/event-catalogue.ts";
import { newUserSchema } from "../../domain/users/user.ts";
import { foldUsername } from "../../domain/users/username.ts";
import { eventNameSchema, webhookSchema } from "../../domain/webhooks/webhook.ts";
import { nameSchema } from "../../kernel/one-line.ts";

/**
 * Everything as code: `npx vestibule apply` makes an installation as a file says, and `npx vestibule export` writes such a file. This folder reads and
 * writes the file, finds what would change, and changes it by the services of the domain. docs/as-code.md is for its users. This file
 * has the form; what is left out of an entry stays as it is.
 */

const REFERENCE = /^(env:[A-Za-z_]\w*|file:.+)$/;

/** A secret is in a variable or a file: the text of the site is kept where many read it. */
const secretReference = z
  .string()
  .regex(REFERENCE, "must be env:NAME or file:PATH, because a secret is not written here")
  .meta({ description: "env:NAME or file:PATH" });

const fileReference = z.string().regex(/^file:.+$/, "must be file:PATH");

const role = z.enum(["user", "accountant", "superuser"], { error: "must be user, accountant or superuser" });

const userEntry = z.strictObject({
  username: newUserSchema.shape.username,
  name: newUserSchema.shape.name.optional(),
  mail: newUserSchema.shape.mail.unwrap().optional(),
  mailProved: z.literal(true, { error: "must be true, or left out" }).optional(),
  role: role.optional(),
  language: newUserSchema.shape.language.unwrap().optional(),
  status: z.enum(["active", "disabled"], { error: "must be active or disabled" }).optional(),
  mobile: z
    .string()
    .max(50)
    .optional()
    .meta({ description: "for a new user; to be confirmed at the first sign-in" }),
  password: secretReference
    .optional()
    .meta({ description: "for a new user; to be changed at the first sign-in" }),
  invite: z.boolean().optional().meta({ description: "mail a new user a link to choose a password" }),
});
export type UserEntry = z.output<typeof userEntry>;

/** Settings of applications without defaults: those would take back what an entry leaves out. */
const applicationSettings = Object.fromEntries(
  Object.entries(applicationSettingsSchema.omit({ jwks: true }).shape).map(
    ([name, schema]: [string, z.ZodType]) => [name, withoutDefault(schema).optional()],
  ),
);

function withoutDefault(schema: z.ZodType): z.ZodType {
  const inner: unknown = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (inner instanceof z.ZodType) {
    return inner;
  }
  throw new Error("A default has no schema.");
}

/** What an entry has that is no setting of the application. */
const ownFields = {
  id: z
    .string()
    .regex(/^app_[\w-]{16,100}$/, "must be a client id, app_ and 16 to 100 letters and digits")
    .optional()
    .meta({ description: "the client id; without it the name says which application is meant" }),
  secret: secretReference.optional().meta({ description: "without it one is made, and printed once" }),
  isDisabled: z.boolean().optional(),
};

const applicationEntry = z.strictObject({
  name: nameSchema(100),
  type: z.enum(APPLICATION_TYPES, { error: `must be one of ${APPLICATION_TYPES.join(", ")}` }).optional(),
  firstParty: z.boolean().optional(),
  ...applicationSettings,
  jwks: z
    .union([fileReference, z.object({ keys: z.array(z.record(z.string(), z.unknown())) }), z.null()])
    .optional()
    .meta({ description: "public keys, or file:PATH" }),
  ...ownFields,
});
export type ApplicationEntry = z.output<typeof applicationEntry>;

/** The settings that an entry has for its application. */
export const settingsOfEntry = (entry: ApplicationEntry): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(entry).filter(([name, value]) => !(name in ownFields) && value !== undefined),
  );

const entries = z.array(applicationEntry).superRefine((list, context) => {
  refuseTwice(list, context, (entry) => entry.id ?? entry.name);
  refuseNameOfOther(list, context);
});

/** What is wrong with an address here alone, such as http in production, is judged with the installation. */
const { name, url } = webhookSchema(true, "platform").shape;

const eventName = (owner: EventOwner) => {
  const names = eventTypesOf(owner).map((type) => type.name);
  return z.enum(names, {
    error: ({ input }) => eventNameSchema(owner).safeParse(input).error?.issues[0]?.message,
  });
};

const webhookEntry = (owner: EventOwner) =>
  z.strictObject({
    name: name.meta({ description: "says which webhook is meant" }),
    url: url.optional().meta({ description: "an https address" }),
    types: z
      .array(eventName(owner))
      .max(200, "must have 200 entries at most")
      .transform((names) => [...new Set(names)])
      .optional()
      .meta({ description: "names of event types; none for all" }),
    state: z.enum(["on", "off"], { error: "must be on or off" }).optional(),
    secret: secretReference.optional().meta({ description: "without it one is made, and printed once" }),
    id: z.uuid("must be a UUID").optional().meta({ description: "only where several have the same name" }),
  });
export type WebhookEntry = z.output<ReturnType<typeof webhookEntry>>;

const webhookEntries = (owner: EventOwner) =>
  z.array(webhookEntry(owner)).superRefine((list, context) => {
    refuseTwice(list, context, (entry) => entry.id ?? entry.name);
    refuseNameOfOther(list, context);
  });

const officeEntry = officeSettingsSchema
  .omit({ version: true })
  .extend({
    code: officeCodeSchema.refine(
      (code) => code !== SUPPORT_OFFICE_CODE,
      "is the office of the platform's own staff, which is no part of a site",
    ),
    secondFactor: secondFactorSchema.strict().optional(),
    status: z.enum(["open", "closed"], { error: "must be open or closed" }).optional(),
    logo: fileReference.nullable().optional().meta({ description: "file:PATH of a picture" }),
    applications: entries.optional(),
    webhooks: webhookEntries("office").optional(),
    users: z
      .array(userEntry)
      .superRefine((list, context) => {
        refuseTwice(list, context, ({ username }) => foldUsername(username));
      })
      .optional(),
  })
  .strict();
export type OfficeEntry = z.output<typeof officeEntry>;

/** What a file says of an installation. */
export const siteSchema = z.strictObject({
  offices: z
    .array(officeEntry)
    .superRefine((list, context) => {
      refuseTwice(list, context, ({ code }) => foldOfficeCode(code));
    })
    .default([]),
  applications: entries.default([]).meta({ description: "for the users of every office" }),
  webhooks: webhookEntries("platform").default([]).meta({ description: "for the events of no office" }),
});
export type Site = z.output<typeof siteSchema>;

function refuseTwice<Entry>(
  list: readonly Entry[],
  context: z.RefinementCtx,
  keyOf: (entry: Entry) => string,
): void {
  const keys = list.map(keyOf);
  for (const [index, key] of keys.entries()) {
    if (keys.indexOf(key) < index) {
      context.addIssue({ code: "custom", path: [index], message: `is here twice: ${key}` });
    }
  }
}

/** Several may have the same name, where each has its id: the name alone would mean any of them. */
function refuseNameOfOther(
  list: readonly { readonly name: string; readonly id?: string | undefined }[],
  context: z.RefinementCtx,
): void {
  const withId = new Set(list.flatMap(({ name, id }) => (id === undefined ? [] : [name])));
  for (const [index, { name, id }] of list.entries()) {
    if (id === undefined && withId.has(name)) {
      context.addIssue({ code: "custom", path: [index], message: `is here twice, once by its id: ${name}` });
    }
  }
}

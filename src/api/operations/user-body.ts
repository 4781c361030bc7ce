import { z } from "zod";
import { ROLES } from "../../domain/access/role.ts";
import { parseMobileNumber } from "../../domain/factors/mobile-number.ts";
import { FACTOR_KINDS } from "../../domain/factors/factor.ts";
import type { Office } from "../../domain/offices/office.ts";
import { newUserSchema, type User } from "../../domain/users/user.ts";
import { userEditSchema } from "../../domain/users/user-edit.ts";
import { userQuerySchema, type ListedUser } from "../../domain/users/user-list.ts";
import { flag, id, moment, pageQuery, searchText, timeOrNull } from "../listing.ts";
import type { Result } from "../operation.ts";
import { wrongField } from "../problem.ts";
import { tagOf } from "../conditions.ts";

const role = z.enum(ROLES);
export const givenRole = z.enum(["user", "accountant", "superuser"]);
const status = z.enum(["active", "disabled"]);

const common = {
  id,
  username: z.string(),
  name: z.string(),
  mail: z.string().nullable(),
  role,
  status,
};

export const listedUser = z.strictObject({
  ...common,
  factors: z.array(z.enum(FACTOR_KINDS)),
  lastSignInAt: moment.nullable(),
  blockedUntil: moment.nullable(),
  isFrozen: z.boolean(),
  recoveryCodesLeft: z.int().nullable(),
  hasPendingNumber: z.boolean(),
  isOverdue: z.boolean(),
});

export const userSchema = z.strictObject({
  ...common,
  language: z.string().nullable(),
  isMailProved: z.boolean(),
  linksHeldUntil: moment.nullable().meta({ description: "no password link is sent before" }),
  version: z.int(),
});

/** What a user answers with. */
const userBody = (found: User): z.input<typeof userSchema> => ({
  id: found.id,
  username: found.username,
  name: found.name,
  mail: found.mail,
  role: found.role,
  status: found.status,
  language: found.language,
  isMailProved: found.isMailProved,
  linksHeldUntil: timeOrNull(found.linksHeldUntil),
  version: found.version,
});

/** A user with the version. */
export const userResult = (found: User): Result<z.input<typeof userSchema>> => {
  const body = userBody(found);
  return { body, version: tagOf(String(found.version), body) };
};

/** A user of a list. */
export const listedBody = ({ lastSignInAt, blockedUntil, codesLeft, factors, ...found }: ListedUser) => ({
  ...found,
  factors: [...factors],
  lastSignInAt: timeOrNull(lastSignInAt),
  blockedUntil: timeOrNull(blockedUntil),
  recoveryCodesLeft: codesLeft,
});

const { sort, factor } = userQuerySchema.shape;
export const userQuery = z.strictObject({
  ...pageQuery,
  ...{ sort, factor, search: searchText, descending: flag },
  role: givenRole.nullable().default(null),
  status: status.nullable().default(null),
  ...{ overdue: flag, blocked: flag, fewCodes: flag, pendingNumber: flag },
});

export const userDraft = newUserSchema
  .extend({
    mobile: z
      .string()
      .max(50)
      .nullable()
      .default(null)
      .meta({ description: "mobile number, in any usual notation" }),
    invite: z.boolean().default(false).meta({ description: "mail a link to choose a password" }),
  })
  .strict();

export const userChanges = userEditSchema.omit({ version: true }).strict();

/** A number as the office writes it. Throws the problem of the field. */
export function numberIn(office: Office, typed: string, field: string): string {
  const parsed = parseMobileNumber(typed, office.country, office.countries);
  if (parsed.type === "fault") {
    throw wrongField(field, NUMBER_FAULTS[parsed.fault]);
  }
  return parsed.e164;
}

const NUMBER_FAULTS = {
  invalid: "is no phone number",
  country: "is of a country that the office sends no text messages to",
  "not-mobile": "is no mobile number",
  extension: "has an extension, which no text message reaches",
} as const;

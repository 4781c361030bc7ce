import { z } from "zod";
import type { ProvisionedUser } from "../../domain/provisioning/provisioned-user-store.ts";
import type { WantedUser } from "../../domain/provisioning/user-provisioning.ts";
import { newUserSchema } from "../../domain/users/user.ts";
import { isLanguage } from "../../kernel/languages.ts";
import { isOneLine } from "../../kernel/one-line.ts";
import { typedName } from "../../kernel/typed-text/typed-text.ts";
import { badRequest } from "./scim-error.ts";
import { attributesOfResource } from "./attribute-names.ts";
import { attributeAt, type UserSaid } from "./user-attributes.ts";

/** The body of a POST or a PUT; what is not kept is left out. */
export function readUser(body: unknown): UserSaid {
  return Object.fromEntries(
    [...attributesOfResource(body, "user")].flatMap(([name, value]) => {
      const attribute = attributeAt(name);
      return attribute.kind === "kept" ? Object.entries(attribute.read(value)) : [];
    }),
  );
}

const NOTHING = { externalId: null, givenName: null, familyName: null } as const;

/** A new user. */
export const wantedNew = (said: UserSaid): WantedUser =>
  judged({
    ...{ username: said.username ?? "", mail: said.mail ?? null, language: said.language ?? null },
    name: nameFrom(said, partsOf(said, NOTHING), said.username ?? ""),
    details: { ...partsOf(said, NOTHING), externalId: said.externalId ?? null },
    isActive: said.isActive ?? true,
  });

/** A PUT: what is not said is removed, except for the language and whether the user is active, which only say something when sent. */
export function wantedInstead(said: UserSaid, before: ProvisionedUser): WantedUser {
  const { language = before.language, isActive } = said;
  return wantedNew({ ...said, language, isActive: isActive ?? before.status === "active" });
}

/** A PATCH: what is not said stays. */
export function wantedChanged(said: UserSaid, before: ProvisionedUser): WantedUser {
  if (said.username === null || said.isActive === null) {
    throw badRequest("mutability", "userName and active cannot be removed.");
  }
  const parts = partsOf(said, before);
  const { username = before.username, mail = before.mail, language = before.language } = said;
  const { externalId = before.externalId, isActive = before.status === "active" } = said;
  return judged({
    ...{ username, mail, language, isActive },
    name: changedName(said, parts, { ...before, username }),
    details: { ...parts, externalId },
  });
}

interface Parts {
  readonly givenName: string | null;
  readonly familyName: string | null;
}

const partsOf = ({ givenName, familyName }: UserSaid, before: Parts): Parts => ({
  givenName: givenName === undefined ? before.givenName : givenName,
  familyName: familyName === undefined ? before.familyName : familyName,
});

const joined = ({ givenName, familyName }: Parts): string =>
  [givenName, familyName].filter((part) => part !== null).join(" ");

/** Vestibule keeps one name. */
const nameFrom = ({ displayName, formatted }: UserSaid, parts: Parts, username: string): string =>
  [displayName, formatted, joined(parts)].find(
    (text) => text !== undefined && text !== null && text !== "",
  ) ?? username;

/** Parts that change, change the name where it was made of them. */
function changedName(said: UserSaid, parts: Parts, before: ProvisionedUser): string {
  const { displayName, formatted } = said;
  const isSaid = displayName !== undefined || formatted !== undefined;
  const arePartsSaid = said.givenName !== undefined || said.familyName !== undefined;
  const isOfParts = ["", before.name].includes(typedName(joined(before)));
  return isSaid || (arePartsSaid && isOfParts) ? nameFrom(said, parts, before.username) : before.name;
}

const partSchema = z.string().max(200).refine(isOneLine).nullable();
const detailsSchema = z.object({
  externalId: z.string().max(255, "has more than 255 characters").refine(isOneLine, "is no line").nullable(),
  givenName: partSchema,
  familyName: partSchema,
});

const ATTRIBUTES: Readonly<Record<string, string>> = {
  username: "userName",
  name: "displayName",
  mail: "emails",
};

const accountSchema = newUserSchema.omit({ role: true });

interface Unjudged {
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly language: string | null;
  readonly details: WantedUser["details"];
  readonly isActive: boolean;
}

/** By the rules of the console. */
function judged({ details, isActive, ...account }: Unjudged): WantedUser {
  const language = account.language !== null && isLanguage(account.language) ? account.language : null;
  return {
    account: checked(accountSchema, { ...account, language }),
    details: checked(detailsSchema, details),
    isActive,
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = String(issue?.path[0] ?? "");
    throw badRequest("invalidValue", `${ATTRIBUTES[field] ?? field} ${issue?.message ?? ""}`);
  }
  return read.data;
}

import { z } from "zod";
import type { Office } from "../../domain/offices/office.ts";
import type { User } from "../../domain/users/user.ts";
import { DELETION_REASONS } from "../../domain/users/user-deletion.ts";
import type { EditResult } from "../../domain/users/user-editing.ts";
import { userQuerySchema } from "../../domain/users/user-list.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { typedSearch } from "../../kernel/typed-text/typed-text.ts";
import type { ApiServices } from "../api-services.ts";
import { pageOf } from "../listing.ts";
import { operation, type Call, type Operation, type Result } from "../operation.ts";
import { OFFICE, USER, type OfficeUser } from "../places.ts";
import { Problem } from "../problem.ts";
import { refusedBy } from "../refusals.ts";
import {
  givenRole,
  listedBody,
  listedUser,
  numberIn,
  userChanges,
  userDraft,
  userQuery,
  userResult,
  userSchema,
} from "./user-body.ts";
import { versionOf } from "./version.ts";

/** Users of an office: listed, added, changed, disabled, deleted, invited. */
export const userOperations: readonly Operation[] = [
  operation({
    ...{ name: "users.list", method: "GET", place: OFFICE, path: "/users", action: "users.see" },
    about: "Lists the users of an office, with what their second factor is like.",
    query: userQuery,
    output: pageOf(listedUser),
    work: async ({ users }, { subject, query: { after, search, ...query } }) => {
      const asked = userQuerySchema.parse({ ...query, search: typedSearch(search) });
      const page = await users.list.page(subject.id, asked, after);
      return { body: { items: page.users.map(listedBody), next: page.next } };
    },
  }),
  operation({
    ...{ name: "users.add", method: "POST", place: OFFICE, path: "/users", action: "user.add" },
    about: "Adds a user, who chooses a password by a mailed link; with `invite`, it is mailed at once.",
    body: userDraft,
    output: userSchema.extend({ isInvited: z.boolean() }),
    ...{ makes: true, hasVersion: true },
    work: add,
  }),
  operation({
    ...{ name: "users.get", method: "GET", place: USER, action: "user.see" },
    about: "Reads a user.",
    output: userSchema,
    hasVersion: true,
    work: (_services, { subject }) => Promise.resolve(userResult(subject.user)),
  }),
  operation({
    ...{ name: "users.change", method: "PATCH", place: USER, action: "user.edit" },
    about:
      "Changes a user; what is left out stays. Username and email address need `users:identity` as well.",
    body: userChanges,
    output: userSchema,
    ...{ takesVersion: true, hasVersion: true },
    work: async ({ users }, { by, subject, body, versions }) => {
      const wanted = { ...body, version: versionOf(versions, subject.user) };
      return edited(await users.administration.edit(subject.user, wanted, by), subject.user);
    },
  }),
  operation({
    ...{ name: "users.delete", method: "DELETE", place: USER, action: "user.delete" },
    about: "Deletes a user for good, with everything that belongs to the account.",
    query: z.strictObject({ reason: z.enum(DELETION_REASONS) }),
    work: async ({ users }, { by, subject, query: { reason } }) => {
      const { type } = await users.administration.delete(subject.user, { by, reason });
      return type === "deleted" ? NOTHING : refuse(type);
    },
  }),
  operation({
    ...{ name: "users.disable", method: "POST", place: USER, path: "/disable", action: "user.disable" },
    about: "Disables a user: ends sessions, tokens and links.",
    output: userSchema,
    hasVersion: true,
    work: async ({ users }, { by, subject }) => {
      const { type } = await users.administration.disable(subject.user, by);
      return type === "disabled" ? again(users, subject) : refuse(type);
    },
  }),
  operation({
    ...{ name: "users.enable", method: "POST", place: USER, path: "/enable", action: "user.enable" },
    about: "Lets a disabled user sign in again.",
    output: userSchema,
    hasVersion: true,
    work: async ({ users }, { by, subject }) => {
      const { type } = await users.administration.enable(subject.user, by);
      return type === "enabled" ? again(users, subject) : refuse(type);
    },
  }),
  operation({
    ...{ name: "users.change-role", method: "PUT", place: USER, path: "/role", action: "user.change-role" },
    about: "Gives a user another role: ends sessions and tokens.",
    body: z.strictObject({ role: givenRole }),
    output: userSchema,
    hasVersion: true,
    work: async ({ users }, { by, subject, body }) => {
      const how = { office: subject.office, by };
      const { type } = await users.administration.changeRole(subject.user, body.role, how);
      return type === "changed" || type === "unchanged" ? again(users, subject) : refuse(type);
    },
  }),
  operation({
    ...{ name: "users.send-link", method: "POST", place: USER, path: "/password-link" },
    action: "user.send-password-link",
    about: "Mails the user a link to choose a password.",
    body: z.strictObject({ purpose: z.enum(["password-reset", "invitation"]) }),
    work: async ({ users }, { by, subject, body }) => {
      const { type } = await users.administration.sendPasswordLink(subject.user, body.purpose, by);
      return type === "sent" ? NOTHING : refuse(type);
    },
  }),
];

const NOTHING = { body: null } as const;

async function add(
  { users }: ApiServices,
  { by, subject, body: { mobile, invite, ...wanted } }: Call<Office, unknown, z.output<typeof userDraft>>,
): Promise<Result<z.input<typeof userSchema> & { isInvited: boolean }>> {
  const number = mobile === null ? null : numberIn(subject, mobile, "mobile");
  const how = { by, invite, mobile: number };
  const added = await users.administration.add(wanted, subject, how).catch((error: unknown) => {
    throw error instanceof OperatorError ? new Problem("username-taken", { cause: error }) : error;
  });
  if (added.type !== "added") {
    throw refusedBy(added.type);
  }
  const { body, version } = await again(users, { office: subject, user: { id: added.id } });
  const location = `/offices/${subject.id}/users/${added.id}`;
  return { body: { ...body, isInvited: added.isInvited }, ...(version && { version }), location };
}

/** The user after a change. */
async function again(
  { find }: ApiServices["users"],
  {
    office,
    user: { id: wanted },
  }: { readonly office: Office; readonly user: Pick<OfficeUser["user"], "id"> },
): Promise<Result<z.input<typeof userSchema>>> {
  const found = await find(office.id, wanted);
  if (found === null) {
    throw new Problem("not-found");
  }
  return userResult(found);
}

function edited(result: EditResult, before: User): Result<z.input<typeof userSchema>> {
  switch (result.type) {
    case "changed":
      return userResult(result.user);
    case "unchanged":
      return userResult(before);
    case "username-taken":
      throw new Problem("username-taken");
    case "conflict":
      throw new Problem("stale-version");
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
    case "needs-approval":
      throw refusedBy(result.type);
  }
}

type Refusal = Parameters<typeof refusedBy>[0] | "last" | "overtaken" | "no-link";

/** Throws the problem of a change that was not made. */
function refuse(type: Refusal): never {
  switch (type) {
    case "last":
      throw new Problem("last-superuser");
    case "overtaken":
      throw new Problem("stale-version");
    case "no-link":
      throw new Problem("not-possible-now", {
        detail:
          "no email address, one that was changed just now or that gets the codes too, a disabled user, or a closed office",
      });
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
    case "needs-approval":
    case "above-own":
    case "unfit-role":
      throw refusedBy(type);
  }
}

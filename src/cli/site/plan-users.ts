import type { Office } from "../../domain/offices/office.ts";
import { newUserSchema, type NewUser, type User } from "../../domain/users/user.ts";
import { differences, edited } from "../../domain/users/user-edit.ts";
import { foldUsername } from "../../domain/users/username.ts";
import type { Secret } from "../../kernel/secret.ts";
import { isPasswordLine } from "../password-input.ts";
import { notAdded, notDone } from "../refusal.ts";
import { readNumber } from "../user-number.ts";
import { OPERATOR } from "../with-services.ts";
import { fieldsOf, officeOf, step, type Change, type Planning, type Step, type Target } from "./plan.ts";
import type { References } from "./references.ts";
import type { Path } from "./site-file.ts";
import type { UserEntry } from "./site-schema.ts";

const LIMIT = 1_000_000;

interface Wanted {
  /** Null for an office that is to be added. */
  readonly office: Office | null;
  readonly entries: readonly UserEntry[];
}

/** The steps for the users of an office. Those who become or stay superusers come before the others: an office keeps one. */
export async function planUsers(
  { services, references }: Planning,
  { office, entries }: Wanted,
  path: Path,
): Promise<readonly Step[]> {
  const found = office === null || entries.length === 0 ? [] : await services.users.list(office.id, LIMIT);
  const byName = new Map(found.map((user) => [foldUsername(user.username), user]));
  const [adding, rising, others]: [Step[], Step[], Step[]] = [[], [], []];
  for (const [index, entry] of entries.entries()) {
    const user = byName.get(foldUsername(entry.username));
    if (user !== undefined) {
      (isSuperuserAfter(user, entry) ? rising : others).push(...changing(user, entry));
    } else if (entry.name === undefined) {
      references.add([...path, index], "a new user needs a name");
    } else {
      adding.push(addingOne(entry, passwordOf(references, entry, [...path, index, "password"])));
    }
  }
  return [...adding, ...rising, ...others];
}

/** The password that an entry refers to; null for none, and for one that cannot be, which is noted. */
function passwordOf(references: References, entry: UserEntry, path: Path): Secret | null {
  const password = references.secret(entry.password, path);
  if (password !== null && !isPasswordLine(password.reveal())) {
    references.add(path, "must be one line without control characters");
  }
  return password;
}

const isSuperuserAfter = (user: User, entry: UserEntry): boolean =>
  (entry.role ?? user.role) === "superuser" && (entry.status ?? user.status) === "active";

/** What is kept of a user; the rest of an entry is for the moment of adding. */
const FIELDS = ["name", "mail", "language", "role", "status", "mailProved"] as const;

const kept = (entry: UserEntry): Readonly<Record<string, unknown>> =>
  Object.fromEntries(FIELDS.flatMap((field) => (entry[field] === undefined ? [] : [[field, entry[field]]])));

/** A user as a file has it, without the username. */
export const shownUser = (user: User): Readonly<Record<string, unknown>> => ({
  name: user.name,
  mail: user.mail,
  language: user.language,
  role: user.role,
  status: user.status,
  ...(user.isMailProved ? { mailProved: true } : {}),
});

function addingOne(entry: UserEntry, password: Secret | null): Step {
  const { username, name = "", mail, role, language } = entry;
  const draft = newUserSchema.parse({ username, name, mail, role, language });
  const subject = `user ${draft.username}`;
  const change: Change = { what: "add", subject, fields: fieldsOf({}, kept(entry)) };
  return step(change, async (target) => {
    const id = await addTo(target, { draft, entry, password });
    if (entry.mailProved === true) {
      await prove(target, await userOf(target, id));
    }
    if (entry.status === "disabled") {
      await disable(target, await userOf(target, id));
    }
  });
}

interface Adding {
  readonly draft: NewUser;
  readonly entry: UserEntry;
  readonly password: Secret | null;
}

/** Returns the id. */
async function addTo(target: Target, { draft, entry, password }: Adding): Promise<string> {
  const office = officeOf(target);
  const { users } = target.domain.administration;
  const mobile = entry.mobile === undefined ? null : readNumber(entry.mobile, office, draft.username);
  const added =
    password === null
      ? await users.add(draft, office, { by: OPERATOR, invite: entry.invite ?? false, mobile })
      : await users.addWithPassword(draft, office, { by: OPERATOR, password, mobile });
  if (added.type === "added") {
    return added.id;
  }
  throw added.type === "needs-approval" ? notDone(draft, added.type) : notAdded(draft, office, added.type);
}

async function userOf(target: Target, id: string): Promise<User> {
  const { domain, database } = target;
  const found = await database.inOffice(officeOf(target).id, (tx) => domain.users.find(tx, id));
  if (found === null) {
    throw new Error("The user who was just there is not there.");
  }
  return found;
}

function changing(user: User, entry: UserEntry): readonly Step[] {
  const fields = fieldsOf(shownUser(user), kept(entry));
  if (fields.length === 0) {
    return [];
  }
  const change: Change = { what: "change", subject: `user ${user.username}`, fields };
  return [
    step(change, async (target) => {
      await edit(target, user, entry);
      await changeRole(target, await userOf(target, user.id), entry.role);
      await changeStatus(target, await userOf(target, user.id), entry.status);
      const now = await userOf(target, user.id);
      if (entry.mailProved === true && !now.isMailProved) {
        await prove(target, now);
      }
    }),
  ];
}

async function edit({ domain }: Target, user: User, { name, mail, language }: UserEntry): Promise<void> {
  const wanted = { version: user.version, name, mail, language };
  if (differences(user, edited(user, wanted)).length > 0) {
    const { type } = await domain.administration.users.edit(user, wanted, OPERATOR);
    if (type !== "changed" && type !== "unchanged") {
      throw notDone(user, type);
    }
  }
}

async function changeRole(target: Target, user: User, role: UserEntry["role"]): Promise<void> {
  if (role === undefined || role === user.role) {
    return;
  }
  const how = { office: officeOf(target), by: OPERATOR };
  const { type } = await target.domain.administration.users.changeRole(user, role, how);
  if (type !== "changed" && type !== "unchanged") {
    throw notDone(user, type);
  }
}

async function changeStatus(target: Target, user: User, status: UserEntry["status"]): Promise<void> {
  if (status === undefined || status === user.status) {
    return;
  }
  if (status === "disabled") {
    await disable(target, user);
    return;
  }
  const { type } = await target.domain.administration.users.enable(user, OPERATOR);
  if (type !== "enabled") {
    throw notDone(user, type);
  }
}

async function disable({ domain }: Target, user: User): Promise<void> {
  const { type } = await domain.administration.users.disable(user, OPERATOR);
  if (type !== "disabled") {
    throw notDone(user, type);
  }
}

async function prove({ domain }: Target, user: User): Promise<void> {
  const { type } = await domain.administration.users.proveMail(user, OPERATOR);
  if (type !== "proved") {
    throw notDone(user, type);
  }
}

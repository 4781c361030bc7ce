import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { limitReads } from "../../platform/database/limited-reads.ts";
import type { Role } from "../access/role.ts";
import type { User, UserFields } from "../users/user.ts";
import { foldUsername } from "../users/username.ts";

/** What a directory keeps of a user besides the account. */
export interface DirectoryDetails {
  /** The directory's own name for the user; unique in the office. */
  readonly externalId: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** A user as directories see them. */
export interface ProvisionedUser extends DirectoryDetails, UserFields, Pick<User, "id" | "version"> {
  /** Of the details; `version` is that of the account. */
  readonly detailsVersion: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

const FROM = `select u.id, u.username, u.name, u.mail, u.role, u.language, u.status, u.version,
    u.created_at as "createdAt", u.changed_at as "changedAt", d.external_id as "externalId", d.given_name as "givenName",
    d.family_name as "familyName", coalesce(d.version, 0) as "detailsVersion"
  from users u left join scim_users d on d.home = $home and d.user_id = u.id
  where u.home = $home and u.office_id = $1`;

const statements = {
  // Alone: a statement does not see what was committed while it waited for a lock.
  lock: {
    name: "provisioned_user_lock",
    text: "select from users where home = $home and office_id = $1 and id = $2 for no key update",
  },
  find: { name: "provisioned_user_find", text: `${FROM} and u.id = $2` },
  byUsername: { name: "provisioned_user_by_username", text: `${FROM} and u.username_key = $2` },
  byExternalId: {
    name: "provisioned_user_by_external_id",
    text: `${FROM} and u.id = (select e.user_id from scim_users e
             where e.home = $home and e.office_id = $1 and e.external_id = $2)`,
  },
  page: { name: "provisioned_user_page", text: `${FROM} order by u.username_key offset $2 limit $3` },
  after: {
    name: "provisioned_users_after",
    text: `${FROM} and ($2::text is null or u.username_key > $2) order by u.username_key limit $3`,
  },
  ofRole: {
    name: "provisioned_users_of_role",
    text: `${FROM} and u.role = $2 order by u.username_key`,
  },
  count: {
    name: "provisioned_user_count",
    text: "select count(*)::integer as number from users where home = $home and office_id = $1",
  },
  keep: {
    name: "scim_user_keep",
    text: `insert into scim_users as d (home, office_id, user_id, external_id, given_name, family_name)
           values ($home, $1, $2, $3, $4, $5)
           on conflict (home, user_id) do update set external_id = excluded.external_id, given_name = excluded.given_name,
             family_name = excluded.family_name, version = d.version + 1 where d.version = $6 returning version`,
  },
} as const satisfies Record<string, Statement>;

/** By what a user is found without looking at all of them. */
export type UserKey =
  | { readonly by: "id"; readonly id: string }
  | { readonly by: "username"; readonly username: string }
  | { readonly by: "externalId"; readonly externalId: string };

/** A read model of the users of one office with the details of its directory, which it also writes. */
export class ProvisionedUserStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null for an unknown user, and for one of another office. */
  async find(officeId: string, key: UserKey, tx: Queryable | null = null): Promise<ProvisionedUser | null> {
    const [statement, value] = searchOf(key);
    const read = (queryable: Queryable) => queryable.query<ProvisionedUser>(statement, [officeId, value]);
    const [found] = await (tx === null ? this.#database.inOffice(officeId, read) : read(tx));
    return found ?? null;
  }

  /** The same, and until the end of the transaction no other change of the user is made. */
  async findLocked(tx: Queryable, officeId: string, id: string): Promise<ProvisionedUser | null> {
    // Sent together, done one after the other.
    const [, found] = await Promise.all([
      tx.query(statements.lock, [officeId, id]),
      this.find(officeId, { by: "id", id }, tx),
    ]);
    return found;
  }

  /** A page in the order of usernames, and how many users there are. */
  async page(
    officeId: string,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly users: readonly ProvisionedUser[]; readonly total: number }> {
    return this.#database.inOffice(officeId, async (tx) => {
      const [, counted, users] = await Promise.all([
        limitReads(tx),
        tx.query<{ number: number }>(statements.count, [officeId]),
        tx.query<ProvisionedUser>(statements.page, [officeId, offset, limit]),
      ]);
      return { users, total: counted[0]?.number ?? 0 };
    });
  }

  /** At most `limit` users after this username. */
  after(officeId: string, username: string | null, limit: number): Promise<readonly ProvisionedUser[]> {
    const key = username === null ? null : foldUsername(username);
    return this.#database.inOffice(officeId, async (tx) => {
      const values = [officeId, key, limit];
      const [, users] = await Promise.all([
        limitReads(tx),
        tx.query<ProvisionedUser>(statements.after, values),
      ]);
      return users;
    });
  }

  /** The users of the office with this role. */
  ofRole(officeId: string, role: Role, tx: Queryable | null = null): Promise<readonly ProvisionedUser[]> {
    const read = (queryable: Queryable) =>
      queryable.query<ProvisionedUser>(statements.ofRole, [officeId, role]);
    return tx === null ? this.#database.inOffice(officeId, read) : read(tx);
  }

  /**
   * Returns false, and changes nothing, when the details are not those of `user` any more. Throws PostgreSQL's 23505 when another user of
   * the office has this external id.
   */
  async keep(
    tx: Queryable,
    user: Pick<ProvisionedUser, "id" | "detailsVersion"> & { readonly officeId: string },
    { externalId, givenName, familyName }: DirectoryDetails,
  ): Promise<boolean> {
    const { officeId, id, detailsVersion } = user;
    const values = [officeId, id, externalId, givenName, familyName, detailsVersion];
    return (await tx.query(statements.keep, values)).length === 1;
  }
}

function searchOf(key: UserKey): readonly [Statement, string] {
  switch (key.by) {
    case "id":
      return [statements.find, key.id];
    case "username":
      return [statements.byUsername, foldUsername(key.username)];
    case "externalId":
      return [statements.byExternalId, key.externalId];
  }
}

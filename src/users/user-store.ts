import type { Database, Queryable, Statement } from "../database/database.ts";
import type { Account, NewUser, User } from "./user.ts";
import { foldUsername } from "./username.ts";

interface Row {
  readonly id: string;
  readonly office_id: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly role: User["role"];
  readonly language: string | null;
  readonly status: User["status"];
  readonly version: number;
  readonly links_held_until: Date | null;
}

/** Somebody with a mail address, in an office that the query did not name. */
export interface MailOwner {
  readonly officeCode: string;
  readonly officeName: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string;
  readonly language: string;
}

const COLUMNS = "id, office_id, username, name, mail, role, language, status, version, links_held_until";

/** Tokens know whole seconds: what was issued in the second of a change must die with what is older. */
const nextSecond = (at: string) => `date_trunc('second', ${at}::timestamptz) + interval '1 second'`;

const statements = {
  account: { name: "account", text: "select find_account($1) as account" },
  find: { name: "user_by_id", text: `select ${COLUMNS} from users where id = $1` },
  findByUsername: { name: "user_by_username", text: `select ${COLUMNS} from users where username_key = $1` },
  findByMail: {
    name: "people_of_mail",
    text: `select office_code as "officeCode", office_name as "officeName", username, name, mail, language
           from find_people_of_mail($1)`,
  },
  list: { name: "user_list", text: `select ${COLUMNS} from users order by username_key limit $1` },
  addSubject: { name: "subject_add", text: "insert into subjects (id, office_id) values ($1, $2)" },
  add: {
    name: "user_add",
    text: `insert into users (id, office_id, username, username_key, name, mail, role, language, password_hash,
             password_changed_at, valid_from, created_at, changed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, date_trunc('second', $10::timestamptz), $10, $10)
           on conflict (office_id, username_key) do nothing returning id`,
  },
  changePassword: {
    name: "user_change_password",
    text: `update users set password_hash = $2, password_changed_at = $3, valid_from = ${nextSecond("$3")},
             changed_at = $3, password_expired = false where id = $1`,
  },
  // Within a sign-in, which must live on: only what is older than it ends.
  renewPassword: {
    name: "user_renew_password",
    text: `update users set password_hash = $2, password_changed_at = $3, changed_at = $3, password_expired = false,
             valid_from = greatest(valid_from, $4) where id = $1 and password_expired returning id`,
  },
  expirePassword: {
    name: "user_expire_password",
    text: `update users set password_expired = true, valid_from = ${nextSecond("$2")}, changed_at = $2 where id = $1`,
  },
  expireCommon: {
    name: "user_expire_common_password",
    text: "update users set password_expired = true where id = $1 and not password_expired returning id",
  },
  // Weaker than `for update`, which would wait for whoever adds a row that names this user.
  lock: { name: "user_lock", text: "select from users where id = $1 for no key update" },
  passwordHash: { name: "user_password_hash", text: "select password_hash from users where id = $1" },
  changeProfile: {
    name: "user_change_profile",
    text: "update users set name = $2, language = $3, changed_at = $4 where id = $1",
  },
  // What the new mailbox proves counts for nothing for two days: it has just been put there.
  changeMail: {
    name: "user_change_mail",
    text: `update users set mail = $2, mail_proved = $2, changed_at = $3,
             mailbox_hold_until = greatest(mailbox_hold_until, $3::timestamptz + interval '48 hours') where id = $1`,
  },
  restoreMail: {
    name: "user_restore_mail",
    text: `update users set mail = $2, mail_proved = $2, changed_at = $3, links_held_until = null
           where id = $1 and mail is distinct from $2 returning id`,
  },
  hold: {
    name: "user_hold",
    text: `select id from users where id = $1 and status = 'active' and valid_from <= to_timestamp($2) for no key update`,
  },
  endSessions: {
    name: "user_end_sessions",
    text: `update users set valid_from = ${nextSecond("$2")} where id = $1`,
  },
  rehash: {
    name: "user_rehash",
    text: "update users set password_hash = $2 where id = $1 and password_hash = $3",
  },
} as const satisfies Record<string, Statement>;

/** Users of the office that the transaction works for; row-level security refuses the rest. */
export class UserStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The account behind an OpenID `sub`, of whichever office; null when unknown. */
  async findAccount(id: string, queryable: Queryable = this.#database): Promise<Account | null> {
    const [row] = await queryable.query<{ account: Account | null }>(statements.account, [id]);
    return row?.account ?? null;
  }

  /** Somebody of the office that the transaction works for. */
  async find(tx: Queryable, id: string): Promise<User | null> {
    const [row] = await tx.query<Row>(statements.find, [id]);
    return row === undefined ? null : toUser(row);
  }

  async findByUsername(officeId: string, username: string): Promise<User | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Row>(statements.findByUsername, [foldUsername(username)]),
    );
    return rows[0] === undefined ? null : toUser(rows[0]);
  }

  /** The active people with this mail address, of all open offices; at most thirty. */
  findByMail(mail: string): Promise<MailOwner[]> {
    return this.#database.query<MailOwner>(statements.findByMail, [mail]);
  }

  async list(officeId: string, limit: number): Promise<User[]> {
    const rows = await this.#database.inOffice(officeId, (tx) => tx.query<Row>(statements.list, [limit]));
    return rows.map(toUser);
  }

  /** Answers whether the username was free in the office. */
  async add(tx: Queryable, user: NewUser & { id: string; officeId: string; passwordHash: string; at: Date }) {
    const { id, officeId, username, name, mail, role, language, passwordHash, at } = user;
    await tx.query(statements.addSubject, [id, officeId]);
    const rows = await tx.query(statements.add, [
      id,
      officeId,
      username,
      foldUsername(username),
      name,
      mail,
      role,
      language,
      passwordHash,
      at,
    ]);
    return rows.length === 1;
  }

  /** Ends every session and token of the user in the same moment. */
  async changePassword(tx: Queryable, id: string, passwordHash: string, at: Date): Promise<void> {
    await tx.query(statements.changePassword, [id, passwordHash, at]);
  }

  /** The password that an expired one makes way for; `since` is when this sign-in began. False: it was not expired. */
  async renewPassword(
    tx: Queryable,
    id: string,
    { passwordHash, at, since }: { passwordHash: string; at: Date; since: Date },
  ): Promise<boolean> {
    return (await tx.query(statements.renewPassword, [id, passwordHash, at, since])).length === 1;
  }

  /** The next sign-in ends with choosing a new password. Ends every session and token of the user. */
  async expirePassword(tx: Queryable, id: string, at: Date): Promise<void> {
    await tx.query(statements.expirePassword, [id, at]);
  }

  /** The same and nothing more, for a password that was right just now. Answers false when it was expired before. */
  async expireCommon(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(statements.expireCommon, [id])).length === 1;
  }

  /** Takes the user before the rows that belong to them, so that two changes wait for each other and never in a ring. */
  async lock(tx: Queryable, id: string): Promise<void> {
    await tx.query(statements.lock, [id]);
  }

  /** Null for somebody who does not exist. */
  async findPasswordHash(officeId: string, id: string): Promise<string | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<{ password_hash: string }>(statements.passwordHash, [id]),
    );
    return rows[0]?.password_hash ?? null;
  }

  /** What somebody may change about themselves without proving anything else. */
  async changeProfile(
    tx: Queryable,
    id: string,
    { name, language, at }: { name: string; language: string | null; at: Date },
  ): Promise<void> {
    await tx.query(statements.changeProfile, [id, name, language, at]);
  }

  /**
   * Holds every other change of this user up until the transaction ends. Answers false when what began then (seconds
   * since 1970) has been ended meanwhile: by a reset, a new password, or because the user was disabled.
   */
  async hold(tx: Queryable, id: string, since: number): Promise<boolean> {
    return (await tx.query(statements.hold, [id, since])).length === 1;
  }

  /** An address whose owner has opened a link of ours. */
  async changeMail(tx: Queryable, id: string, { mail, at }: { mail: string; at: Date }): Promise<void> {
    await tx.query(statements.changeMail, [id, mail, at]);
  }

  /** Brings an address back; answers false when it is the account's anyway. */
  async restoreMail(tx: Queryable, id: string, { mail, at }: { mail: string; at: Date }): Promise<boolean> {
    return (await tx.query(statements.restoreMail, [id, mail, at])).length === 1;
  }

  /** Ends every session and token of the user. */
  async endSessions(tx: Queryable, id: string, at: Date): Promise<void> {
    await tx.query(statements.endSessions, [id, at]);
  }

  /** Stores the same password under stronger parameters, unless it was changed meanwhile. */
  async rehash(tx: Queryable, id: string, hashes: { before: string; after: string }): Promise<void> {
    await tx.query(statements.rehash, [id, hashes.after, hashes.before]);
  }
}

function toUser({ office_id: officeId, links_held_until: linksHeldUntil, ...row }: Row): User {
  return { ...row, officeId, linksHeldUntil };
}

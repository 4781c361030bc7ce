import type { Database, Queryable } from "../../platform/database/database.ts";
import { homeOf } from "../../kernel/home.ts";
import type { OfficeJson } from "../offices/office-store.ts";
import type { Account, NewUser, OwnProfile, User, UserFields } from "./user.ts";
import { STATEMENTS } from "./user-statements.ts";
import { isStillProved, type Ends, type ProofAge } from "./still-proved.ts";
import { foldUsername } from "./username.ts";

interface Row extends UserFields {
  readonly id: string;
  readonly office_id: string;
  readonly version: number;
  readonly links_held_until: Date | null;
  readonly led_until: Date | null;
  readonly is_mail_proved: boolean;
  readonly mail_proved_at: Date | null;
}

interface WithOffice extends Row {
  readonly office: OfficeJson | null;
}

/** A user with a mail address, in an office that the query did not name. */
export interface MailOwner {
  readonly officeCode: string;
  readonly officeName: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string;
  readonly language: string;
}

/** Users of the transaction's office; row-level security hides the rest. */
export class UserStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The account behind an OpenID `sub`, in any office; null when unknown. */
  async findAccount(id: string, queryable: Queryable = this.#database): Promise<Account | null> {
    const [row] = await queryable.query<{ account: Account | null }>(STATEMENTS.account, [homeOf(id), id]);
    return row?.account ?? null;
  }

  /** A user of the transaction's office. */
  async find(tx: Queryable, id: string): Promise<User | null> {
    const [row] = await tx.query<Row>(STATEMENTS.find, [id]);
    return row === undefined ? null : toUser(row);
  }

  /** A user of an office with it, as JSON, in one statement; null when one of them is unknown. */
  async findWithOffice(
    officeId: string,
    id: string,
  ): Promise<{ readonly user: User; readonly office: OfficeJson } | null> {
    const values = [homeOf(officeId), officeId, id];
    const [found] = await this.#database.query<WithOffice>(STATEMENTS.findWithOffice, values);
    if (found === undefined) {
      return null;
    }
    const { office, ...row } = found;
    return office === null ? null : { user: toUser(row), office };
  }

  async findByUsername(officeId: string, username: string): Promise<User | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Row>(STATEMENTS.findByUsername, [foldUsername(username)]),
    );
    return rows[0] === undefined ? null : toUser(rows[0]);
  }

  /** The one user of the office with these words in name, username or address; null for none or several. */
  async findOnly(officeId: string, words: string): Promise<User | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Row>(STATEMENTS.findByWords, [words]),
    );
    return rows[0] === undefined || rows.length > 1 ? null : toUser(rows[0]);
  }

  /** The active users with this mail address, in all open offices; at most thirty. */
  findByMail(mail: string): Promise<MailOwner[]> {
    return this.#database.query<MailOwner>(STATEMENTS.findByMail, [mail]);
  }

  async list(officeId: string, limit: number): Promise<User[]> {
    const rows = await this.#database.inOffice(officeId, (tx) => tx.query<Row>(STATEMENTS.list, [limit]));
    return rows.map(toUser);
  }

  /** Returns whether the username was free in the office. */
  async add(
    tx: Queryable,
    user: NewUser & {
      id: string;
      officeId: string;
      passwordHash: string;
      /** Whether the first sign-in ends with choosing another password. */
      isPasswordExpired: boolean;
      at: Date;
    },
  ) {
    const { id, officeId, username, name, mail, role, language, passwordHash, isPasswordExpired, at } = user;
    await tx.query(STATEMENTS.addSubject, [id, officeId]);
    const rows = await tx.query(STATEMENTS.add, [
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
      isPasswordExpired,
    ]);
    return rows.length === 1;
  }

  /** Ends every session and token of the user at the same time. */
  async changePassword(tx: Queryable, id: string, passwordHash: string, at: Date): Promise<void> {
    await tx.query(STATEMENTS.changePassword, [id, passwordHash, at]);
  }

  /** Replaces an expired password; what was proved before `since` ends. False: it was not expired. */
  async renewPassword(
    tx: Queryable,
    id: string,
    { passwordHash, at, since }: { passwordHash: string; at: Date; since: Date },
  ): Promise<boolean> {
    const values = [id, passwordHash, at, since];
    return (await tx.query(STATEMENTS.renewPassword, values)).length === 1;
  }

  /** The next sign-in ends with choosing a new password. Ends every session and token of the user. */
  async expirePassword(tx: Queryable, id: string, at: Date): Promise<void> {
    await tx.query(STATEMENTS.expirePassword, [id, at]);
  }

  /** Only expires it, for a password that was correct just now. Returns false when it was already expired. */
  async expireCommon(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(STATEMENTS.expireCommon, [id])).length === 1;
  }

  /** Locks the user before the rows that belong to them, so that two changes wait for each other and never deadlock. */
  async lock(tx: Queryable, id: string): Promise<void> {
    await tx.query(STATEMENTS.lock, [id]);
  }

  /** Null for a user who does not exist. */
  async findPasswordHash(officeId: string, id: string): Promise<string | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<{ password_hash: string }>(STATEMENTS.passwordHash, [id]),
    );
    return rows[0]?.password_hash ?? null;
  }

  /** What users may change about themselves without another proof. */
  async changeProfile(
    tx: Queryable,
    id: string,
    { name, language, timeZone, at }: OwnProfile & { readonly at: Date },
  ): Promise<boolean> {
    return (await tx.query(STATEMENTS.changeProfile, [id, name, language, at, timeZone])).length === 1;
  }

  /**
   * Blocks every other change of this user until the transaction ends. Returns false when the session that wants the change has
   * ended in the meantime: by a reset, a new password, another session that ended it, or because the user was disabled.
   */
  async hold(tx: Queryable, id: string, proof: ProofAge): Promise<boolean> {
    const [ends] = await tx.query<Ends>(STATEMENTS.hold, [id]);
    return ends !== undefined && isStillProved(ends, proof);
  }

  /** An address whose owner has opened a link sent to it. */
  async changeMail(tx: Queryable, id: string, { mail, at }: { mail: string; at: Date }): Promise<void> {
    await tx.query(STATEMENTS.changeMail, [id, mail, at]);
  }

  /** Restores an address, which is proved if it was before; returns false when the account already has it. */
  async restoreMail(
    tx: Queryable,
    id: string,
    { mail, isProved, at }: { mail: string; isProved: boolean; at: Date },
  ): Promise<boolean> {
    return (await tx.query(STATEMENTS.restoreMail, [id, mail, at, isProved])).length === 1;
  }

  /** Ends every session and token of the user. Returns the number of sessions. */
  async endSessions(tx: Queryable, id: string, at: Date): Promise<number> {
    const [row] = await tx.query<{ ended: number }>(STATEMENTS.endSessions, [id, at]);
    return row?.ended ?? 0;
  }

  /** Stores the same password under stronger parameters, unless it was changed in the meantime. */
  async rehash(tx: Queryable, id: string, hashes: { before: string; after: string }): Promise<void> {
    await tx.query(STATEMENTS.rehash, [id, hashes.after, hashes.before]);
  }
}

function toUser(row: Row): User {
  const { office_id: officeId, links_held_until: linksHeldUntil, led_until: ledUntil, ...others } = row;
  const { is_mail_proved: isMailProved, mail_proved_at: mailProvedAt, ...rest } = others;
  return { ...rest, officeId, linksHeldUntil, ledUntil, isMailProved, mailProvedAt };
}

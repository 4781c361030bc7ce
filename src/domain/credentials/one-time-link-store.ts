import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { minutesAfter, secondsAfter } from "../../kernel/clock.ts";
import type { KeyedHash, Secret } from "../../kernel/secret.ts";
import {
  LINK_PURPOSES,
  newLinkToken,
  officeOfToken,
  type LinkData,
  type LinkPurpose,
  type OneTimeLink,
} from "./one-time-link.ts";

/** A link to make. */
export interface NewLink {
  readonly purpose: LinkPurpose;
  readonly officeId: string;
  readonly userId: string;
  readonly at: Date;
  /** Overrides the lifetime of its purpose. */
  readonly minutes?: number | undefined;
  readonly data?: LinkData;
  /** Names the form that asks for it; see `isJustMade`. */
  readonly form?: string | null | undefined;
}

/** A link for a statement that writes more than the link; the hash is in hex. */
export interface LinkRow {
  readonly hash: string;
  readonly data: LinkData;
  readonly until: Date;
}

/** A link as the browser sends it. */
export interface SubmittedLink {
  readonly purpose: LinkPurpose;
  readonly token: string;
  readonly now: Date;
}

/** A link as the form of its page sends it. */
export interface LinkForm extends SubmittedLink {
  /** Names this form in this browser, or its user; without it, nothing is kept. Only its hash is stored. */
  readonly form: string | null;
}

/** For how long the form of a spent link gets its answer once more, such as after a double click. */
const ANSWER_SECONDS = 30;

/** For how long a form that asks for a link is the same one. As long as in `MailThrottle`, or a second mail would slip between the two. */
const SAME_FORM_SECONDS = 60;

interface Row {
  readonly user_id: string;
  readonly data: LinkData;
}

const statements = {
  // Selects from users, so that the same statement does nothing for a user who does not exist. Where only the newest link
  // counts, it takes over the row of the older one: two requests at the same time leave one link, not two.
  make: {
    name: "one_time_link_make",
    text: `
      insert into one_time_links (home, hash, office_id, user_id, purpose, newest_only, data, made_at, ends_at)
      select u.home, $1, u.office_id, u.id, $3, $4, $5, $6, $7 from users u where u.home = $home and u.id = $2
      on conflict (home, user_id, purpose) where newest_only do update set hash = excluded.hash, data = excluded.data,
        made_at = excluded.made_at, ends_at = excluded.ends_at, spent_at = null`,
  },
  forget: {
    name: "one_time_link_forget",
    text: "delete from one_time_links where home = $home and user_id = $1 and not newest_only and ends_at <= now()",
  },
  find: {
    name: "one_time_link_find",
    text: "select user_id, data from one_time_links where home = $home and hash = $1 and spent_at is null and ends_at > $2",
  },
  // The one statement that spends a link. No row: it was used, has expired, or never existed.
  spend: {
    name: "one_time_link_spend",
    text: `update one_time_links set spent_at = $2
           where home = $home and hash = $1 and spent_at is null and ends_at > $2 returning user_id, data`,
  },
  // Links that only cancel stay valid: an attacker who reads the mailbox must not be able to take them from the owner. One
  // that is spent has no power, and remembers what its form was answered.
  voidAll: {
    name: "one_time_link_void_all",
    text: "delete from one_time_links where home = $home and user_id = $1 and purpose <> 'not-me' and spent_at is null",
  },
  queue: {
    name: "one_time_link_queue",
    text: "select pg_advisory_xact_lock(hashtext('one-time link'), hashtext($1))",
  },
  keepAnswer: {
    name: "one_time_link_keep_answer",
    text: "update one_time_links set data = data || $2 where home = $home and hash = $1",
  },
  justMade: {
    name: "one_time_link_just_made",
    text: `select from one_time_links where home = $home and user_id = $1 and purpose = $2 and made_at > $3
             and spent_at is null and data ->> 'form' = $4`,
  },
  findAnswer: {
    name: "one_time_link_find_answer",
    text: `select user_id, data from one_time_links
           where home = $home and hash = $1 and spent_at > $2 and data ->> 'answered' = $3`,
  },
} as const satisfies Record<string, Statement>;

/** Single-use links, for every purpose. A copy of the table contains no usable link. */
export class OneTimeLinkStore {
  readonly #database: Database;
  readonly #hash: KeyedHash;

  constructor(database: Database, hash: KeyedHash) {
    this.#database = database;
    this.#hash = hash;
  }

  /** In a transaction of the user's office. Returns the token, which only the user may see. */
  async make(tx: Queryable, link: NewLink): Promise<Secret> {
    const { purpose, officeId, userId, at, form = null } = link;
    const data = { ...link.data, ...(form === null ? {} : { form: this.#formOf(form) }) };
    const { minutes, newestOnly } = LINK_PURPOSES[purpose];
    const token = newLinkToken(officeId);
    await tx.query(statements.forget, [userId]);
    await tx.query(statements.make, [
      this.#hashOf(purpose, officeId, token.reveal()),
      userId,
      purpose,
      newestOnly,
      JSON.stringify(data),
      at,
      minutesAfter(at, link.minutes ?? minutes),
    ]);
    return token;
  }

  /** Waits for others who ask in the same name, known or not: for a user alone they would wait for the row. */
  async queue(tx: Queryable, name: string): Promise<void> {
    await tx.query(statements.queue, [name]);
  }

  /**
   * Whether this very form has made the user's link a moment ago: another one would leave a mail with a dead link. In a transaction that
   * has locked the user, so that two of the same moment wait for each other.
   */
  async isJustMade(tx: Queryable, { userId, purpose, at, form = null }: NewLink): Promise<boolean> {
    const since = secondsAfter(at, -SAME_FORM_SECONDS);
    const values = [userId, purpose, since, form === null ? null : this.#formOf(form)];
    return (await tx.query(statements.justMade, values)).length > 0;
  }

  /** The token, and the row that a statement has to write. */
  prepare({ purpose, officeId, at, data = {} }: Omit<NewLink, "userId" | "minutes">): {
    readonly token: Secret;
    readonly row: LinkRow;
  } {
    const token = newLinkToken(officeId);
    const hash = this.#hashOf(purpose, officeId, token.reveal()).toString("hex");
    return { token, row: { hash, data, until: minutesAfter(at, LINK_PURPOSES[purpose].minutes) } };
  }

  /** The link if it is valid now; changes nothing. Null for every other link, whatever the reason. */
  async find({ purpose, token, now }: SubmittedLink): Promise<OneTimeLink | null> {
    const officeId = officeOfToken(token);
    if (officeId === null) {
      return null;
    }
    const hash = this.#hashOf(purpose, officeId, token);
    return this.#database.inOffice(officeId, async (tx) =>
      toLink(officeId, await tx.query<Row>(statements.find, [hash, now])),
    );
  }

  /** Spends the link in a transaction of its office (`officeOfToken`); null when it is no longer valid. */
  async spend(tx: Queryable, { purpose, token, now }: SubmittedLink): Promise<OneTimeLink | null> {
    const officeId = officeOfToken(token);
    if (officeId === null) {
      return null;
    }
    const hash = this.#hashOf(purpose, officeId, token);
    return toLink(officeId, await tx.query<Row>(statements.spend, [hash, now]));
  }

  /**
   * Keeps what the form is answered that has spent this link, in the same transaction. Beside what it was made with: those that were used
   * are counted, and the form that has asked for a link is none that was answered.
   */
  async keepAnswer(tx: Queryable, { form, ...link }: LinkForm, answer: LinkData): Promise<void> {
    const officeId = officeOfToken(link.token);
    if (officeId === null || form === null) {
      return;
    }
    const data = JSON.stringify({ ...answer, answered: this.#formOf(form) });
    await tx.query(statements.keepAnswer, [this.#hashOf(link.purpose, officeId, link.token), data]);
  }

  /** What was kept for this very form, which comes once more; null for any other form of the link, and half a minute later. */
  async findAnswer({ purpose, token, form, now }: LinkForm): Promise<OneTimeLink | null> {
    const officeId = officeOfToken(token);
    if (officeId === null || form === null) {
      return null;
    }
    const values = [
      this.#hashOf(purpose, officeId, token),
      secondsAfter(now, -ANSWER_SECONDS),
      this.#formOf(form),
    ];
    return this.#database.inOffice(officeId, async (tx) =>
      toLink(officeId, await tx.query<Row>(statements.findAnswer, values)),
    );
  }

  /** Ends every link of a user that can do more than cancel. In a transaction of the user's office. */
  async voidAll(tx: Queryable, userId: string): Promise<void> {
    await tx.query(statements.voidAll, [userId]);
  }

  #formOf(form: string): string {
    return this.#hash(`form of a one-time link ${form}`).toString("base64url");
  }

  #hashOf(purpose: LinkPurpose, officeId: string, token: string): Buffer {
    return this.#hash(`one-time link ${purpose} ${officeId} ${token}`);
  }
}

const toLink = (officeId: string, [row]: readonly Row[]): OneTimeLink | null =>
  row === undefined ? null : { officeId, userId: row.user_id, data: row.data };

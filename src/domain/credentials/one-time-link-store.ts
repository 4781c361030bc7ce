import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { minutesAfter } from "../../kernel/clock.ts";
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
  // Links that only cancel stay valid: an attacker who reads the mailbox must not be able to take them from the owner.
  voidAll: {
    name: "one_time_link_void_all",
    text: "delete from one_time_links where home = $home and user_id = $1 and purpose <> 'not-me'",
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
    const { purpose, officeId, userId, at, data = {} } = link;
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

  /** Ends every link of a user that can do more than cancel. In a transaction of the user's office. */
  async voidAll(tx: Queryable, userId: string): Promise<void> {
    await tx.query(statements.voidAll, [userId]);
  }

  #hashOf(purpose: LinkPurpose, officeId: string, token: string): Buffer {
    return this.#hash(`one-time link ${purpose} ${officeId} ${token}`);
  }
}

const toLink = (officeId: string, [row]: readonly Row[]): OneTimeLink | null =>
  row === undefined ? null : { officeId, userId: row.user_id, data: row.data };

import { createHash } from "node:crypto";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { MOST_WEBHOOKS, type Webhook, type WebhookDraft } from "./webhook.ts";

/** A webhook's id, with the office whose it is. */
export type WebhookRef = Pick<Webhook, "id" | "officeId">;

const MARK_BYTES = 9;

/** The `mark` of a webhook whose secrets are sealed so. */
export const markOf = (sealed: Buffer): string =>
  createHash("sha256").update(sealed).digest().subarray(0, MARK_BYTES).toString("hex");

const COLUMNS = `id::text, office_id::text as "officeId", name, url, types, state, failing_since as "failingSince",
  created_at as "createdAt", encode(substring(sha256(sealed) for ${String(MARK_BYTES)}), 'hex') as mark`;
/** Row-level security says whose; the condition lets the index say it too. */
const OWN = "office_id is not distinct from vestibule_office()";
const ONE = `${OWN} and id = $1`;

const statements = {
  list: {
    name: "webhook_list",
    text: `select ${COLUMNS} from webhooks where home = $home and ${OWN} order by name, id`,
  },
  find: { name: "webhook_find", text: `select ${COLUMNS} from webhooks where home = $home and ${ONE}` },
  // Begins at the end of the log: what happened before it was asked for is sent by a replay.
  add: {
    name: "webhook_add",
    text: `insert into webhooks (home, id, office_id, name, url, types, sealed, position, created_at)
           select $home, $1, vestibule_office(), $2, $3, $4, $5, coalesce((select c.position from audit_chains c
             where c.home = $home and c.chain = vestibule_chain()), 0), $6
           where (select count(*) from webhooks where home = $home and ${OWN}) < ${String(MOST_WEBHOOKS)}
           on conflict (home, id) do nothing returning ${COLUMNS}`,
  },
  lock: {
    name: "webhook_lock",
    text: `select ${COLUMNS} from webhooks where home = $home and ${ONE} for update`,
  },
  change: {
    name: "webhook_change",
    text: `update webhooks set name = $2, url = $3, types = $4, state = $5 where home = $home and ${ONE}`,
  },
  tryAtOnce: {
    name: "webhook_try_at_once",
    text: `update webhooks set failing_since = null, paused_until = null, due_at = now() where home = $home and ${ONE}`,
  },
  hurry: {
    name: "webhook_hurry",
    text: `update webhook_deliveries set due_at = now(), added_at = now(), attempts = 0
           where home = $home and webhook_id = $1 and state = 'waiting'`,
  },
  remove: { name: "webhook_remove", text: `delete from webhooks where home = $home and ${ONE} returning id` },
  findSealed: {
    name: "webhook_find_sealed",
    text: `select sealed from webhooks where home = $home and ${ONE} for update`,
  },
  changeSealed: {
    name: "webhook_change_sealed",
    text: `update webhooks set sealed = $2 where home = $home and ${ONE}`,
  },
  replay: {
    name: "webhook_replay",
    text: `update webhooks set position = $2, due_at = now() where home = $home and ${ONE} and position > $2`,
  },
  sealedByOld: {
    name: "webhook_sealed_by_old",
    text: `select id::text, sealed from webhooks where home = $home and ${OWN} and substring(sealed from 1 for 4) <> $1 order by id limit $2`,
  },
  // Only if unchanged: a secret that was made in the meantime has the current key.
  replaceSealed: {
    name: "webhook_replace_sealed",
    text: `update webhooks set sealed = $3 where home = $home and ${ONE} and sealed = $2`,
  },
} as const satisfies Record<string, Statement>;

/** Webhooks of an office, or of none. Everything runs in a transaction of that office. */
export class WebhookStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A transaction of the office, or of what belongs to none. */
  inOfficeOf<T>(officeId: string | null, work: (tx: Queryable) => Promise<T>): Promise<T> {
    return officeId === null ? this.#database.transaction(work) : this.#database.inOffice(officeId, work);
  }

  list(officeId: string | null): Promise<Webhook[]> {
    return this.inOfficeOf(officeId, (tx) => tx.query<Webhook>(statements.list));
  }

  async find({ id, officeId }: WebhookRef): Promise<Webhook | null> {
    const [found] = await this.inOfficeOf(officeId, (tx) => tx.query<Webhook>(statements.find, [id]));
    return found ?? null;
  }

  /** Null when it is there already, or the office has as many as it may have. */
  async add(
    tx: Queryable,
    { name, url, types }: WebhookDraft,
    made: { readonly id: string; readonly sealed: Buffer; readonly at: Date },
  ): Promise<Webhook | null> {
    const values = [made.id, name, url, types, made.sealed, made.at];
    return (await tx.query<Webhook>(statements.add, values))[0] ?? null;
  }

  /** No other transaction changes it until the end of the transaction. Null when it was deleted. */
  async lock(tx: Queryable, id: string): Promise<Webhook | null> {
    return (await tx.query<Webhook>(statements.lock, [id]))[0] ?? null;
  }

  /** Writes one that is locked. */
  async change(tx: Queryable, { id, name, url, types, state }: Webhook): Promise<void> {
    await tx.query(statements.change, [id, name, url, types, state]);
  }

  /** Tries what waits at once, as if nothing had failed; it goes on where it was. For one that is locked. */
  async tryAtOnce(tx: Queryable, id: string): Promise<void> {
    await tx.query(statements.tryAtOnce, [id]);
    await tx.query(statements.hurry, [id]);
  }

  async remove(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(statements.remove, [id])).length === 1;
  }

  /** Locks the webhook until the end of the transaction. */
  async findSealed(tx: Queryable, id: string): Promise<Buffer | null> {
    return (await tx.query<{ sealed: Buffer }>(statements.findSealed, [id]))[0]?.sealed ?? null;
  }

  async changeSealed(tx: Queryable, id: string, sealed: Buffer): Promise<void> {
    await tx.query(statements.changeSealed, [id, sealed]);
  }

  /** Reads the chain from this position on again. */
  async replay(tx: Queryable, id: string, position: number): Promise<void> {
    await tx.query(statements.replay, [id, position]);
  }

  findSealedByOld(
    officeId: string | null,
    mark: Buffer,
    limit: number,
  ): Promise<{ id: string; sealed: Buffer }[]> {
    return this.inOfficeOf(officeId, (tx) => tx.query(statements.sealedByOld, [mark, limit]));
  }

  async replaceSealed(
    { id, officeId }: WebhookRef,
    { before, after }: { before: Buffer; after: Buffer },
  ): Promise<void> {
    await this.inOfficeOf(officeId, (tx) => tx.query(statements.replaceSealed, [id, before, after]));
  }
}

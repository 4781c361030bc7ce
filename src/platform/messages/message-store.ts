import { homeOf } from "../../kernel/home.ts";
import type { Database, Queryable, Statement } from "../database/database.ts";
import type { Channel, MessageState } from "./message.ts";
import type { MessageRef } from "./message-jobs.ts";

/** A message that only this process may send. */
export interface Claim {
  readonly sealed: Buffer;
  readonly until: Date;
  /** Attempts, including this one. */
  readonly attempts: number;
}

/** A message that another process has claimed (`dueAt` null), or that is due later. */
export interface ClaimedOrLater {
  readonly channel: Channel;
  readonly dueAt: Date | null;
}

export type FinalState = Exclude<MessageState, "waiting">;

const RETURNING = `returning sealed_content as sealed, until, attempts`;

const statements = {
  add: { name: "message_add", text: "select add_message($home, $1, $2, $3)" },
  claim: {
    name: "message_claim",
    text: `update messages set state = 'sending', claimed_at = $2, attempts = attempts + 1
           where home = $home and id = $1 and ((state = 'waiting' and due_at <= $2) or (state = 'sending' and channel = 'mail' and claimed_at <= $3))
           ${RETURNING}`,
  },
  // Only this process's claim: after a takeover the number of attempts is higher.
  renew: {
    name: "message_renew",
    text: "update messages set claimed_at = $2 where home = $home and id = $1 and state = 'sending' and attempts = $3",
  },
  markUnknown: {
    name: "message_give_up",
    text: `update messages set state = 'unknown', state_at = $2, sealed_content = null, reason = 'process ended'
           where home = $home and id = $1 and state = 'sending' and channel = 'sms' and claimed_at <= $3`,
  },
  dueAt: {
    name: "message_due",
    text: `select channel, case state when 'waiting' then due_at end as "dueAt" from messages
           where home = $home and id = $1 and state in ('waiting', 'sending')`,
  },
  finish: {
    name: "message_settle",
    text: `with entry as (
             update message_directory set provider_id = $5 where home = $home and id = $1 and $5::text is not null
           )
           update messages set state = $2, state_at = $3, reason = $4, sealed_content = null
           where home = $home and id = $1 and state = 'sending'`,
  },
  postpone: {
    name: "message_postpone",
    text: `update messages set state = 'waiting', state_at = $2, reason = $3, due_at = $4, claimed_at = null
           where home = $home and id = $1 and state = 'sending' returning id`,
  },
  // Asks all homes: a receipt may name the provider's id alone.
  refOf: {
    name: "message_ref",
    text: `select id, office_id as "officeId" from message_directory
           where (home = $3 and id = $1) or provider_id = $2 order by id = $1 desc limit 1`,
  },
  receive: {
    name: "message_receive",
    text: `update messages set state = $2, state_at = $3, sealed_content = null
           where home = $home and id = $1 and channel = 'sms' and (state in ('sending', 'unknown')
             or (state = 'sent' and $2 <> 'sent') or (state <> 'delivered' and $2 = 'delivered'))`,
  },
  sealedByOld: {
    name: "message_sealed_by_old",
    text: `select id, sealed_content as sealed from messages
           where home = $home and sealed_content is not null and substring(sealed_content from 1 for 4) <> $1 order by id limit $2`,
  },
  // Only if unchanged: a message that was sent in the meantime has no content any more.
  replaceSealed: {
    name: "message_replace_sealed",
    text: "update messages set sealed_content = $3 where home = $home and id = $1 and sealed_content = $2",
  },
  // Also one that is being sent now: what a provider has got is gone, but it is not tried again.
  findWaiting: {
    name: "messages_with_content",
    text: `select id, sealed_content as sealed from messages
           where home = $home and sealed_content is not null and id > $1 order by id limit $2`,
  },
  withdraw: {
    name: "messages_withdraw",
    text: `update messages set state = 'expired', state_at = $2, reason = 'withdrawn', sealed_content = null
           where home = $home and id = any($1) and sealed_content is not null`,
  },
  // Asks all homes: removes what is old.
  past: {
    name: "message_directory_past",
    text: `select id, office_id as "officeId" from message_directory where made_at < now() - make_interval(days => $1) order by made_at limit $2`,
  },
  remove: {
    name: "message_forget",
    text: "delete from messages where home = $home and id = any($1)",
  },
  removeEntries: {
    name: "message_directory_forget",
    text: "delete from message_directory where home = $home and id = any($1)",
  },
} as const satisfies Record<string, Statement>;

/** Messages. Each state is reached by one conditional update; without a row, another process was faster. */
export class MessageStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs a transaction in the message's office. */
  inOfficeOf<T>({ officeId }: MessageRef, work: (tx: Queryable) => Promise<T>): Promise<T> {
    return officeId === null ? this.#database.transaction(work) : this.#database.inOffice(officeId, work);
  }

  /** `json`: as `add_message` of the database reads it. */
  async add(tx: Queryable, officeId: string | null, { json, at }: { json: string; at: Date }): Promise<void> {
    await tx.query(statements.add, [officeId, at, json]);
  }

  /**
   * `deadBefore`: claims of that time or earlier are stale. A mail with a stale claim is claimed again. A text message becomes
   * "unknown" instead, because a second one would be a second code. "over": nothing to do.
   */
  claim(
    ref: MessageRef,
    { now, deadBefore }: { now: Date; deadBefore: Date },
  ): Promise<Claim | ClaimedOrLater | "over"> {
    return this.inOfficeOf(ref, async (tx) => {
      const [claim] = await tx.query<Claim>(statements.claim, [ref.id, now, deadBefore]);
      if (claim !== undefined) {
        return claim;
      }
      await tx.query(statements.markUnknown, [ref.id, now, deadBefore]);
      const [open] = await tx.query<ClaimedOrLater>(statements.dueAt, [ref.id]);
      return open ?? "over";
    });
  }

  /** Renews a claim, while the process that holds it still works on the message. */
  async renew(ref: MessageRef, { attempts }: Claim, now: Date): Promise<void> {
    await this.inOfficeOf(ref, (tx) => tx.query(statements.renew, [ref.id, now, attempts]));
  }

  async finish(
    ref: MessageRef,
    end: { state: FinalState; at: Date; reason: string | null; providerId: string | null },
  ) {
    const { state, at, reason, providerId } = end;
    await this.inOfficeOf(ref, (tx) => tx.query(statements.finish, [ref.id, state, at, reason, providerId]));
  }

  /** Returns whether the message waits again. It does not when a receipt has arrived first. */
  async postpone(
    tx: Queryable,
    ref: MessageRef,
    next: { at: Date; reason: string; dueAt: Date },
  ): Promise<boolean> {
    const values = [ref.id, next.at, next.reason, next.dueAt];
    return (await tx.query(statements.postpone, values)).length > 0;
  }

  /** Looks up our own id first, then the provider's. */
  async findRef(id: string | null, providerId: string | null): Promise<MessageRef | null> {
    const [ref] = await this.#database.query<MessageRef>(statements.refOf, [
      id,
      providerId,
      homeOf(id ?? ""),
    ]);
    return ref ?? null;
  }

  /** Records the state from a receipt. Receipts come in any order: a delivered message stays delivered. */
  async receive(ref: MessageRef, state: FinalState, at: Date): Promise<void> {
    await this.inOfficeOf(ref, (tx) => tx.query(statements.receive, [ref.id, state, at]));
  }

  /** Unsent messages that are sealed with an older data key; at most `limit`. */
  findSealedByOld(
    officeId: string | null,
    mark: Buffer,
    limit: number,
  ): Promise<{ id: string; sealed: Buffer }[]> {
    return this.inOfficeOf({ id: "", officeId }, (tx) => tx.query(statements.sealedByOld, [mark, limit]));
  }

  /** Messages of the transaction's office that still have their content, by id; at most `limit`. */
  findWaiting(tx: Queryable, after: string, limit: number): Promise<{ id: string; sealed: Buffer }[]> {
    return tx.query(statements.findWaiting, [after, limit]);
  }

  /** Deletes the content of messages, which are never sent then. */
  async withdraw(tx: Queryable, ids: readonly string[], at: Date): Promise<void> {
    if (ids.length > 0) {
      await tx.query(statements.withdraw, [ids, at]);
    }
  }

  /** Replaces the content if it is unchanged since it was read. */
  async replaceSealed(ref: MessageRef, { before, after }: { before: Buffer; after: Buffer }): Promise<void> {
    await this.inOfficeOf(ref, (tx) => tx.query(statements.replaceSealed, [ref.id, before, after]));
  }

  /** Deletes at most `limit` messages that are older than `days`. */
  async purge(days: number, limit: number): Promise<void> {
    const past = await this.#database.query<MessageRef>(statements.past, [days, limit]);
    for (const [officeId, refs] of Map.groupBy(past, (ref) => ref.officeId)) {
      const ids = refs.map(({ id }) => id);
      // Deletes the directory's rows last, so that an interrupted purge finds the messages again.
      await this.inOfficeOf({ id: "", officeId }, async (tx) => {
        await tx.query(statements.remove, [ids]);
        await tx.query(statements.removeEntries, [ids]);
      });
    }
  }
}

import { z } from "zod";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { UNMARKED, type Presence } from "../../platform/database/presence.ts";
import type { ClaimedJob, RunJob } from "../../platform/jobs/job-store.ts";
import type { JobSource } from "../../platform/jobs/queue-work.ts";
import type { WebhookRef } from "./webhook-store.ts";

/** A webhook that this process may serve until its claim ends. */
export const turnSchema = z.object({
  ...{ id: z.uuid(), officeId: z.uuid().nullable(), claim: z.int() },
  /** The mark of this process when it claimed; null: it had none. */
  worker: z.int().nullable(),
});
export type WebhookTurn = z.output<typeof turnSchema>;

/** What a turn needs of its webhook. */
export interface TurnState {
  readonly url: string;
  readonly types: readonly string[];
  readonly sealed: Buffer;
  readonly position: number;
  /** Whether nothing has succeeded since the last failure. */
  readonly isFailing: boolean;
}

const OWN = "id = $1 and claim = $2";

const statements = {
  dueLanes: { name: "webhook_due_lanes", text: "select lane from due_webhook_lanes()" },
  claim: {
    name: "webhook_claim",
    text: `select home::integer, id::text, json_build_object('id', id, 'officeId', office_id, 'claim', claim, 'worker', $4::integer) as data, 1 as attempts
           from claim_webhooks($1, $2, $3, $4)`,
  },
  // By a function: the claims are of many offices.
  renew: {
    name: "webhook_renew",
    text: "select renew_webhooks($1::smallint[], $2::uuid[], $3::integer[], $4, $5)",
  },
  // Locked before its deliveries, in the order of those who change or delete it.
  begin: {
    name: "webhook_turn_begin",
    text: `select url, types, sealed, position::float8, failing_since is not null as "isFailing" from webhooks where home = $home and ${OWN} and state = 'on' for no key update`,
  },
  advance: {
    name: "webhook_turn_advance",
    text: `update webhooks set position = $3 where home = $home and ${OWN} and position = $4`,
  },
  succeeded: {
    name: "webhook_turn_succeeded",
    text: `update webhooks set failing_since = null where home = $home and ${OWN} and failing_since is not null`,
  },
  // The statement decides for one of several workers.
  failed: {
    name: "webhook_turn_failed",
    text: `update webhooks set failing_since = coalesce(failing_since, now()),
             state = case when failing_since < now() - make_interval(secs => $3) then 'failed' else state end
           where home = $home and ${OWN} and state = 'on' returning state`,
  },
  // Events that were sealed meanwhile have made it due before the end of the claim; they wait for the end of a pause too.
  end: {
    name: "webhook_turn_end",
    text: `update webhooks set claimed_until = null, paused_until = now() + make_interval(secs => $4),
             due_at = case when due_at < claimed_until then due_at else coalesce($3::timestamptz, 'infinity') end
           where home = $home and ${OWN}`,
  },
  release: {
    name: "webhook_turn_release",
    text: `update webhooks set claimed_until = null, due_at = now() + make_interval(secs => $3) where home = $home and ${OWN} and claimed_until is not null`,
  },
} as const satisfies Record<string, Statement>;

/** Which worker serves which webhook, in the form in which a worker takes jobs: the row of a webhook is its one job. */
export class WebhookTurnStore implements JobSource {
  readonly #database: Database;
  readonly #presence: Presence;

  /** `presence`: the mark of this process, on a connection to the same database. */
  constructor(database: Database, presence: Presence = UNMARKED) {
    this.#database = database;
    this.#presence = presence;
  }

  async dueLanes(): Promise<number[]> {
    return (await this.#database.query<{ lane: number }>(statements.dueLanes)).map(({ lane }) => lane);
  }

  claim(
    _queue: string,
    { lane, limit, seconds }: { lane: number; limit: number; seconds: number },
  ): Promise<ClaimedJob[]> {
    return this.#database.query<ClaimedJob>(statements.claim, [
      ...[lane, limit, seconds],
      this.#presence.key(),
    ]);
  }

  /** Whether no other worker has seen this one go: with its mark went the claims that name it. */
  isHeld({ worker }: WebhookTurn): boolean {
    return worker === null || worker === this.#presence.key();
  }

  /** Holds the claims of turns that have not ended for `seconds` from now, if they did not begin longer than `longest` seconds ago. */
  async renew(
    jobs: readonly ClaimedJob[],
    { seconds, longest }: { seconds: number; longest: number },
  ): Promise<void> {
    const homes = jobs.map(({ home }) => home);
    const turns = jobs.map(({ data }) => turnSchema.parse(data));
    const own = [homes, turns.map(({ id }) => id), turns.map(({ claim }) => claim)];
    await this.#database.query(statements.renew, [...own, seconds, longest]);
  }

  /** A turn that ended has released its webhook; one that could not is tried again. */
  async settle(run: readonly RunJob[]): Promise<void> {
    for (const { job, retrySeconds } of run) {
      if (retrySeconds !== null) {
        const turn = turnSchema.parse(job.data);
        const values = [turn.id, turn.claim, retrySeconds];
        await this.inOfficeOf(turn, (tx) => tx.query(statements.release, values));
      }
    }
  }

  inOfficeOf<T>({ officeId }: WebhookRef, work: (tx: Queryable) => Promise<T>): Promise<T> {
    return officeId === null ? this.#database.transaction(work) : this.#database.inOffice(officeId, work);
  }

  /** Null when it was switched off or deleted, or another worker has it. */
  async begin(tx: Queryable, { id, claim }: WebhookTurn): Promise<TurnState | null> {
    return (await tx.query<TurnState>(statements.begin, [id, claim]))[0] ?? null;
  }

  /** From one position to another, unless it was sent back meanwhile. */
  async advance(
    tx: Queryable,
    { id, claim }: WebhookTurn,
    place: { from: number; to: number },
  ): Promise<void> {
    await tx.query(statements.advance, [id, claim, place.to, place.from]);
  }

  async succeeded(tx: Queryable, { id, claim }: WebhookTurn): Promise<void> {
    await tx.query(statements.succeeded, [id, claim]);
  }

  /** Returns whether this switched it off, because nothing has succeeded for so long. */
  async failed(tx: Queryable, { id, claim }: WebhookTurn, mostSeconds: number): Promise<boolean> {
    const [row] = await tx.query<{ state: string }>(statements.failed, [id, claim, mostSeconds]);
    return row?.state === "failed";
  }

  /** Releases it until `next`; null: until there are new events. It is not served for `pauseSeconds`, whatever happens; null: no pause. */
  async end(
    tx: Queryable,
    { id, claim }: WebhookTurn,
    { next, pauseSeconds }: { readonly next: Date | null; readonly pauseSeconds: number | null },
  ): Promise<void> {
    await tx.query(statements.end, [id, claim, next, pauseSeconds]);
  }
}

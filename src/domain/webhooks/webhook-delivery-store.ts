import { homeOf, idAt, NO_OFFICE } from "../../kernel/home.ts";
import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { PositionedEvent } from "../events/event-store.ts";
import type { WebhookDelivery } from "./webhook.ts";
import type { WebhookRef } from "./webhook-store.ts";

/** What is sent next. */
export interface DueDelivery {
  readonly id: string;
  /** Null for a test. */
  readonly position: number | null;
  readonly eventId: string;
  readonly attempts: number;
  readonly addedAt: Date;
}

/** What is sent again; `seen`: when it was added, so that a form that is sent twice does it once. */
export interface DeliveryToRepeat {
  readonly id: string;
  readonly seen: Date | null;
}

/** How a try ended. `retrySeconds`: null for the last one. */
export interface TriedDelivery {
  readonly id: string;
  readonly state: "waiting" | "delivered" | "given-up";
  readonly retrySeconds: number | null;
  readonly status: number | null;
  readonly durationMs: number;
  readonly fault: string | null;
}

/** What the log keeps of a webhook besides what waits. */
const KEPT = 500;
const KEPT_DAYS = 30;

const WAITING = "d.webhook_id = $1 and d.state = 'waiting'";
/**
 * The first of each subject: a later event never overtakes one that still waits. The index has them in this order, so they are read once;
 * `not exists` was planned as a loop in a loop where the statistics knew of few rows.
 */
const FIRST = `(select distinct on (d.subject) d.* from webhook_deliveries d where d.home = $home and ${WAITING} order by d.subject, d.position) d`;
const DUE = `d.id::text, d.position::float8, d.event_id as "eventId", d.attempts, d.added_at as "addedAt"
           from ${FIRST} where d.due_at <= now()`;

const statements = {
  countWaiting: {
    name: "webhook_deliveries_waiting",
    text: `select count(*)::integer as count from webhook_deliveries d where d.home = $home and ${WAITING}`,
  },
  // One that was delivered before waits again: its webhook was sent back.
  add: {
    name: "webhook_deliveries_add",
    text: `insert into webhook_deliveries (home, id, office_id, webhook_id, position, event_id, type, subject)
           select $home, e.id, vestibule_office(), $1, e.position, e.event_id, e.type, e.subject
           from json_to_recordset($2::json) as e (id uuid, position bigint, event_id text, type text, subject text)
           on conflict (home, webhook_id, position) do update set state = 'waiting', attempts = 0, added_at = now(), due_at = now(),
             event_id = excluded.event_id, type = excluded.type, subject = excluded.subject`,
  },
  addTest: {
    name: "webhook_deliveries_add_test",
    text: `insert into webhook_deliveries (home, id, office_id, webhook_id, event_id, type, subject)
           values ($home, $2, vestibule_office(), $1, $3, 'webhook.test', $3) on conflict (home, id) do nothing`,
  },
  due: {
    name: "webhook_deliveries_due",
    text: `select ${DUE} order by d.position nulls first limit $2`,
  },
  // What was never tried goes first: an event that its receiver does not take says nothing about the others.
  probe: {
    name: "webhook_deliveries_probe",
    text: `select ${DUE} order by d.attempts, d.position nulls first limit 1`,
  },
  nextDue: {
    name: "webhook_deliveries_next",
    text: `select min(d.due_at) as at from ${FIRST}`,
  },
  // Of a worker that still has the webhook: another one may have delivered what this one has not. The webhook first, in the order of those who change or delete it: the other way round, each would wait for the other.
  settle: {
    name: "webhook_deliveries_settle",
    text: `with held as materialized (select from webhooks where home = $home and id = $1 and claim = $3 for no key update)
           update webhook_deliveries d set state = t.state, attempts = attempts + 1, tried_at = now(), status = t.status,
             duration_ms = t.duration, fault = t.fault, due_at = now() + make_interval(secs => coalesce(t.seconds, 0))
           from json_to_recordset($2::json) as t (id uuid, state text, seconds float8, status smallint, duration integer, fault text), held
           where d.home = $home and d.webhook_id = $1 and d.id = t.id`,
  },
  forget: {
    name: "webhook_deliveries_forget",
    text: `delete from webhook_deliveries where home = $home and id = any(array(
             (select id from webhook_deliveries where home = $home and webhook_id = $1 and state <> 'waiting'
              order by added_at desc, id desc offset ${String(KEPT)} limit 1000)
             union all
             (select id from webhook_deliveries where home = $home and webhook_id = $1 and state <> 'waiting'
               and added_at < now() - interval '${String(KEPT_DAYS)} days' limit 1000)))`,
  },
  list: {
    name: "webhook_deliveries_list",
    text: `select id::text, event_id as "eventId", type, state, attempts, added_at as "addedAt",
             case when state = 'waiting' then due_at end as "dueAt", tried_at as "triedAt", status, duration_ms as "durationMs", fault
           from webhook_deliveries where home = $home and webhook_id = $1 order by added_at desc, id desc limit $2`,
  },
  sendAgain: {
    name: "webhook_delivery_again",
    text: `with found as (select id, added_at from webhook_deliveries where home = $home and webhook_id = $1 and id = $2),
           again as (update webhook_deliveries d set state = 'waiting', attempts = 0, added_at = now(), due_at = now() from found f
             where d.home = $home and d.id = f.id and ($3::timestamptz is null or date_trunc('milliseconds', f.added_at) = $3))
           select id from found`,
  },
  // One that is due is written too: a turn that began now would not see what this transaction adds.
  wake: {
    name: "webhook_wake",
    text: "update webhooks set due_at = least(due_at, now()), paused_until = null where home = $home and id = $1",
  },
} as const satisfies Record<string, Statement>;

/** What was sent by each webhook, and what waits. Everything runs in a transaction of the webhook's office. */
export class WebhookDeliveryStore {
  async countWaiting(tx: Queryable, webhookId: string): Promise<number> {
    return (await tx.query<{ count: number }>(statements.countWaiting, [webhookId]))[0]?.count ?? 0;
  }

  async add(tx: Queryable, { id, officeId }: WebhookRef, events: readonly PositionedEvent[]): Promise<void> {
    const home = officeId === null ? NO_OFFICE : homeOf(officeId);
    const rows = events.map(({ position, event }) => ({
      ...{ id: idAt(home), position, event_id: event.id, type: event.type, subject: event.subject ?? "" },
    }));
    await tx.query(statements.add, [id, JSON.stringify(rows)]);
  }

  /** A request that is about no event; one with this id is there once. */
  async addTest(
    tx: Queryable,
    { webhook, id, eventId }: { webhook: string; id: string; eventId: string },
  ): Promise<void> {
    await tx.query(statements.addTest, [webhook, id, eventId]);
    await tx.query(statements.wake, [webhook]);
  }

  due(tx: Queryable, webhookId: string, limit: number): Promise<DueDelivery[]> {
    return tx.query<DueDelivery>(statements.due, [webhookId, limit]);
  }

  /** The one delivery by which a receiver that fails is tried. */
  probe(tx: Queryable, webhookId: string): Promise<DueDelivery[]> {
    return tx.query<DueDelivery>(statements.probe, [webhookId]);
  }

  /** When the next try is due; null: nothing waits. */
  async nextDue(tx: Queryable, webhookId: string): Promise<Date | null> {
    return (await tx.query<{ at: Date | null }>(statements.nextDue, [webhookId]))[0]?.at ?? null;
  }

  async settle(
    tx: Queryable,
    { id, claim }: { readonly id: string; readonly claim: number },
    tried: readonly TriedDelivery[],
  ): Promise<void> {
    const rows = tried.map(({ retrySeconds: seconds, durationMs: duration, ...each }) => ({
      ...{ ...each, seconds, duration },
    }));
    await tx.query(statements.settle, [id, JSON.stringify(rows), claim]);
    await tx.query(statements.forget, [id]);
  }

  /** The newest first. */
  list(tx: Queryable, webhookId: string, limit: number): Promise<WebhookDelivery[]> {
    return tx.query<WebhookDelivery>(statements.list, [webhookId, limit]);
  }

  /**
   * Returns false when the log no longer has it. With `seen`, when it was added as its page has shown it: one that was sent again since
   * stays as it is.
   */
  async sendAgain(tx: Queryable, webhookId: string, { id, seen }: DeliveryToRepeat): Promise<boolean> {
    await tx.query(statements.wake, [webhookId]);
    return (await tx.query(statements.sendAgain, [webhookId, id, seen])).length === 1;
  }
}

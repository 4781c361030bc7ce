import { now, stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { QueuedJob, QueueRules, QueueWork } from "../../platform/jobs/queue-work.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { EventStore } from "../events/event-store.ts";
import type { PublicEvent } from "../events/event.ts";
import type { DueDelivery, WebhookDeliveryStore } from "./webhook-delivery-store.ts";
import { GONE, tryDelivery, type LoadedDelivery, type Receiver, type WebhookTry } from "./webhook-try.ts";
import { turnSchema, type TurnState, type WebhookTurn, type WebhookTurnStore } from "./webhook-turn-store.ts";

interface Deps {
  readonly turns: WebhookTurnStore;
  readonly deliveries: WebhookDeliveryStore;
  readonly events: EventStore;
  readonly audit: AuditStore;
  readonly box: SecretBox;
  /** Opened for one turn, and so for one webhook. */
  readonly connect: () => Receiver;
  readonly log: Log;
}

/** A webhook without any success for so long is switched off, before any of its events is given up. */
const FAILING_SECONDS = 2 * 24 * 3_600;

/** A webhook whose last requests have all failed is not served for so long, whatever happens; the second value if it was failing before. */
const REST_SECONDS = 5;
const FAILING_REST_SECONDS = 60;

/** Requests of one webhook at the same time, each about another subject. */
const AT_ONCE = 16;
/** Events that are loaded and recorded together: two transactions for each sixteen would cost more than the requests. */
const BATCH = 128;
/** Events of one webhook that wait; the rest stays in the audit log until there is room. */
const MOST_WAITING = 1_000;
const PAGE = 200;
/** A turn begins no request later. */
const TURN_MS = 20_000;

/**
 * A claim is short, so that the webhook of a worker that dies waits for seconds, and is renewed while a turn lasts: its last requests
 * may take ten seconds, and the database as long.
 */
const RULES: QueueRules = { claimSeconds: 15, longestSeconds: 120, tries: Infinity, retrySeconds: () => 5 };

/** What a turn sends at the same time. */
interface Batch {
  readonly state: TurnState;
  readonly due: readonly LoadedDelivery[];
  readonly hasMore: boolean;
}

/**
 * Sends the events of one webhook at a time, tries again with growing pauses, and switches off what has failed for days: reads the audit log from its cursor, and posts what is due, each subject in order. The
 * cursor and what waits are stored before anything is sent, and the result after, so a process that dies sends twice and never not at all.
 * `webhook-try.ts` makes the requests, `webhook-secret.ts` signs.
 */
export class WebhookDelivery implements QueueWork {
  readonly queue = "webhooks";
  /** A receiver that hangs holds one of these for the seconds of a request, and then pauses. */
  readonly concurrency = 32;
  readonly rules = RULES;
  readonly source: WebhookTurnStore;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.source = deps.turns;
  }

  readonly run = async ({ data }: QueuedJob): Promise<void> => {
    const turn = turnSchema.parse(data);
    const receiver = this.#deps.connect();
    try {
      await this.#serve(turn, receiver);
    } catch (error) {
      this.#deps.log.warn(
        { webhook: turn.id, error },
        "a webhook could not be served and will be tried again",
      );
      throw error;
    } finally {
      receiver.close();
    }
  };

  async #serve(turn: WebhookTurn, receiver: Receiver): Promise<void> {
    const { turns, deliveries } = this.#deps;
    const until = stopwatch() + TURN_MS;
    let isOver = false;
    let pauseSeconds: number | null = null;
    while (!isOver && pauseSeconds === null && stopwatch() < until && turns.isHeld(turn)) {
      const batch = await turns.inOfficeOf(turn, (tx) => this.#prepare(tx, turn));
      if (batch !== null && batch.due.length > 0) {
        pauseSeconds = await this.#try(turn, batch, { receiver, until });
      }
      isOver = batch === null || (batch.due.length === 0 && !batch.hasMore);
    }
    await turns.inOfficeOf(turn, async (tx) => {
      const next = isOver ? await deliveries.nextDue(tx, turn.id) : now();
      await turns.end(tx, turn, { next, pauseSeconds });
    });
  }

  /** Returns for how long the webhook has to pause; null when its receiver has taken something, and has not asked for a pause. */
  async #try(
    turn: WebhookTurn,
    { state, due }: Batch,
    { receiver, until }: { readonly receiver: Receiver; readonly until: number },
  ): Promise<number | null> {
    const { box, turns } = this.#deps;
    const tried: WebhookTry[] = [];
    const left = due.values();
    // Each of the sixteen ends with its first failure, so that a receiver that is dead is called as often and no more.
    const sendInTurn = async (): Promise<void> => {
      for (const one of left) {
        if (!turns.isHeld(turn)) {
          return;
        }
        const result = await tryDelivery({ id: turn.id, ...state }, one, { box, receiver });
        tried.push(result);
        if (result.state === "waiting" || stopwatch() >= until) {
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn));
    const hasFailed = await turns.inOfficeOf(turn, (tx) => this.#record(tx, turn, tried));
    const seconds = state.isFailing ? FAILING_REST_SECONDS : REST_SECONDS;
    const asked = tried.flatMap(({ askedSeconds }) => askedSeconds ?? []);
    const pauses = hasFailed ? [seconds, ...asked] : asked;
    return pauses.length === 0 ? null : Math.max(...pauses);
  }

  /** Takes new events over from the log, and loads what is due. Null when there is nothing left to serve. */
  async #prepare(tx: Queryable, turn: WebhookTurn): Promise<Batch | null> {
    const { turns, deliveries, events } = this.#deps;
    const state = await turns.begin(tx, turn);
    if (state === null) {
      return null;
    }
    let hasMore = false;
    if ((await deliveries.countWaiting(tx, turn.id)) < MOST_WAITING) {
      const { types, position } = state;
      // Its own place is restored together with the log.
      const after = { position, mark: null };
      const page = await events.pageIn(tx, { after, types, outcome: null, limit: PAGE });
      if (page.events.length > 0) {
        await deliveries.add(tx, turn, page.events);
      }
      if (page.last.position !== position) {
        await turns.advance(tx, turn, { from: position, to: page.last.position });
      }
      hasMore = page.hasMore;
    }
    const due = await (state.isFailing ? deliveries.probe(tx, turn.id) : deliveries.due(tx, turn.id, BATCH));
    const positions = due.flatMap(({ position }) => position ?? []);
    const found = await events.at(tx, positions);
    const loaded = due.map((one) => ({ ...one, body: bodyOf(one, found, turn.officeId) }));
    return { state, due: loaded, hasMore };
  }

  /** Returns whether the receiver was asked and has taken nothing. */
  async #record(tx: Queryable, turn: WebhookTurn, tried: readonly WebhookTry[]): Promise<boolean> {
    const { turns, deliveries, audit } = this.#deps;
    await deliveries.settle(tx, turn, tried);
    // An event that the log has lost was not sent, which is no fault of the receiver.
    const asked = tried.filter(({ fault }) => fault !== GONE);
    if (asked.some(({ state }) => state === "delivered")) {
      await turns.succeeded(tx, turn);
      return false;
    }
    if (asked.length > 0 && (await turns.failed(tx, turn, FAILING_SECONDS))) {
      const who = { officeId: turn.officeId, actor: "vestibule", subject: turn.id };
      await audit.add(tx, { type: "webhook.failed", outcome: "alarm", ...who });
    }
    return asked.length > 0;
  }
}

function bodyOf(
  { position, eventId, addedAt }: DueDelivery,
  found: ReadonlyMap<number, PublicEvent>,
  office: string | null,
): string | null {
  const event = position === null ? testEvent(eventId, addedAt, office) : found.get(position);
  // A position of a log that was restored may have another event.
  return event?.id === eventId ? JSON.stringify(event) : null;
}

const testEvent = (id: string, at: Date, office: string | null): PublicEvent => ({
  ...{ id, type: "webhook.test", at: at.toISOString(), outcome: "ok", office },
  ...{ actor: { kind: "system", id: null }, subject: null, application: null, requestId: null, data: {} },
});

import { now, secondsAfter, stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { QueuedJob, QueueRules, QueueWork } from "../../platform/jobs/queue-work.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { EventStore } from "../events/event-store.ts";
import type { PublicEvent } from "../events/event.ts";
import type { DueDelivery, TriedDelivery, WebhookDeliveryStore } from "./webhook-delivery-store.ts";
import { secretsAt, signWebhook } from "./webhook-secret.ts";
import { turnSchema, type TurnState, type WebhookTurn, type WebhookTurnStore } from "./webhook-turn-store.ts";

interface Deps {
  readonly turns: WebhookTurnStore;
  readonly deliveries: WebhookDeliveryStore;
  readonly events: EventStore;
  readonly audit: AuditStore;
  readonly box: SecretBox;
  /** Goes to no address inside the network, follows no redirect, and limits time and size. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly log: Log;
}

/** Seconds until an event is tried again, by the number of tries so far; the last value repeats. */
const RETRY_SECONDS = [5, 30, 2 * 60, 10 * 60, 30 * 60, 3_600, 2 * 3_600, 4 * 3_600, 8 * 3_600];
/** For so long an event is tried. */
const MOST_SECONDS = 3 * 24 * 3_600;
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

/** A loaded delivery. Null: the log no longer has the event. */
interface Loaded extends DueDelivery {
  readonly body: string | null;
}

/** What a turn sends at the same time. */
interface Batch {
  readonly state: TurnState;
  readonly due: readonly Loaded[];
  readonly hasMore: boolean;
}

/** For the log of deliveries: no request was made. */
const GONE = "gone";

/**
 * Sends the events of one webhook at a time, tries again with growing pauses, and switches off what has failed for days: reads the audit log from its cursor, and posts what is due, each subject in order. The
 * cursor and what waits are stored before anything is sent, and the result after, so a process that dies sends twice and never not at all.
 * `webhook-secret.ts` signs.
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
    try {
      await this.#serve(turn);
    } catch (error) {
      this.#deps.log.warn(
        { webhook: turn.id, error },
        "a webhook could not be served and will be tried again",
      );
      throw error;
    }
  };

  async #serve(turn: WebhookTurn): Promise<void> {
    const { turns, deliveries } = this.#deps;
    const until = stopwatch() + TURN_MS;
    let isOver = false;
    let pauseSeconds: number | null = null;
    while (!isOver && pauseSeconds === null && stopwatch() < until) {
      const batch = await turns.inOfficeOf(turn, (tx) => this.#prepare(tx, turn));
      if (batch !== null && batch.due.length > 0) {
        pauseSeconds = await this.#try(turn, batch, until);
      }
      isOver = batch === null || (batch.due.length === 0 && !batch.hasMore);
    }
    await turns.inOfficeOf(turn, async (tx) => {
      const next = isOver ? await deliveries.nextDue(tx, turn.id) : now();
      await turns.end(tx, turn, { next, pauseSeconds });
    });
  }

  /** Returns for how long the webhook has to pause; null when its receiver has taken something. */
  async #try(turn: WebhookTurn, { state, due }: Batch, until: number): Promise<number | null> {
    const tried: TriedDelivery[] = [];
    const left = due.values();
    // Each of the sixteen ends with its first failure, so that a receiver that is dead is called as often and no more.
    const sendInTurn = async (): Promise<void> => {
      for (const one of left) {
        const result = await this.#send(turn, state, one);
        tried.push(result);
        if (result.state === "waiting" || stopwatch() >= until) {
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn));
    const hasFailed = await this.#deps.turns.inOfficeOf(turn, (tx) => this.#record(tx, turn, tried));
    const seconds = state.isFailing ? FAILING_REST_SECONDS : REST_SECONDS;
    return hasFailed ? seconds : null;
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

  async #send(turn: WebhookTurn, { url, sealed }: TurnState, one: Loaded): Promise<TriedDelivery> {
    const { box, fetch } = this.#deps;
    const { body } = one;
    if (body === null) {
      const nothing = { retrySeconds: null, status: null, durationMs: 0 };
      return { id: one.id, state: "given-up", ...nothing, fault: GONE };
    }
    const at = now();
    const headers = signWebhook({ id: one.eventId, body, at }, secretsAt(box, turn.id, { sealed, at }));
    const begun = stopwatch();
    const answered = await fetch(url, {
      ...{ method: "POST", body, redirect: "manual" },
      headers: { ...headers, "content-type": "application/json" },
    }).then(
      ({ status }) => ({ status, fault: null }),
      (error: unknown) => ({ status: null, fault: faultOf(error) }),
    );
    const durationMs = Math.round(stopwatch() - begun);
    if (answered.status !== null && answered.status >= 200 && answered.status < 300) {
      return { id: one.id, state: "delivered", retrySeconds: null, durationMs, ...answered };
    }
    const pause = RETRY_SECONDS[Math.min(one.attempts, RETRY_SECONDS.length - 1)] ?? MOST_SECONDS;
    const isLast = secondsAfter(at, pause) > secondsAfter(one.addedAt, MOST_SECONDS);
    const next = isLast
      ? ({ state: "given-up", retrySeconds: null } as const)
      : ({ state: "waiting", retrySeconds: pause } as const);
    return { id: one.id, ...next, durationMs, ...answered };
  }

  /** Returns whether the receiver was asked and has taken nothing. */
  async #record(tx: Queryable, turn: WebhookTurn, tried: readonly TriedDelivery[]): Promise<boolean> {
    const { turns, deliveries, audit } = this.#deps;
    await deliveries.settle(tx, turn.id, tried);
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

/** For the log of deliveries: what is wrong with the address, in a few words and without the answer. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return "no answer";
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  return error.name === "TimeoutError" || error.name === "AbortError"
    ? "timeout"
    : (code ?? error.message).slice(0, 200);
}

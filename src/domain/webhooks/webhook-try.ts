import { now, secondsAfter, stopwatch } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { DueDelivery, TriedDelivery } from "./webhook-delivery-store.ts";
import { secretsAt, signWebhook } from "./webhook-secret.ts";

/** The address of a webhook, for as long as it is served. */
export interface Receiver {
  /** Goes to no address inside the network, follows no redirect, and limits time and size. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Ends the connections. */
  readonly close: () => void;
}

/** A loaded delivery. Null: the log no longer has the event. */
export interface LoadedDelivery extends DueDelivery {
  readonly body: string | null;
}

/** How a try ended. `askedSeconds`: for how long the receiver asks to be left alone. */
export interface WebhookTry extends TriedDelivery {
  readonly askedSeconds: number | null;
}

/** For the log of deliveries: no request was made. */
export const GONE = "gone";

/** Seconds until an event is tried again, by the number of tries so far; the last value repeats. */
const RETRY_SECONDS = [5, 30, 2 * 60, 10 * 60, 30 * 60, 3_600, 2 * 3_600, 4 * 3_600, 8 * 3_600];
/** For so long an event is tried. */
const MOST_SECONDS = 3 * 24 * 3_600;
/** What a receiver may ask for: a mistake in a header must not silence a webhook for days. */
const MOST_ASKED_SECONDS = 3_600;

/** Too many requests, and a receiver that cannot answer now (RFC 6585 section 4, RFC 9110 section 15.6.4). */
const ASKING: readonly (number | null)[] = [429, 503];

interface Sending {
  readonly box: SecretBox;
  readonly receiver: Receiver;
}

/** Sends an event once, and says how that ended. */
export async function tryDelivery(
  { id, url, sealed }: { readonly id: string; readonly url: string; readonly sealed: Buffer },
  one: LoadedDelivery,
  { box, receiver }: Sending,
): Promise<WebhookTry> {
  const { body } = one;
  if (body === null) {
    const nothing = { retrySeconds: null, status: null, durationMs: 0, askedSeconds: null };
    return { id: one.id, state: "given-up", ...nothing, fault: GONE };
  }
  const at = now();
  const headers = signWebhook({ id: one.eventId, body, at }, secretsAt(box, id, { sealed, at }));
  const begun = stopwatch();
  const { askedSeconds, ...answered } = await receiver
    .fetch(url, {
      ...{ method: "POST", body, redirect: "manual" },
      headers: { ...headers, "content-type": "application/json" },
    })
    .then(
      ({ status, headers: answer }) => ({ status, fault: null, askedSeconds: askedOf(status, answer) }),
      (error: unknown) => ({ status: null, fault: faultOf(error), askedSeconds: null }),
    );
  const tried = { id: one.id, durationMs: Math.round(stopwatch() - begun), ...answered, askedSeconds };
  const isTaken = answered.status !== null && answered.status >= 200 && answered.status < 300;
  return isTaken
    ? { ...tried, state: "delivered", retrySeconds: null }
    : { ...tried, ...nextTry(one, { at, askedSeconds }) };
}

function nextTry(
  { attempts, addedAt }: DueDelivery,
  { at, askedSeconds }: { readonly at: Date; readonly askedSeconds: number | null },
): Pick<TriedDelivery, "state" | "retrySeconds"> {
  const usual = RETRY_SECONDS[Math.min(attempts, RETRY_SECONDS.length - 1)] ?? MOST_SECONDS;
  const pause = Math.max(usual, askedSeconds ?? 0);
  const isLast = secondsAfter(at, pause) > secondsAfter(addedAt, MOST_SECONDS);
  return isLast ? { state: "given-up", retrySeconds: null } : { state: "waiting", retrySeconds: pause };
}

/** Of `Retry-After`, which has seconds or a date (RFC 9110 section 10.2.3). Null for none that can be read. */
function askedOf(status: number, headers: Headers): number | null {
  const sent = headers.get("retry-after")?.trim() ?? "";
  if (!ASKING.includes(status) || sent === "") {
    return null;
  }
  const seconds = /^\d+$/.test(sent) ? Number(sent) : (Date.parse(sent) - now().getTime()) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), MOST_ASKED_SECONDS) : null;
}

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

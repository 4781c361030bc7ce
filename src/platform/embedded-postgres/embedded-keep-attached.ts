import { setTimeout as sleep } from "node:timers/promises";
import { stopwatch } from "../../kernel/clock.ts";
import { attach, detach, type Attachment, type AttachOptions } from "./embedded-attach.ts";
import type { Place } from "./embedded-place.ts";

/** Exponential backoff between attempts to restart a lost server. */
const PAUSE_MS = { first: 1_000, most: 30_000 };
const WARNING_MS = 60_000;
/** Limit for closing. A server that was asked to stop continues to stop on its own. */
const CLOSING_MS = 5_000;

export interface KeepAttachedOptions extends Pick<AttachOptions, "fsync" | "log"> {
  warn: AttachOptions["log"];
}

/**
 * Stays attached until the returned function is called. Restarts a server that ends in the meantime (killed, out of memory, full
 * disk), at the same port, so that the connection pools need no new URL.
 */
export function keepAttached(
  place: Place,
  first: Attachment,
  options: KeepAttachedOptions,
): () => Promise<void> {
  const closing = new AbortController();
  const reattachOptions = {
    ...options,
    place,
    port: first.port,
    signal: closing.signal,
    // Shared by all restarts: a server that crashes again and again would flood the log.
    lost: atMostEvery(WARNING_MS, options.warn),
    failed: atMostEvery(WARNING_MS, options.warn),
    back: atMostEvery(WARNING_MS, options.warn),
  };
  let current: Promise<Attachment | null> = Promise.resolve(first);
  let closed: Promise<void> | undefined;
  const watch = (attachment: Attachment): Attachment => {
    attachment.presence.onLost(() => {
      if (!closing.signal.aborted) {
        current = reattach(reattachOptions).then((next) => next && watch(next));
      }
    });
    return attachment;
  };
  watch(first);
  return () => {
    closing.abort();
    const left = current.then((last) => (last === null ? undefined : detach(place, last)));
    return (closed ??= Promise.race([left, sleep(CLOSING_MS, undefined, { ref: false })]));
  };
}

interface ReattachOptions extends KeepAttachedOptions {
  place: Place;
  port: number;
  signal: AbortSignal;
  lost: AttachOptions["log"];
  failed: AttachOptions["log"];
  back: AttachOptions["log"];
}

/** Null when closed before the server is back. */
async function reattach(options: ReattachOptions): Promise<Attachment | null> {
  const { place, port, signal, log, lost, back } = options;
  lost("Lost the embedded database, starting or joining it again", { log: place.log });
  for (let pause = PAUSE_MS.first; !signal.aborted; pause = Math.min(pause * 2, PAUSE_MS.most)) {
    const next = await attempt(options);
    if (next !== null) {
      back("The embedded database is back", { port });
      return next;
    }
    log("Waiting before the embedded database is tried again", { milliseconds: pause });
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

async function attempt({
  place,
  port,
  signal,
  failed,
  ...options
}: ReattachOptions): Promise<Attachment | null> {
  try {
    const next = await attach(place, { ...options, signal, preferredPort: port, isPortFixed: true });
    if (next.port === port) {
      return next;
    }
    // Another process has started it on another port in the meantime; it stops when that process leaves.
    await detach(place, next);
    failed("The embedded database has another port at the moment", { port: next.port, wanted: port });
  } catch (error) {
    if (!signal.aborted) {
      const reason = error instanceof Error ? error.message : String(error);
      failed("The embedded database cannot be started and is tried again", { reason });
    }
  }
  return null;
}

/** Logs at most one message per interval. */
function atMostEvery(milliseconds: number, log: AttachOptions["log"]): AttachOptions["log"] {
  let loggedAt: number | null = null;
  return (message, details) => {
    const now = stopwatch();
    if (loggedAt === null || now - loggedAt >= milliseconds) {
      loggedAt = now;
      log(message, details);
    }
  };
}

/** An answer that was read to its end: one that breaks off is none. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Rules {
  /** How often a request is sent at most. */
  readonly tries: number;
  /** Whether it may be sent again although it is not known what became of it. */
  readonly isRepeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The first pause; each one after it is twice as long. */
const FIRST_PAUSE_MS = 250;
/** The API's limits are by the minute. A server that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 65_000;

/** Sends a request again after 429, and after 502, 503, 504, a request that still runs (409), or no answer where it may be repeated. */
export async function attempts(send: () => Promise<Received>, rules: Rules): Promise<Received> {
  for (let tried = 1; ; tried += 1) {
    const received = await send().catch((error: unknown) => {
      if (!rules.isRepeatable || tried >= rules.tries || rules.signal?.aborted === true) {
        throw error;
      }
      return null;
    });
    const pause = FIRST_PAUSE_MS * 2 ** (tried - 1);
    const milliseconds = received === null ? pause : pauseAfter(received, rules, pause);
    if (received !== null && (milliseconds === null || tried >= rules.tries)) {
      return received;
    }
    await wait(milliseconds ?? 0, rules.signal);
  }
}

/** Null: this answer is the last one. */
function pauseAfter({ status, headers }: Received, { isRepeatable }: Rules, pause: number): number | null {
  const asked = headers.get("retry-after");
  const isPassing = status === 429 || (isRepeatable && [502, 503, 504].includes(status));
  // The first try with this Idempotency-Key has not ended yet.
  const isRunning = status === 409 && asked !== null && isRepeatable;
  const milliseconds = asked === null ? pause : millisecondsOf(asked);
  return (isPassing || isRunning) && milliseconds <= LONGEST_PAUSE_MS ? milliseconds : null;
}

/** Seconds or a date (RFC 9110 section 10.2.3). */
const millisecondsOf = (retryAfter: string): number =>
  /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Math.max(0, Date.parse(retryAfter) - Date.now());

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) {
      stop();
    }
  });
}

import { OneThread, type ThreadLimits } from "../../platform/processes/one-thread.ts";

/** What the thread estimates. `known`: words that an attacker would try first. */
export interface Estimate {
  readonly password: string;
  readonly known: readonly string[];
}

const LIMITS: ThreadLimits = {
  queue: 20,
  timeoutMs: 10_000,
  script: new URL("./strength-worker.ts", import.meta.url),
};

/**
 * Estimates passwords in a thread of its own. On the main thread one estimate would stop every other request for a tenth of a
 * second and more.
 */
export class StrengthThread {
  readonly #thread: OneThread<Estimate, number>;

  constructor(limits: Partial<ThreadLimits> = {}) {
    this.#thread = new OneThread({ ...LIMITS, ...limits });
  }

  /** From 0, guessed at once, to 4. Throws PageError "busy" when too many wait or this one takes too long. */
  estimate({ password, known }: Estimate): Promise<number> {
    return this.#thread.ask({ password, known });
  }
}

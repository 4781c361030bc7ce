import { writeSync } from "node:fs";
import { setTimeout } from "node:timers";
import { codeOf } from "./errors.ts";

/** What waits for its output to take it again, in bytes: some thousand lines. Later lines are dropped and counted. */
const MOST_WAITING = 1024 * 1024;

const TRY_AGAIN_MS = 200;

/** How long the end of the process waits for an output that is slow. */
const LAST_TRY_MS = 300;
const LAST_STEP_MS = 20;

interface Deps {
  /** Returns how many of the bytes were taken. Throws when it takes none. */
  readonly write: (bytes: Uint8Array) => number;
  /** Hears how many lines were dropped, once the output takes lines again. */
  readonly onLost: (lines: number) => void;
}

/**
 * Where the lines of the log go. Each is written before the next one is made, so that a crash loses none. An output that takes nothing
 * (a full disk, a reader that hangs) must cost lines and never requests: an error of it is no error of what is logged, and nothing
 * waits for it but the lines.
 */
export class LogOutput {
  readonly #deps: Deps;
  readonly #waiting: Buffer[] = [];
  #size = 0;
  #lost = 0;
  #isGone = false;
  #isTryingAgain = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#isGone) {
      return;
    }
    if (this.#size + bytes.length > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    const isFirst = this.#size === 0;
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    if (isFirst && !this.#flush()) {
      this.#tryAgain();
    }
  }

  /** Returns whether nothing waits any longer. */
  #flush(): boolean {
    try {
      while (this.#writeNext() > 0);
    } catch (error) {
      if (codeOf(error) === "EPIPE") {
        // Its reader is gone and does not come back, as at the end of a pipeline.
        this.#isGone = true;
        this.#waiting.length = 0;
        this.#size = 0;
      }
    }
    return this.#size === 0;
  }

  /** Returns how many bytes were taken; 0 also when none wait. */
  #writeNext(): number {
    const [next] = this.#waiting;
    if (next === undefined) {
      return 0;
    }
    const taken = this.#deps.write(next);
    this.#size -= taken;
    this.#waiting.splice(0, 1, ...(taken < next.length ? [next.subarray(taken)] : []));
    return taken;
  }

  #tryAgain(): void {
    if (this.#isTryingAgain) {
      return;
    }
    this.#isTryingAgain = true;
    process.once("exit", this.#atTheEnd);
    this.#nextTry();
  }

  #nextTry(): void {
    // The process may end meanwhile: `#atTheEnd` has the last try.
    setTimeout(() => {
      if (!this.#flush()) {
        this.#nextTry();
        return;
      }
      this.#isTryingAgain = false;
      process.removeListener("exit", this.#atTheEnd);
      const lost = this.#lost;
      this.#lost = 0;
      if (lost > 0 && !this.#isGone) {
        this.#deps.onLost(lost);
      }
    }, TRY_AGAIN_MS).unref();
  }

  readonly #atTheEnd = (): void => {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; waited < LAST_TRY_MS && !this.#flush(); waited += LAST_STEP_MS) {
      Atomics.wait(pause, 0, 0, LAST_STEP_MS);
    }
  };
}

const STANDARD_OUTPUT = 1;

/** Standard output, without the buffer of `process.stdout`, which a crash would lose. */
export const standardOutput = (onLost: Deps["onLost"]): LogOutput =>
  new LogOutput({ write: (bytes) => writeSync(STANDARD_OUTPUT, bytes), onLost });

import { setTimeout as wait } from "node:timers/promises";
import { doneWithin } from "../../kernel/done-within.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { ToProcess } from "./group-message.ts";
import { GroupMetrics } from "./group-metrics.ts";
import { GroupProcess, type Exit } from "./group-process.ts";
import { pauseAfter } from "./process-share.ts";

interface Deps {
  /** How many processes serve. */
  readonly size: number;
  /** Milliseconds that a process has to end after it was asked to stop; then it is killed. */
  readonly endsMs: number;
  /** The same where another one has taken its place: no load balancer is waited for. */
  readonly replacedEndsMs: number;
  readonly log: Log;
}

/** A process that has lived so long did not end because of its start. */
const STEADY_MS = 60_000;

/** `stopped`: it was asked to stop meanwhile. `refused`: the first process did not start, and has said why. */
type Started =
  { readonly state: "serving"; readonly greeting: string } | { readonly state: "stopped" | "refused" };

/** Exit code of a process that has reported an error. */
const FAULT = 1;

function withoutFirst({ exitCode, signal }: Exit): Started {
  if (exitCode === FAULT) {
    return { state: "refused" };
  }
  const how = signal === null ? `with exit code ${String(exitCode)}` : `by ${signal}`;
  throw new OperatorError(`The server did not start: its first process ended ${how}.`);
}

/**
 * The processes of one server: they serve one port, and this one, the primary, hands each connection to the next of them. It starts
 * one again that ends, replaces all without refusing a connection, and stops them. It serves nothing itself and opens no database.
 */
export class ProcessGroup {
  readonly #deps: Deps;
  readonly #numbers: readonly number[];
  readonly #alive = new Set<GroupProcess>();
  /** The newest process of each number. */
  readonly #current = new Map<number, GroupProcess>();
  readonly #metrics = new GroupMetrics();
  readonly #stopping = new AbortController();
  #rolling: Promise<void> | null = null;
  #hasToRollAgain = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#numbers = Array.from({ length: deps.size }, (_, index) => index + 1);
  }

  /**
   * Starts the first process alone, because a first start makes tables, secrets and keys, then all others. Throws an OperatorError
   * when the first crashes.
   */
  async start(): Promise<Started> {
    const [first = 1, ...others] = this.#numbers;
    const process = this.#fork(first);
    const greeting = await process.ready;
    if (greeting === null) {
      return this.#isStopping ? { state: "stopped" } : withoutFirst(await process.ended);
    }
    this.#keep(process);
    await Promise.all(others.map((number) => this.#keep(this.#fork(number)).ready));
    return this.#isStopping ? { state: "stopped" } : { state: "serving", greeting };
  }

  /** The process ids of those that serve. */
  get pids(): readonly number[] {
    return this.#serving().map(({ pid }) => pid);
  }

  /** Replaces all processes, one after the other. Asked again meanwhile, it does so once more. */
  roll(): Promise<void> {
    this.#hasToRollAgain = this.#rolling !== null;
    this.#rolling ??= this.#rollAll().finally(() => {
      this.#rolling = null;
      if (this.#hasToRollAgain && !this.#isStopping) {
        void this.roll();
      }
    });
    return this.#rolling;
  }

  /** Stops all at the same time, and kills those that do not end in time. */
  async stop(reason: string, hurry: AbortSignal): Promise<void> {
    this.#stopping.abort();
    const all = [...this.#alive];
    const ask = (isHurried: boolean) => {
      all.forEach((each) => {
        each.leave({ vestibule: "stop", reason, isHurried });
      });
    };
    ask(hurry.aborted);
    hurry.addEventListener("abort", () => {
      ask(true);
    });
    await Promise.all(all.map((each) => this.#ended(each, this.#deps.endsMs)));
  }

  /** `kill -9` for each, when there is no time left. */
  kill(): void {
    this.#stopping.abort();
    this.#alive.forEach((each) => {
      each.kill();
    });
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #fork(number: number): GroupProcess {
    const started = GroupProcess.fork({ number, of: this.#deps.size });
    this.#alive.add(started);
    this.#metrics.follow(started, () => this.#serving().filter((each) => each !== started));
    void started.ready.then(() => {
      this.#announce();
    });
    void started.ended.then(() => {
      this.#alive.delete(started);
      this.#announce();
    });
    return started;
  }

  /** From now on it is the one of its number, and is started again when it ends unasked. */
  #keep(process: GroupProcess, failures = 0): GroupProcess {
    this.#current.set(process.number, process);
    void this.#startAgain(process, failures);
    return process;
  }

  async #startAgain(process: GroupProcess, failures: number): Promise<void> {
    const exit = await process.ended;
    const { number, pid, livedMs } = process;
    if (this.#isStopping || process.isLeaving || this.#wasReplaced(process)) {
      return;
    }
    const times = livedMs < STEADY_MS ? failures + 1 : 1;
    const pauseMs = pauseAfter(times);
    const details = { number, ended: pid, ...exit, pauseMs };
    this.#deps.log.error(details, "a process of the server ended and is started again");
    await wait(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (!this.#isStopping && !this.#wasReplaced(process)) {
      this.#keep(this.#fork(number), times);
    }
  }

  #wasReplaced(process: GroupProcess): boolean {
    return this.#current.get(process.number) !== process;
  }

  async #rollAll(): Promise<void> {
    const { log } = this.#deps;
    log.info("the processes of the server are replaced, one after the other");
    for (const number of this.#numbers) {
      const isReplaced = await this.#replace(number);
      if (this.#isStopping) {
        return;
      }
      if (!isReplaced) {
        log.error({ number }, "a new process of the server did not start; the others stay as they are");
        return;
      }
    }
    log.info("all processes of the server were replaced");
  }

  /** The new one serves before the old one is asked to end. */
  async #replace(number: number): Promise<boolean> {
    const next = this.#fork(number);
    if ((await next.ready) === null || this.#isStopping) {
      return false;
    }
    const old = this.#current.get(number);
    this.#keep(next);
    if (old !== undefined) {
      old.leave({ vestibule: "replaced" });
      await this.#ended(old, this.#deps.replacedEndsMs);
    }
    return true;
  }

  async #ended(process: GroupProcess, limitMs: number): Promise<void> {
    if (!(await doneWithin(limitMs, process.ended))) {
      process.kill();
      await process.ended;
    }
  }

  #serving(): GroupProcess[] {
    return [...this.#alive].filter(({ isServing }) => isServing);
  }

  /** Each tells health checks how many serve, since only one of them is asked. */
  #announce(): void {
    const message: ToProcess = { vestibule: "live", live: this.#serving().length };
    this.#alive.forEach((each) => {
      each.tell(message);
    });
  }
}

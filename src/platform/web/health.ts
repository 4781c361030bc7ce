import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import { databaseFault } from "../database/database-fault.ts";
import { requireWritable } from "../database/writable.ts";
import type { Log } from "../../kernel/log.ts";
import type { Handler } from "./context.ts";
import type { CheckedClock } from "./right-clock.middleware.ts";
import { noStore } from "./security-headers.ts";

/** Limit for the database's answer in milliseconds; load balancers poll every few seconds. */
const TIMEOUT_MS = 1_000;

interface HealthDeps {
  readonly database: Database;
  readonly clock: CheckedClock;
  /** The processes of this server, where it has several. */
  readonly group: { live(): number; readonly of: number } | null;
  readonly log: Log;
}

export interface HealthAnswer {
  readonly isFine: boolean;
  readonly body: {
    readonly status: string;
    readonly processes?: { readonly live: number; readonly of: number };
  };
}

/** `/health/live`: the process responds. `/health/ready`: it can also write to the database, its clock is correct, and it is not stopping. Both speak for the process that answers, and say how many serve. */
export class Health {
  readonly #database: Database;
  readonly #clock: CheckedClock;
  readonly #group: HealthDeps["group"];
  readonly #log: Log;
  #isStopping = false;
  /** The running check, shared by all requests: while the database hangs, checks must not use up the pool. */
  #pendingCheck: Promise<string | null> | null = null;
  /** The problem that was logged last. */
  #loggedProblem: string | null = null;

  constructor({ database, clock, group, log }: HealthDeps) {
    this.#database = database;
    this.#clock = clock;
    this.#group = group;
    this.#log = log;
  }

  /** `/health/ready` fails from now on, so that the load balancer sends no more requests. */
  markStopping(): void {
    this.#isStopping = true;
  }

  readonly serve: Handler = async (ctx, next) => {
    const answer = await this.answer(ctx.path);
    if (answer === null) {
      await next();
      return;
    }
    noStore(ctx);
    ctx.status = answer.isFine ? 200 : 503;
    ctx.body = answer.body;
  };

  /** Null for a path that asks for something else. */
  async answer(path: string): Promise<HealthAnswer | null> {
    if (path !== "/health/live" && path !== "/health/ready") {
      return null;
    }
    const isFine =
      path === "/health/live" ||
      (!this.#isStopping && (await this.#isUsable()) && (await this.#clock.isRight()));
    const processes =
      this.#group === null ? {} : { processes: { live: this.#group.live(), of: this.#group.of } };
    return { isFine, body: { status: isFine ? "ok" : "unavailable", ...processes } };
  }

  async #isUsable(): Promise<boolean> {
    this.#pendingCheck ??= this.#findProblem().finally(() => {
      this.#pendingCheck = null;
    });
    const late = wait(TIMEOUT_MS, "it does not answer", { ref: false });
    const problem = await Promise.race([this.#pendingCheck, late]);
    this.#logChange(problem);
    return problem === null;
  }

  /** Why the database cannot be used; null when it can. */
  async #findProblem(): Promise<string | null> {
    try {
      await requireWritable(this.#database);
      return null;
    } catch (error) {
      return databaseFault(error)?.text ?? (error instanceof Error ? error.message : "unknown");
    }
  }

  /** Logs changes only, not every check. */
  #logChange(problem: string | null): void {
    if (problem === this.#loggedProblem) {
      return;
    }
    this.#loggedProblem = problem;
    if (problem === null) {
      this.#log.info("ready again: the database can be used");
    } else {
      this.#log.warn(`not ready: the database cannot be used: ${problem}`);
    }
  }
}

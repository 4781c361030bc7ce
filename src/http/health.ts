import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import type { Handler } from "./context.ts";
import type { RightClock } from "./right-clock.middleware.ts";

/** `/health/live`: the process answers. `/health/ready`: it can also reach the database, its clock is right and it is not stopping. */
export class Health {
  readonly #database: Database;
  readonly #clock: RightClock;
  #isStopping = false;

  constructor(database: Database, clock: RightClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** From now on the load balancer is told to send nobody here. */
  stopping(): void {
    this.#isStopping = true;
  }

  readonly serve: Handler = async (ctx, next) => {
    if (ctx.path !== "/health/live" && ctx.path !== "/health/ready") {
      await next();
      return;
    }
    const isFine =
      ctx.path === "/health/live" ||
      (!this.#isStopping && (await this.#reachesDatabase()) && (await this.#clock.isRight()));
    ctx.set("Cache-Control", "no-store");
    ctx.status = isFine ? 200 : 503;
    ctx.body = { status: isFine ? "ok" : "unavailable" };
  };

  async #reachesDatabase(): Promise<boolean> {
    const query = this.#database.query({ name: "health", text: "select 1 as fine" });
    const answer = query.then(
      () => true,
      () => false,
    );
    return Promise.race([answer, wait(1_000, false, { ref: false })]);
  }
}

import { setTimeout } from "node:timers";
import { stopwatch } from "../../kernel/clock.ts";
import { LANES, randomHome } from "../../kernel/home.ts";
import type { Log } from "../../kernel/log.ts";
import { repeat, type Repeated } from "../../kernel/repeat.ts";
import { JobSettlement } from "./job-settlement.ts";
import type { ClaimedJob } from "./job-store.ts";
import type { JobSource, QueueWork } from "./queue-work.ts";

interface Deps {
  readonly store: JobSource;
  /** Whether this process is serving many requests; a full queue then pauses between claims. */
  readonly isBusy: () => boolean;
  readonly log: Log;
}

/** How often an idle worker looks for due jobs. A user who waits for a code waits for half of this on average. */
const POLL_MS = 250;

/** A busy process takes at most one full load of a queue in this time. */
const BUSY_MS = 500;

/** Does the work of one queue until it is stopped. A slow job holds up nothing but itself. */
export class QueueWorker {
  readonly #deps: Deps;
  readonly #work: QueueWork;
  readonly #source: JobSource;
  readonly #settlement: JobSettlement;
  readonly #running = new Map<ClaimedJob, Promise<void>>();
  #lane = randomHome() % LANES;
  #isStopping = false;
  #hasFailed = false;
  #wake: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();
  #renewals: Repeated | null = null;

  constructor(deps: Deps, work: QueueWork) {
    this.#deps = deps;
    this.#work = work;
    this.#source = work.source ?? deps.store;
    this.#settlement = new JobSettlement(this.#source);
  }

  start(): void {
    const { claimSeconds, longestSeconds } = this.#work.rules;
    if (longestSeconds > claimSeconds) {
      // The next renewal makes up for a failed one.
      this.#renewals = repeat(claimSeconds * 500, () => this.#renew(), this.#failed);
    }
    this.#ended = this.#loop();
  }

  /** Takes no new jobs, and waits for those in flight. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#ended;
    await Promise.all(this.#running.values());
    await this.#renewals?.stop();
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      const until = stopwatch() + POLL_MS;
      try {
        await this.#drain(until);
        this.#hasFailed = false;
      } catch (error) {
        this.#failed(error);
      }
      await this.#sleepUntil(until);
    }
  }

  /** Takes jobs of the due lanes in turn, until no lane has more, or it is time to look for due lanes again. */
  async #drain(until: number): Promise<void> {
    const lanes = await this.#dueLanes();
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
      const limit = await this.#freeSlots(until);
      if (limit === 0) {
        return;
      }
      const seconds = this.#work.rules.claimSeconds;
      const jobs = await this.#source.claim(this.#work.queue, { lane, limit, seconds });
      jobs.forEach((job) => this.#running.set(job, this.#run(job)));
      this.#lane = (lane + 1) % LANES;
      if (jobs.length === limit) {
        lanes.push(lane);
        await this.#giveWay(jobs.length);
      }
      if (stopwatch() >= until) {
        return;
      }
    }
  }

  /** From the lane behind the last one, so that a full lane does not keep others waiting. */
  async #dueLanes(): Promise<number[]> {
    const distance = (lane: number) => (lane - this.#lane + LANES) % LANES;
    const lanes = await this.#source.dueLanes(this.#work.queue);
    return lanes.sort((one, other) => distance(one) - distance(other));
  }

  /** Waits for so many free slots that a claim is worth its statement; later than `until` one is enough. 0 when this worker stops. */
  async #freeSlots(until: number): Promise<number> {
    const { concurrency } = this.#work;
    const enough = Math.max(1, Math.floor(concurrency / 2));
    while (!this.#isStopping) {
      const free = concurrency - this.#running.size;
      const left = until - stopwatch();
      if (free >= enough || (free > 0 && left <= 0)) {
        return free;
      }
      await this.#sleep(left > 0 ? left : POLL_MS);
    }
    return 0;
  }

  /** Keeps a full queue from slowing down sign-ins. What was taken is running, so the first batch never waits. */
  async #giveWay(taken: number): Promise<void> {
    if (this.#deps.isBusy()) {
      await this.#sleepUntil(stopwatch() + (BUSY_MS * taken) / this.#work.concurrency);
    }
  }

  async #run(job: ClaimedJob): Promise<void> {
    const retrySeconds = await this.#retryAfter(job);
    try {
      await this.#settlement.settle({ job, retrySeconds });
    } catch (error) {
      this.#failed(error);
    }
    this.#running.delete(job);
    this.#wake();
  }

  /** Runs a job. Seconds until its next try, or null when it needs none or gets none. */
  async #retryAfter({ data, attempts }: ClaimedJob): Promise<number | null> {
    const { tries, retrySeconds } = this.#work.rules;
    if (attempts > tries) {
      // The process that had the last try has died.
      return null;
    }
    try {
      await this.#work.run({ data, retries: attempts - 1, isLast: attempts >= tries });
      return null;
    } catch {
      return attempts >= tries ? null : retrySeconds(attempts);
    }
  }

  async #renew(): Promise<void> {
    const { claimSeconds: seconds, longestSeconds: longest } = this.#work.rules;
    if (this.#running.size > 0) {
      await this.#source.renew([...this.#running.keys()], { seconds, longest });
    }
  }

  /** Logs the first failure only: the database may be down for hours. */
  readonly #failed = (error: unknown): void => {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#deps.log.warn({ error }, "the message queue cannot work at the moment");
    }
  };

  async #sleepUntil(moment: number): Promise<void> {
    for (let left = moment - stopwatch(); left > 0 && !this.#isStopping; left = moment - stopwatch()) {
      await this.#sleep(left);
    }
  }

  /** Ends early when a job ends, and when this worker stops. */
  #sleep(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, milliseconds, undefined);
    this.#wake = () => {
      clearTimeout(timer);
      resolve(undefined);
    };
    return promise;
  }
}

import { setTimeout } from "node:timers";
import { metricsToldSchema, metricsWantedSchema } from "./group-message.ts";
import type { GroupProcess } from "./group-process.ts";
import { mergeMetrics, whatRemains, type MetricPoints } from "./merge-metrics.ts";

/** A process that hangs does not keep a scrape waiting: what it had before is taken. */
const WAIT_MS = 500;

/** Processes whose answer is waited for. */
interface Round {
  readonly missing: Set<GroupProcess>;
  readonly end: () => void;
}

/**
 * The metrics of the processes of a server, as the primary knows them: it asks the others for the one that is scraped, and keeps what
 * those have counted that are gone. Without that, every end of a process would look as if all counters had started anew.
 */
export class GroupMetrics {
  readonly #last = new Map<GroupProcess, readonly MetricPoints[]>();
  readonly #rounds = new Map<number, Round>();
  #gone: readonly MetricPoints[] = [];
  #number = 0;

  /** Answers the process from now on. `others`: those that serve beside it. */
  follow(process: GroupProcess, others: () => readonly GroupProcess[]): void {
    process.onMessage((message) => {
      const told = metricsToldSchema.safeParse(message);
      if (told.success) {
        this.#last.set(process, told.data.metrics as readonly MetricPoints[]);
        this.#heard(process, told.data.round);
      }
      const wanted = metricsWantedSchema.safeParse(message);
      if (wanted.success) {
        this.#last.set(process, wanted.data.metrics as readonly MetricPoints[]);
        void this.#answer(process, wanted.data.ask, others());
      }
    });
    void process.ended.then(() => {
      this.#gone = mergeMetrics([this.#gone, whatRemains(this.#last.get(process) ?? [])]);
      this.#last.delete(process);
      [...this.#rounds.keys()].forEach((round) => {
        this.#heard(process, round);
      });
    });
  }

  async #answer(process: GroupProcess, ask: number, others: readonly GroupProcess[]): Promise<void> {
    await this.#askAll(others);
    const metrics = [...this.#last].flatMap(([each, known]) => (each === process ? [] : [known]));
    process.tell({ vestibule: "all-metrics", ask, metrics: [this.#gone, ...metrics] });
  }

  #askAll(others: readonly GroupProcess[]): Promise<void> {
    this.#number += 1;
    const round = this.#number;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(late);
        this.#rounds.delete(round);
        resolve();
      };
      const late = setTimeout(end, WAIT_MS);
      this.#rounds.set(round, { missing: new Set(others), end });
      others.forEach((each) => {
        each.tell({ vestibule: "tell-metrics", round });
      });
      if (others.length === 0) {
        end();
      }
    });
  }

  #heard(process: GroupProcess, round: number | null): void {
    const waiting = round === null ? undefined : this.#rounds.get(round);
    if (waiting?.missing.delete(process) === true && waiting.missing.size === 0) {
      waiting.end();
    }
  }
}

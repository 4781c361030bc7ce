import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { createLog } from "../src/kernel/log.ts";
import { STOP_LIMIT_MS } from "../src/kernel/stop-within.ts";
import { ProcessGroup } from "../src/platform/processes/process-group.ts";
import { answerQuestions, usage } from "./child-side.ts";
import { countedSchema, seededSchema, usageSchema, type Question } from "./messages.ts";

/** The primary of several processes: what the bench asks, it asks all of them, and answers for them together with itself. */
export async function answerForAll(size: number): Promise<void> {
  const endsMs = STOP_LIMIT_MS;
  const group = new ProcessGroup({ size, endsMs, replacedEndsMs: endsMs, log: createLog("warn", 0) });
  await group.start();
  answerQuestions({
    usage: async () => {
      const all = [usage(), ...(await askAll("usage")).map((answer) => usageSchema.parse(answer))];
      return { rss: sum(all.map(({ rss }) => rss)), cpu: sum(all.map(({ cpu }) => cpu)) };
    },
    seed: async () => seededSchema.parse((await ask(members().slice(0, 1), "seed"))[0]),
    count: async () => {
      await askAll("count");
    },
    counted: async () => {
      const all = (await askAll("counted")).map((answer) => countedSchema.parse(answer));
      // Statements are those of each process; commits are counted by the database, for all.
      const commits = Math.max(...all.map((each) => each.commits));
      return { statements: sum(all.map(({ statements }) => statements)), commits };
    },
    stop: () => group.stop("the bench has ended", new AbortController().signal),
  });
}

const members = (): readonly Worker[] =>
  Object.values(cluster.workers ?? {}).filter((each) => each !== undefined);

const askAll = (question: Question): Promise<unknown[]> => ask(members(), question);

const ask = (asked: readonly Worker[], question: Question): Promise<unknown[]> =>
  Promise.all(
    asked.map(async (worker) => {
      const answer: Promise<unknown[]> = once(worker, "message");
      worker.send({ question });
      return (await answer)[0];
    }),
  );

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

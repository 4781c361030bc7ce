import pg from "pg";
import type { Database } from "../src/platform/database/database.ts";
import type { Answers } from "./child-side.ts";

/**
 * Counts what is sent to PostgreSQL and the transactions that write. While nothing is counted, nothing is in the
 * way of a statement.
 */
export function countStatements(database: Database): Pick<Answers, "count" | "counted"> {
  const original = Object.getOwnPropertyDescriptor(pg.Client.prototype, "query");
  if (original === undefined) {
    throw new Error("pg has changed: its Client has no query.");
  }
  const send = original.value as (...parameters: unknown[]) => unknown;
  let statements = 0;
  let writtenBefore = 0;
  return {
    count: async () => {
      statements = 0;
      writtenBefore = await written(database);
      Object.defineProperty(pg.Client.prototype, "query", {
        ...original,
        value(this: pg.Client, ...parameters: unknown[]) {
          statements += 1;
          return send.apply(this, parameters);
        },
      });
    },
    counted: async () => {
      Object.defineProperty(pg.Client.prototype, "query", original);
      return { statements, commits: (await written(database)) - writtenBefore };
    },
  };
}

/** Only a transaction that writes gets a number, so numbers count commits. */
async function written(database: Database): Promise<number> {
  const [row] = await database.query<{ next: string }>({
    name: "bench_written",
    text: "select pg_snapshot_xmax(pg_current_snapshot())::text as next",
  });
  return Number(row?.next);
}

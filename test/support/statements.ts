import pg from "pg";

const FRAME = /^(begin|commit|rollback|set local)\b/i;
/** The queue of jobs and the chain of the audit log work whenever they like. */
const IN_THE_BACKGROUND = /\bjob_(due_lanes|claim|renew|remove|retry)\b|\baudit_(seal|unsealed_chains)\b/;

/** Counts what this process asks PostgreSQL while `work` runs, without what only begins and ends a transaction, and without work in the background. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const original = Object.getOwnPropertyDescriptor(pg.Client.prototype, "query");
  if (original === undefined) {
    throw new Error("pg has changed: its Client has no query.");
  }
  const send = original.value as (...parameters: unknown[]) => unknown;
  const statements: string[] = [];
  Object.defineProperty(pg.Client.prototype, "query", {
    ...original,
    value(this: pg.Client, ...parameters: unknown[]) {
      const [asked] = parameters;
      const name = typeof asked === "object" && asked !== null && "name" in asked ? asked.name : asked;
      statements.push(String(name));
      return send.apply(this, parameters);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(pg.Client.prototype, "query", original);
  }
  return statements.filter((statement) => !FRAME.test(statement) && !IN_THE_BACKGROUND.test(statement));
}

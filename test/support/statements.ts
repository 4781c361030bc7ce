import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";

const FRAME = /^(begin|commit|rollback|set local)\b/i;
/** The queue of jobs, the turns of webhooks and the chain of the audit log work whenever they like; signing keys are read again from time to time. */
const IN_THE_BACKGROUND =
  /\bjob_(due_lanes|claim|renew|remove|retry)\b|\bwebhook_(due_lanes|claim|renew|turn_\w+)\b|\baudit_(seal|unsealed_chains)\b|\bsigning_keys_list\b/;
/** What comes every half minute: housekeeping, the comparison of clocks, and the signs of life of the process and of the connection that listens. */
const EVERY_HALF_MINUTE =
  /(?<!office)_purge\b|_to_(purge|erase|prune)\b|\boidc_forget_crowd\b|\bprocess_(beat|sweep)\b|\bclock_watch_time\b|^select 1$/;
/** What a connection of the pool sends first. When one is made anew is the pool's affair, not that of the work. */
const OF_A_NEW_CONNECTION = /^set role vestibule_app;/;

const isInBackground = (name: string): boolean =>
  [IN_THE_BACKGROUND, EVERY_HALF_MINUTE, OF_A_NEW_CONNECTION].some((kind) => kind.test(name));

/** What was sent over one connection. */
interface Sent {
  readonly connection: object;
  readonly name: string;
  readonly text: string;
}

/** Counts what this process asks PostgreSQL while `work` runs, without what only begins and ends a transaction, and without work in the background. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const names = (await sentDuring(work)).map(({ name }) => name);
  return names.filter((name) => !FRAME.test(name) && !isInBackground(name));
}

/** What a piece of work costs. A transaction costs its begin and its commit as well, as each of them is a message to PostgreSQL. */
export interface Cost {
  readonly statements: readonly string[];
  /** Transactions that store something, a single statement among them: each is written to the disk before it is answered. */
  readonly commits: number;
}

/** The cost of `work`, without work in the background. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const transactions = transactionsIn(await sentDuring(work)).filter(
    (transaction) => !transaction.some(({ name }) => isInBackground(name)),
  );
  return {
    statements: transactions.flat().map(({ name }) => name),
    commits: transactions.filter((transaction) => transaction.some(({ text }) => isWriting(text))).length,
  };
}

async function sentDuring(work: () => Promise<unknown>): Promise<Sent[]> {
  const original = Object.getOwnPropertyDescriptor(pg.Client.prototype, "query");
  if (original === undefined) {
    throw new Error("pg has changed: its Client has no query.");
  }
  const send = original.value as (...parameters: unknown[]) => unknown;
  const sent: Sent[] = [];
  Object.defineProperty(pg.Client.prototype, "query", {
    ...original,
    value(this: pg.Client, ...parameters: unknown[]) {
      const [asked] = parameters;
      const { name = asked, text = asked }: { name?: unknown; text?: unknown } =
        typeof asked === "object" && asked !== null ? asked : {};
      if (!isWorkers(this)) {
        sent.push({ connection: this, name: String(name), text: String(text) });
      }
      return send.apply(this, parameters);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(pg.Client.prototype, "query", original);
  }
  return sent;
}

/** Workers have connections of their own, and may be at work with what was done before. */
const isWorkers = (client: pg.Client): boolean =>
  (Reflect.get(client, "connectionParameters") as { application_name?: string } | undefined)
    ?.application_name === "vestibule jobs";

/** Each transaction with its frame; a statement outside of one is one by itself. */
function transactionsIn(sent: readonly Sent[]): Sent[][] {
  const open = new Map<object, Sent[]>();
  return sent.flatMap((statement) => {
    const { connection, text } = statement;
    const [word = ""] = /^\w+/.exec(text) ?? [];
    const begun = word === "begin" ? [] : open.get(connection);
    if (begun === undefined) {
      return [[statement]];
    }
    begun.push(statement);
    const hasEnded = word === "commit" || word === "rollback";
    if (hasEnded) {
      open.delete(connection);
    } else {
      open.set(connection, begun);
    }
    return hasEnded ? [begun] : [];
  });
}

const FUNCTIONS = "migrations/functions";
const functions = new Map(
  readdirSync(FUNCTIONS).map((file) => [
    file.replace(/\.sql$/, ""),
    readFileSync(`${FUNCTIONS}/${file}`, "utf8").replace(/^\s*--.*$/gm, ""),
  ]),
);
const WRITES = /\b(insert into|delete from|update \w+ (\w+ )?set)\b/;

/** Whether a statement writes, by itself or by a function that it calls. */
function isWriting(text: string): boolean {
  const reached = new Set<string>();
  const isWrite = (sql: string): boolean => {
    const called = [...functions.keys()].filter(
      (name) => !reached.has(name) && new RegExp(`\\b${name}\\(`).test(sql),
    );
    called.forEach((name) => reached.add(name));
    return WRITES.test(sql) || called.some((name) => isWrite(functions.get(name) ?? ""));
  };
  return isWrite(text);
}

import type { Log } from "../../kernel/log.ts";
import type { Secret } from "../../kernel/secret.ts";
import { openPool, rollBackOnError } from "./pool.ts";

/** The way to the database for the job library, whose statements have no names and come several in one text. */
export interface JobConnection {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  close(): Promise<void>;
}

/**
 * Few connections of its own, as the application role: a busy queue takes none from the pages. Its maintenance may take
 * longer than a page; how much longer is also how long messages stop when a connection dies without a word.
 */
export function connectJobs(options: { url: Secret; size: number; log: Log }): JobConnection {
  const session = { role: "vestibule_app", statementMs: 15_000, idleInTransactionMs: 30_000 } as const;
  const pool = openPool({ ...options, name: "vestibule jobs", session });
  return {
    executeSql: async (text, values) => {
      const result: unknown = await pool.use((client) =>
        rollBackOnError(client, () => client.query(text, values)),
      );
      return { rows: rowsOf(result) };
    },
    close: () => pool.close(),
  };
}

/** Several statements in one text answer several results. */
function rowsOf(result: unknown): unknown[] {
  if (Array.isArray(result)) {
    return result.flatMap(rowsOf);
  }
  const isResult = typeof result === "object" && result !== null && "rows" in result;
  return isResult && Array.isArray(result.rows) ? result.rows : [];
}

import type { Log } from "../../kernel/log.ts";
import type { Secret } from "../../kernel/secret.ts";
import { openPool, rollBackOnError } from "./pool.ts";

/** Database access for pg-boss, whose statements have no names and come several in one text. */
export interface JobConnection {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  close(): Promise<void>;
}

/**
 * A separate small pool with the application role, so that a busy queue takes no connections from the pages. Its statement timeout is
 * longer, for pg-boss' maintenance; it is also how long messages stop when a connection dies silently.
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

/** Several statements in one text have several results. */
function rowsOf(result: unknown): unknown[] {
  if (Array.isArray(result)) {
    return result.flatMap(rowsOf);
  }
  const isResult = typeof result === "object" && result !== null && "rows" in result;
  return isResult && Array.isArray(result.rows) ? result.rows : [];
}

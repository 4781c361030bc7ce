import { Pool } from "pg";
import type { Log } from "../kernel/log.ts";
import type { Secret } from "../kernel/secret.ts";

/** The way to the database for the job library, whose statements have no names and come several in one text. */
export interface JobConnection {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  close(): Promise<void>;
}

/** Few connections of its own, as the application role: a busy queue takes none from the pages. */
export function connectJobs({ url, size, log }: { url: Secret; size: number; log: Log }): JobConnection {
  const pool = new Pool({
    connectionString: url.reveal(),
    max: size,
    connectionTimeoutMillis: 5_000,
    options: "-c role=vestibule_app -c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000",
    application_name: "vestibule jobs",
  });
  pool.on("error", (error) => log.warn({ error }, "an idle database connection ended"));
  return {
    executeSql: async (text, values) => {
      const result: unknown = await pool.query(text, values);
      return { rows: rowsOf(result) };
    },
    close: () => pool.end(),
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

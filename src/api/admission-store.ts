import type { Office } from "../domain/offices/office.ts";
import type { Database, Statement } from "../platform/database/database.ts";
import { toReserve, type RateLimit, type Reserved } from "../platform/limits/rate-limit-store.ts";

const statements = {
  // Both in one round trip: every request asks for them.
  admit: {
    name: "api_admit",
    text: `select r.scope, r.used, (select o.status from offices o where o.id = $8) as status
           from rate_limit_reserve($1, $2, $3, $4, $5, $6, $7) r`,
  },
} as const satisfies Record<string, Statement>;

interface Row extends Reserved {
  readonly status: Office["status"] | null;
}

/** What a request of a caller begins with. A limit that is missing is full. */
export interface Admission {
  readonly reserved: readonly Reserved[];
  /** Of the caller's office; null for none, and for one that is not there. */
  readonly status: Office["status"] | null;
}

/** Counts a request, and reads whether the caller's office is open. */
export class AdmissionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async admit(limits: readonly RateLimit[], officeId: string | null, now: Date): Promise<Admission> {
    const rows = await this.#database.query<Row>(statements.admit, [...toReserve(limits), now, officeId]);
    return { reserved: rows, status: rows[0]?.status ?? null };
  }
}

import { createHash } from "node:crypto";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { Application } from "./application.ts";

/** A request of an application that was refused because of a mistake of the application. */
export interface Refusal {
  /** The path of the endpoint. */
  readonly endpoint: string;
  /** The OAuth error. */
  readonly error: string;
  /** What was wrong, and what to send instead, as it was answered. */
  readonly description: string;
  /** What was not answered, or an empty text. */
  readonly detail: string;
}

export interface KeptRefusal extends Refusal {
  readonly refusedAt: Date;
}

type Owner = Pick<Application, "id" | "officeId">;

/** Kept for each application. A stranger who knows the client id can cause refusals, so the number is fixed. */
const KEPT = 10;
/** An address that was sent may tell of a person, so none is kept for longer than it helps. */
const KEPT_DAYS = 30;
/** Descriptions may repeat what came in the request. */
const MAX_LENGTH = 500;

const statements = {
  // The oldest give way in the statement that adds one. It does not see its own row, so one fewer of the others stays.
  note: {
    name: "application_refusal_note",
    text: `
      with noted as (
        insert into application_refusals
          (home, application_id, kind, office_id, endpoint, error, description, detail, refused_at)
        select $home, id, $2, office_id, $3, $4, $5, $6, $7 from applications where id = $1
        on conflict (home, application_id, kind) do update set refused_at = excluded.refused_at)
      delete from application_refusals where home = $home and application_id = $1 and kind <> $2 and (
        refused_at < $7::timestamptz - interval '${String(KEPT_DAYS)} days' or kind in (
          select kind from application_refusals where home = $home and application_id = $1 and kind <> $2
          order by refused_at desc, kind offset ${String(KEPT - 1)}))`,
  },
  list: {
    name: "application_refusal_list",
    text: `select endpoint, error, description, detail, refused_at as "refusedAt" from application_refusals
           where home = $home and application_id = $1 and refused_at >= $2::timestamptz - interval '${String(KEPT_DAYS)} days'
           order by refused_at desc, kind limit ${String(KEPT)}`,
  },
} as const satisfies Record<string, Statement>;

/** The latest refused requests of each application, each kind once. */
export class RefusalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async note(owner: Owner, refusal: Refusal, at: Date): Promise<void> {
    const texts = [refusal.endpoint, refusal.error, refusal.description, refusal.detail].map((text) =>
      text.slice(0, MAX_LENGTH).replaceAll("\0", ""),
    );
    const kind = createHash("sha256").update(JSON.stringify(texts)).digest("base64url");
    await this.#inOfficeOf(owner, (tx) => tx.query(statements.note, [owner.id, kind, ...texts, at]));
  }

  /** Those of the last thirty days before `at`, the latest first. */
  list(owner: Owner, at: Date): Promise<KeptRefusal[]> {
    return this.#inOfficeOf(owner, (tx) => tx.query<KeptRefusal>(statements.list, [owner.id, at]));
  }

  #inOfficeOf<Result>({ officeId }: Owner, work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    return officeId === null ? this.#database.transaction(work) : this.#database.inOffice(officeId, work);
  }
}

import type { Database, Queryable, Statement } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import type { AuditEvent } from "./audit-event.ts";

const statements = {
  add: {
    name: "audit_add",
    text: `insert into audit_events
             (at, office_id, type, outcome, actor, subject, application_id, address, request_id, details)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  },
} as const satisfies Record<string, Statement>;

/** Adds events; nothing of Vestibule changes or removes one, and its database role could not. */
export class AuditStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Within the transaction of the change, which works for the event's office. */
  async add(tx: Queryable, event: AuditEvent): Promise<void> {
    const { type, outcome, officeId, actor, subject, applicationId, visitor, details } = event;
    await tx.query(statements.add, [
      this.#clock(),
      officeId,
      type,
      outcome,
      actor,
      subject ?? null,
      applicationId ?? null,
      visitor?.address ?? null,
      visitor?.requestId ?? null,
      JSON.stringify(details ?? {}),
    ]);
  }

  /** A transaction for several events of an office. */
  inOffice(officeId: string, work: (tx: Queryable) => Promise<void>): Promise<void> {
    return this.#database.inOffice(officeId, work);
  }

  /** In a transaction of its own, for what changes nothing else. */
  async addAlone(event: AuditEvent): Promise<void> {
    const work = (tx: Queryable) => this.add(tx, event);
    await (event.officeId === null
      ? this.#database.transaction(work)
      : this.#database.inOffice(event.officeId, work));
  }
}

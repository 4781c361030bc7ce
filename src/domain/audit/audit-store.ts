import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { Signal } from "../../kernel/signal.ts";
import type { AuditEvent } from "./audit-event.ts";

const statements = {
  add: { name: "audit_add", text: "select add_audit_events($home, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)" },
} as const satisfies Record<string, Statement>;

/** Every event that this process has written, before its transaction is committed. Functions of the database write some; their callers tell. */
export const auditWritten = new Signal<Pick<AuditEvent, "type" | "outcome" | "officeId" | "details">>();

type EventOfAll = Omit<AuditEvent, "subject">;

/** Adds events. Nothing in Vestibule changes or removes one, and its database role cannot; it can add them by one function only. */
export class AuditStore {
  readonly #database: Database;
  readonly #log: Pick<Log, "warn"> | null;

  constructor(database: Database, log: Pick<Log, "warn"> | null = null) {
    this.#database = database;
    this.#log = log;
  }

  /** In the transaction of the change, which belongs to the event's office. */
  async add(tx: Queryable, event: AuditEvent): Promise<void> {
    await this.addEach(tx, event, [event.subject ?? null]);
  }

  /** The same event for each of several subjects. */
  async addEach(tx: Queryable, event: EventOfAll, subjects: readonly (string | null)[]): Promise<void> {
    const { type, outcome, officeId, actor, applicationId, visitor, details } = event;
    await tx.query(statements.add, [
      now(),
      officeId,
      type,
      outcome,
      actor,
      subjects,
      applicationId ?? null,
      visitor?.address ?? null,
      visitor?.requestId ?? null,
      JSON.stringify(details ?? {}),
    ]);
    this.tell(event);
  }

  /** Tells of an event that was written, here or by a function of the database. */
  tell({ type, outcome, officeId, visitor, details }: EventOfAll): void {
    auditWritten.emit({ type, outcome, officeId, ...(details === undefined ? {} : { details }) });
    if (outcome === "alarm") {
      // Anyone who watches the log sees it at once; it holds no data about a user.
      this.#log?.warn({ type, officeId, requestId: visitor?.requestId ?? null }, "alarm in the audit log");
    }
  }

  /** A transaction for several events of an office. */
  inOffice(officeId: string, work: (tx: Queryable) => Promise<void>): Promise<void> {
    return this.#database.inOffice(officeId, work);
  }

  /** In its own transaction, for an event without a change. */
  async addAlone(event: AuditEvent): Promise<void> {
    const work = (tx: Queryable) => this.add(tx, event);
    await (event.officeId === null
      ? this.#database.transaction(work)
      : this.#database.inOffice(event.officeId, work));
  }
}

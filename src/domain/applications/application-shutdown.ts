import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { Application } from "./application.ts";
import type { ApplicationShutdownStore } from "./application-shutdown-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: ApplicationShutdownStore;
  readonly audit: AuditStore;
}

type Key = Pick<Application, "id" | "officeId" | "name">;

/**
 * Takes an application out of service. Every server process hears of it at once: from then on the application is unknown to the
 * protocol, and so are its codes and tokens. Users stay signed in elsewhere. What was disabled can be enabled with everything it had.
 */
export class ApplicationShutdown {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Returns false when it was disabled already. */
  disable(application: Key, actor: string): Promise<boolean> {
    return this.#change(application, actor, {
      type: "application.disabled",
      work: (tx) => this.#deps.store.disable(tx, application.id, now()),
    });
  }

  /** Returns false when it was not disabled. */
  enable(application: Key, actor: string): Promise<boolean> {
    return this.#change(application, actor, {
      type: "application.enabled",
      work: (tx) => this.#deps.store.enable(tx, application.id, now()),
    });
  }

  /** For good. Its tokens are refused from now on; their rows go when they expire. Returns false when it was gone already. */
  delete(application: Key, actor: string): Promise<boolean> {
    return this.#change(application, actor, {
      type: "application.deleted",
      work: (tx) => this.#deps.store.remove(tx, application.id),
    });
  }

  #change(
    { id, officeId, name }: Key,
    actor: string,
    { type, work }: { readonly type: AuditType; readonly work: (tx: Queryable) => Promise<boolean> },
  ): Promise<boolean> {
    const { database, audit } = this.#deps;
    const inOffice = async (tx: Queryable): Promise<boolean> => {
      const isDone = await work(tx);
      if (isDone) {
        // The name: of one that was deleted, the log would have the id alone.
        await audit.add(tx, { type, outcome: "ok", officeId, actor, subject: id, details: { name } });
      }
      return isDone;
    };
    return officeId === null ? database.transaction(inOffice) : database.inOffice(officeId, inOffice);
  }
}

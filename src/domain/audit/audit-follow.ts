import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "../../platform/database/database.ts";
import { lineOf, type Sink } from "./audit-export.ts";
import type { AuditExportStore, ExportFilter } from "./audit-export-store.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Deps {
  readonly database: Database;
  readonly seals: AuditSealStore;
  readonly store: AuditExportStore;
}

/** Positions read in one query. */
const PAGE = 500;
const SEALED_AT_ONCE = 1_000;

export interface FollowOptions {
  /** One office, or null for the events without an office; when omitted: all of them, including offices added later. */
  readonly officeId?: string | null;
  /** Milliseconds between two checks. */
  readonly everyMs: number;
  /** Stops after the page that is being written. */
  readonly signal: AbortSignal;
  /** Called when the database fails; the query is then repeated. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Writes each event once, as it arrives, in the order of the seals. Only committed events are sealed, and an event that
 * is committed late is sealed late, so none is missed. Where no server runs, this seals the events itself.
 */
export class AuditFollow {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Runs until the signal; returns how many events were written. Events that the filter excludes are skipped for good. */
  async run(filter: ExportFilter, following: FollowOptions, sink: Sink): Promise<number> {
    const { everyMs, signal, onFault } = following;
    const written = new Map<string | null, number>();
    let count = 0;
    const look = async () => {
      await this.#seal();
      for (const { officeId, position } of await this.#deps.store.heads(this.#deps.database)) {
        const isMeant = following.officeId === undefined || following.officeId === officeId;
        let after = written.get(officeId) ?? 0;
        while (isMeant && after < position && !signal.aborted) {
          const last = Math.min(position, after + PAGE);
          count += await this.#page(officeId, { ...filter, after, last }, sink);
          written.set(officeId, last);
          after = last;
        }
      }
    };
    while (!signal.aborted) {
      await look().catch(onFault);
      await wait(everyMs, undefined, { signal }).catch(() => undefined);
    }
    return count;
  }

  async #seal(): Promise<void> {
    while ((await this.#deps.seals.seal(SEALED_AT_ONCE)) > 0);
  }

  /** Reads in a transaction that ends before anything is written, because the reader may be slow. */
  async #page(
    officeId: string | null,
    page: ExportFilter & { readonly after: number; readonly last: number },
    sink: Sink,
  ): Promise<number> {
    const { seals, store } = this.#deps;
    const events = await seals.inSnapshot(officeId, (tx) => store.findSealed(tx, page));
    if (events.length > 0) {
      await sink(events.map(lineOf).join(""));
    }
    return events.length;
  }
}

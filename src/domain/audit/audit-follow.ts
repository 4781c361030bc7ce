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

/** Positions that are read at once. */
const PAGE = 500;
const SEALED_AT_ONCE = 1_000;

export interface Following {
  /** One office, or null for the events without office; left out: all of them, offices that come later included. */
  readonly officeId?: string | null;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Ends it, after what is being written. */
  readonly signal: AbortSignal;
  /** Told when the database failed; it is asked again. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Writes events as they come, each once: in the order of their seals, which are given to what is committed and to nothing
 * else. An event that is committed late is sealed late, so none is passed by. Where no server runs, this seals.
 */
export class AuditFollow {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Goes on until the signal; answers how many events were written. What the filter leaves out is passed by for good. */
  async run(filter: ExportFilter, following: Following, sink: Sink): Promise<number> {
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

  /** Read in a transaction that is over before anything is written: the reader may be slow. */
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

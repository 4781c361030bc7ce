import { CSV_BOM, csvLines } from "../../kernel/csv/csv-lines.ts";
import type { AuditExportStore, ExportedEvent, ExportFilter } from "./audit-export-store.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Deps {
  readonly seals: Pick<AuditSealStore, "inSnapshot">;
  readonly store: AuditExportStore;
}

/** Takes text and resolves when it can take more. */
export type Sink = (text: string) => Promise<void>;

const PAGE = 500;

/** Writes events as JSON Lines or CSV, page by page from one snapshot, so memory does not grow with the log. */
export class AuditExport {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The events of an office, or those without one, by id; returns how many. `isTable`: as CSV for a
   * spreadsheet.
   */
  write(
    officeId: string | null,
    { isTable = false, ...filter }: ExportFilter & { readonly isTable?: boolean },
    sink: Sink,
  ): Promise<number> {
    const { seals, store } = this.#deps;
    return seals.inSnapshot(officeId, async (tx) => {
      let count = 0;
      let after = "0";
      if (isTable) {
        await sink(CSV_BOM + csvLines([COLUMNS]));
      }
      for (;;) {
        const events = await store.find(tx, officeId, { ...filter, after, limit: PAGE });
        const last = events.at(-1);
        if (last === undefined) {
          return count;
        }
        await sink(isTable ? csvLines(events.map(cellsOf)) : events.map(lineOf).join(""));
        count += events.length;
        after = last.id;
      }
    });
  }
}

/** As a line of JSON. The details are kept as the database writes them, so that a reader can recompute the hash. */
export function lineOf({ details, ...rest }: ExportedEvent): string {
  return `${JSON.stringify(rest).slice(0, -1)},"details":${details}}\n`;
}

const COLUMNS = [
  "id",
  "at",
  "officeId",
  "type",
  "outcome",
  "actor",
  "subject",
  "applicationId",
  "address",
  "requestId",
  "details",
  "position",
  "hash",
] as const satisfies readonly (keyof ExportedEvent)[];

const cellsOf = (event: ExportedEvent): string[] => COLUMNS.map((name) => String(event[name] ?? ""));

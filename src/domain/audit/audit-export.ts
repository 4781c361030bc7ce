import { CSV_BOM, csvLines } from "../../kernel/csv/write-csv.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { AuditExportStore, ExportedEvent, ExportFilter } from "./audit-export-store.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Deps {
  readonly seals: Pick<AuditSealStore, "inSnapshot" | "chain">;
  readonly store: AuditExportStore;
}

/** Takes text and resolves when it can take more. */
export type Sink = (text: string) => Promise<void>;

/** What is known of an export before its first event. */
export interface ExportFacts {
  readonly count: number;
  /** The last position of the chain, and the hash there. */
  readonly head: string;
}

/** What a table says above its columns, and its times for a reader. */
export interface TableHead {
  readonly rows: (facts: ExportFacts) => readonly (readonly [string, string])[];
  readonly timeHeading: string;
  readonly timeOf: (at: Date) => string;
}

const PAGE = 500;

/** Writes events as JSON Lines or CSV, page by page from one snapshot, so memory does not grow with the log. */
export class AuditExport {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The events of an office, or those without one, by id; returns how many. `isTable`: as CSV for a
   * spreadsheet, with `head` for people.
   */
  write(
    officeId: string | null,
    { isTable = false, head, ...filter }: ExportFilter & { isTable?: boolean; head?: TableHead },
    sink: Sink,
  ): Promise<number> {
    const { seals, store } = this.#deps;
    return seals.inSnapshot(officeId, async (tx) => {
      let count = 0;
      let after = "0";
      if (isTable) {
        await sink(CSV_BOM + (await this.#headOf(tx, officeId, { head, filter })));
      }
      for (;;) {
        const events = await store.find(tx, officeId, { ...filter, after, limit: PAGE });
        const last = events.at(-1);
        if (last === undefined) {
          return count;
        }
        await sink(
          isTable ? csvLines(events.map((event) => cellsOf(event, head))) : events.map(lineOf).join(""),
        );
        count += events.length;
        after = last.id;
      }
    });
  }

  /** How many events an export has, and where the chain ends. */
  facts(officeId: string | null, filter: ExportFilter): Promise<ExportFacts> {
    return this.#deps.seals.inSnapshot(officeId, (tx) => this.#factsOf(tx, officeId, filter));
  }

  async #factsOf(tx: Queryable, officeId: string | null, filter: ExportFilter): Promise<ExportFacts> {
    const { seals, store } = this.#deps;
    const { head } = await seals.chain(tx);
    return { count: await store.count(tx, officeId, filter), head: `${String(head.position)}:${head.hash}` };
  }

  async #headOf(
    tx: Queryable,
    officeId: string | null,
    { head, filter }: { head: TableHead | undefined; filter: ExportFilter },
  ): Promise<string> {
    if (head === undefined) {
      return csvLines([COLUMNS]);
    }
    const facts = head.rows(await this.#factsOf(tx, officeId, filter));
    return csvLines([...facts, [""], [head.timeHeading, ...COLUMNS]]);
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

const cellsOf = (event: ExportedEvent, head: TableHead | undefined): string[] => [
  ...(head === undefined ? [] : [head.timeOf(new Date(event.at))]),
  ...COLUMNS.map((name) => String(event[name] ?? "")),
];

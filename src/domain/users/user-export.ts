import type { AuditStore } from "../audit/audit-store.ts";
import { FACTORS } from "../factors/factor.ts";
import { CSV_BOM, csvLines } from "../../kernel/csv/write-csv.ts";
import { maskNumber } from "../factors/mobile-number.ts";
import type { ExportedUser, UserExportStore } from "./user-export-store.ts";
import { IMPORT_COLUMNS } from "./user-import-model.ts";

/** The columns of an import, and then those that only Vestibule can fill. */
const COLUMNS = [...IMPORT_COLUMNS, "status", "number state", "second factor", "last sign-in"];

const BATCH = 1_000;

export const EXPORT_FORMATS = ["csv", "jsonl"] as const;
type Format = (typeof EXPORT_FORMATS)[number];

/** The users of an office as a stream of CSV or JSON Lines; it contains no secret. */
export class UserExport {
  readonly #deps: { readonly store: UserExportStore; readonly audit: AuditStore };

  constructor(deps: { store: UserExportStore; audit: AuditStore }) {
    this.#deps = deps;
  }

  /** In chunks, so memory does not grow with the office. Recorded in the audit log before the first chunk. */
  async *write(officeId: string, actor: string, format: Format = "csv"): AsyncGenerator<string, void> {
    const { store, audit } = this.#deps;
    await audit.addAlone({ type: "users.exported", outcome: "ok", officeId, actor, subject: officeId });
    if (format === "csv") {
      yield CSV_BOM + csvLines([COLUMNS]);
    }
    for (let key = ""; ;) {
      const users = await store.after(officeId, key, BATCH);
      if (users.length > 0) {
        const rows = users.map(cellsOf);
        yield format === "csv" ? csvLines(rows) : rows.map(jsonLine).join("");
      }
      if (users.length < BATCH) {
        return;
      }
      key = users.at(-1)?.key ?? key;
    }
  }
}

const cellsOf = (user: ExportedUser): string[] => [
  user.username,
  user.name,
  user.mail ?? "",
  numberOf(user),
  user.language ?? "",
  user.role,
  user.status,
  user.numberState ?? "",
  user.factors.length === 0 ? "none" : user.factors.map((kind) => FACTORS[kind].exportWord).join(" "),
  user.lastSignInAt?.toISOString() ?? "",
];

/** Empty cells are left out, as an import reads them. */
const jsonLine = (cells: readonly string[]): string => {
  const members = COLUMNS.map((column, place) => [column, cells[place] ?? ""] as const);
  return `${JSON.stringify(Object.fromEntries(members.filter(([, cell]) => cell !== "")))}\n`;
};

/** In full if an administrator entered the number and it is unconfirmed; masked, as everywhere, once it is a factor. */
function numberOf({ number, numberState, enteredBy }: ExportedUser): string {
  if (number === null) {
    return "";
  }
  return numberState === "unconfirmed" && enteredBy === "administrator" ? number : maskNumber(number);
}

import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import { readHeading, type CsvHeading } from "../../kernel/csv/csv-heading.ts";
import type { CsvDecoder } from "../../kernel/csv/csv-text.ts";
import { foldCase, typedWord } from "../../kernel/typed-text/typed-text.ts";
import { readCsv, type CsvRow } from "../../kernel/csv/read-csv.ts";
import { parseMobileNumber } from "../factors/mobile-number.ts";
import { homeOf, idAt } from "../../kernel/home.ts";
import type { Office } from "../offices/office.ts";
import {
  COLUMN_ALIASES,
  IMPORT_COLUMNS,
  IMPORT_LIMITS,
  type ImportColumn,
  type ImportRow,
} from "./user-import.ts";
import { newUserSchema } from "./user.ts";
import type { Role } from "../access/role.ts";
import { foldUsername } from "./username.ts";

/** The rules for every row of a file. */
export interface FileRules {
  readonly office: Pick<Office, "id" | "country" | "countries">;
  readonly roles: readonly Role[];
  /** The roles that the actor may give without a second person. */
  readonly rolesAlone: readonly Role[];
  /** How the letters of the file are read. */
  readonly decoder: CsvDecoder;
}

interface RowRules extends FileRules {
  readonly heading: CsvHeading<ImportColumn>;
}

type JudgedPart =
  { readonly type: "row"; readonly row: ImportRow } | { readonly type: "fault"; readonly fault: CsvFault };

const COLUMNS = { known: IMPORT_COLUMNS, required: ["username", "name"], aliases: COLUMN_ALIASES } as const;

/** The rows of a file, each checked by itself; a fault of the file ends the stream. */
export async function* judgedRows(
  bytes: AsyncIterable<Uint8Array>,
  rules: FileRules,
): AsyncGenerator<JudgedPart, void> {
  let judgedBy: RowRules | null = null;
  for await (const part of readCsv(bytes, IMPORT_LIMITS, rules.decoder)) {
    if (part.type === "fault") {
      yield part;
      return;
    }
    if (judgedBy !== null) {
      yield { type: "row", row: judgeRow(part, judgedBy) };
      continue;
    }
    const read = readHeading(part.cells, part.line, COLUMNS);
    if ("fault" in read) {
      yield { type: "fault", fault: read.fault };
      return;
    }
    judgedBy = { ...rules, heading: read.heading };
  }
}

type Fault = ImportRow["faults"][number];

const FAULT_OF_FIELD: Readonly<Record<string, Fault>> = {
  username: "username-invalid",
  name: "name-invalid",
  mail: "mail-invalid",
  language: "language-unknown",
  role: "role-unknown",
};

/** Checks a row by itself; whether its username is taken is known only when all rows are read. */
function judgeRow({ line, cells }: CsvRow, rules: RowRules): ImportRow {
  const cell = (column: ImportColumn) =>
    withoutApostrophe(cells[rules.heading.get(column) ?? cells.length] ?? "");
  const username = cell("username");
  const typed = {
    username,
    name: cell("name"),
    ...(cell("mail") === "" ? {} : { mail: cell("mail") }),
    ...(cell("role") === "" ? {} : { role: foldCase(typedWord(cell("role"))) }),
    ...(cell("language") === "" ? {} : { language: foldCase(typedWord(cell("language"))) }),
  };
  const parsed = newUserSchema.safeParse(typed);
  const number = numberOf(cell("mobile number"), rules.office);
  const faults = [
    ...(hasStrayCells(cells, rules.heading) ? ["cells-too-many" as const] : []),
    ...(parsed.success ? [] : faultsOf(parsed.error.issues)),
    ...(number.fault === null ? [] : [number.fault]),
    ...(parsed.success ? roleFaultsOf(parsed.data.role, rules) : []),
  ];
  // Of a bad row, only what its verdict names is kept.
  const { name, mail, role, language } = parsed.success ? parsed.data : NOTHING;
  const kept = parsed.success ? parsed.data.username : username.slice(0, 100);
  const usernameKey = foldUsername(kept);
  return {
    ...{ line, id: idAt(homeOf(rules.office.id)), username: kept, usernameKey, name, mail, role, language },
    number: number.e164,
    faults,
  };
}

const roleFaultsOf = (role: Role, { roles, rolesAlone }: FileRules): Fault[] =>
  !roles.includes(role) ? ["role-above"] : rolesAlone.includes(role) ? [] : ["role-two"];

const NOTHING = { name: "", mail: null, role: "user", language: null } as const;

/** Whether something stands in a column without a name. */
function hasStrayCells(cells: readonly string[], heading: RowRules["heading"]): boolean {
  const named = new Set(heading.values());
  return cells.some((cell, place) => !named.has(place) && typedWord(cell) !== "");
}

/**
 * A cell without the apostrophe, or the `="…"`, by which a spreadsheet, a program or our own export keeps it from being a formula or
 * a number.
 */
const withoutApostrophe = (cell: string): string =>
  cell
    .trim()
    .replace(/^'(?=[=+\-@])/, "")
    .replace(/^="(.*)"$/su, "$1");

function faultsOf(issues: readonly { readonly path: readonly PropertyKey[] }[]): Fault[] {
  const fields = new Set(issues.map(({ path }) => String(path[0])));
  return [...fields].flatMap((field) => FAULT_OF_FIELD[field] ?? []);
}

function numberOf(
  typed: string,
  { country, countries }: RowRules["office"],
): { readonly e164: string | null; readonly fault: Fault | null } {
  if (typed === "") {
    return { e164: null, fault: null };
  }
  const parsed = parseMobileNumber(typed, country, countries);
  return parsed.type === "number"
    ? { e164: parsed.e164, fault: null }
    : { e164: null, fault: `number-${parsed.fault}` };
}

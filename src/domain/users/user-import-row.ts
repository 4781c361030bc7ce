import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import { readHeading, type CsvHeading } from "../../kernel/csv/csv-heading.ts";
import type { CsvDecoder } from "../../kernel/csv/decode-csv.ts";
import { foldCase, typedWord } from "../../kernel/typed-text/typed-text.ts";
import { readCsv, type CsvRow } from "../../kernel/csv/read-csv.ts";
import { parseMobileNumber } from "../factors/mobile-number.ts";
import { homeOf, idAt } from "../../kernel/home.ts";
import type { Office } from "../offices/office.ts";
import {
  COLUMN_ALIASES,
  IMPORT_COLUMNS,
  IMPORT_LIMITS,
  SECRET_COLUMNS,
  type ImportColumn,
  type ImportRow,
} from "./user-import-model.ts";
import { waitingPasskeys } from "./user-import-passkeys.ts";
import { provesAnything, readSecrets, type ImportedSecrets } from "./user-import-secrets.ts";
import type { UserRef } from "./user-ref.ts";
import { newUserSchema } from "./user.ts";
import type { Role } from "../access/role.ts";
import { foldUsername } from "./username.ts";

/** The rules for every row of a file. */
export interface FileRules {
  readonly office: Pick<Office, "id" | "country" | "countries">;
  readonly roles: readonly Role[];
  /** The roles that the actor may give without a second person. */
  readonly rolesAlone: readonly Role[];
  /** Whether the actor may bring what proves users. */
  readonly mayBringSecrets: boolean;
  /** Seals the key of an authenticator app for its user. */
  readonly sealApp: (user: UserRef, key: string) => Buffer;
  /** How the letters of the file are read. */
  readonly decoder: CsvDecoder;
}

interface RowRules extends FileRules {
  readonly heading: CsvHeading<ImportColumn>;
}

type JudgedPart =
  { readonly type: "row"; readonly row: ImportRow } | { readonly type: "fault"; readonly fault: CsvFault };

const COLUMNS = {
  known: [...IMPORT_COLUMNS, ...SECRET_COLUMNS],
  required: ["username", "name"],
  aliases: COLUMN_ALIASES,
} as const;

/** The rows of a file, each checked by itself; a fault of the file ends the stream. */
export async function* judgedRows(
  bytes: AsyncIterable<Uint8Array>,
  rules: FileRules,
): AsyncGenerator<JudgedPart, void> {
  const headings = new Headings();
  for await (const part of readCsv(bytes, IMPORT_LIMITS, rules.decoder)) {
    const read = part.type === "fault" ? part : headings.read(part);
    if ("fault" in read) {
      yield { type: "fault", fault: read.fault };
      return;
    }
    if (part.type === "row" && hasStrayList(part, read.heading)) {
      yield { type: "fault", fault: { code: "json", line: part.line, about: "" } };
      return;
    }
    if (part.type === "row" && !read.isNew) {
      yield { type: "row", row: await judgeRow(part, { ...rules, heading: read.heading }) };
    }
  }
}

/** The first row of a CSV file is its heading; in JSON Lines each row has its own, nearly always like the one before. */
class Headings {
  #last: CsvHeading<ImportColumn> | null = null;
  #names: readonly string[] = [];

  /** `isNew`: the row is the heading itself. */
  read({ names, cells, line }: CsvRow) {
    if (this.#last !== null && (names === undefined || areEqual(names, this.#names))) {
      return { heading: this.#last, isNew: false };
    }
    const read = readHeading(names ?? cells, line, COLUMNS);
    if ("fault" in read) {
      return read;
    }
    this.#last = read.heading;
    this.#names = names ?? [];
    return { ...read, isNew: names === undefined };
  }
}

const areEqual = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at]);

type Fault = ImportRow["faults"][number];

const FAULT_OF_FIELD: Readonly<Record<string, Fault>> = {
  username: "username-invalid",
  name: "name-invalid",
  mail: "mail-invalid",
  language: "language-unknown",
  role: "role-unknown",
};

/** Checks a row by itself; whether its username is taken is known only when all rows are read. */
async function judgeRow({ line, cells }: CsvRow, rules: RowRules): Promise<ImportRow> {
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
  const secrets = await readSecrets(cell);
  const faults = [
    ...(hasStrayCells(cells, rules.heading) ? ["cells-too-many" as const] : []),
    ...(parsed.success ? [] : faultsOf(parsed.error.issues)),
    ...(number.fault === null ? [] : [number.fault]),
    ...(parsed.success ? roleFaultsOf(parsed.data.role, rules) : []),
    ...secrets.faults,
    ...(provesAnything(secrets.value) && !rules.mayBringSecrets ? ["secrets-denied" as const] : []),
  ];
  // Of a bad row, only what its verdict names is kept.
  const { name, mail, role, language } = parsed.success ? parsed.data : NOTHING;
  const kept = parsed.success ? parsed.data.username : username.slice(0, 100);
  const usernameKey = foldUsername(kept);
  const id = idAt(homeOf(rules.office.id));
  return {
    ...{ line, id, username: kept, usernameKey, name, mail, role, language },
    number: number.e164,
    ...(faults.length === 0 ? keptSecrets(secrets.value, id, rules) : NO_SECRETS),
    faults,
  };
}

type KeptSecrets = Pick<
  ImportRow,
  | ("passwordHash" | "hashKind" | "hashMilliseconds" | "sealedApp" | "appDigits" | "isNumberConfirmed")
  | ("passkeys" | "userHandle")
>;

const NO_SECRETS: KeptSecrets = {
  ...{ passwordHash: null, hashKind: null, hashMilliseconds: null },
  ...{ sealedApp: null, appDigits: 6, isNumberConfirmed: false, passkeys: null, userHandle: null },
};

const keptSecrets = (
  { password, appKey, appDigits, isNumberConfirmed, passkeys }: ImportedSecrets,
  id: string,
  { office, sealApp }: FileRules,
): KeptSecrets => ({
  passwordHash: password?.hash ?? null,
  hashKind: password?.kind ?? null,
  hashMilliseconds: password === null ? null : Math.ceil(password.milliseconds),
  sealedApp: appKey === null ? null : sealApp({ id, officeId: office.id }, appKey).toString("base64"),
  appDigits,
  isNumberConfirmed,
  ...waitingPasskeys(passkeys),
});

const roleFaultsOf = (role: Role, { roles, rolesAlone }: FileRules): Fault[] =>
  !roles.includes(role) ? ["role-above"] : rolesAlone.includes(role) ? [] : ["role-two"];

const NOTHING = { name: "", mail: null, role: "user", language: null } as const;

/** Whether another column than that of passkeys has a list. */
const hasStrayList = ({ lists = [] }: CsvRow, heading: RowRules["heading"]): boolean =>
  lists.some((place) => place !== heading.get("passkeys"));

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

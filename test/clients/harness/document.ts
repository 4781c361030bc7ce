import { format, resolveConfig } from "prettier";
import { readFileSync, writeFileSync } from "node:fs";
import { placeOf } from "../../support/example.ts";
import { COLUMNS, type Client } from "./client.ts";
import type { Result } from "./stage.ts";

/** One line of the table: how a client went when it was last run, or why it was not. */
export interface Row {
  readonly version: string;
  /** ISO date of that run. */
  readonly date: string;
  readonly columns: Client["columns"];
  readonly switches: string;
  readonly result: Result;
  /** Why it was not run; empty when it was. */
  readonly notRun: string;
}

export type Rows = Readonly<Record<string, Row>>;

const RESULTS = placeOf("test/clients/results.json");
const DOCUMENT = placeOf("docs/clients.md");
const [BEGIN, END] = ["<!-- results: begin -->", "<!-- results: end -->"];

/** What the runs before have found. */
export const readRows = (): Rows => JSON.parse(readFileSync(RESULTS, "utf8")) as Rows;

/** Keeps the rows, and writes the table of docs/clients.md. */
export async function writeRows(rows: Rows): Promise<void> {
  await writeFormatted(RESULTS, JSON.stringify(rows));
  const text = readFileSync(DOCUMENT, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  await writeFormatted(DOCUMENT, `${before}${BEGIN}\n\n${tableOf(rows)}\n${END}${after}`);
}

/** Writes a file as `npm run check` wants it. */
export async function writeFormatted(file: string, text: string): Promise<void> {
  writeFileSync(file, await formatted(file, text));
}

/** A text as prettier has it in this file. */
export async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

/** The table as Markdown, with what went wrong below it. */
export function tableOf(rows: Rows): string {
  const head = ["client", "version", ...COLUMNS, "run on", "switches"];
  const lines = Object.entries(rows).map(([name, row]) => [
    name,
    row.version,
    ...COLUMNS.map((column) => cellOf(row, column)),
    row.date,
    row.switches,
  ]);
  const failures = Object.entries(rows).flatMap(([name, row]) => failuresOf(name, row));
  const verdict = failures.length === 0 ? "Nothing failed.\n" : `${failures.join("\n")}\n`;
  return `${markdown([head, ...lines])}\n\n${verdict}`;
}

function cellOf({ columns, result, notRun }: Row, column: (typeof COLUMNS)[number]): string {
  if (!columns.includes(column)) {
    return "–";
  }
  if (notRun !== "") {
    return "not run";
  }
  return result[column] === null ? "yes" : "**no**";
}

const failuresOf = (name: string, { notRun, result }: Row): string[] =>
  notRun === ""
    ? Object.entries(result)
        .filter(([, found]) => found !== null && found !== "not reached")
        .map(([column, found]) => `- **${name}, ${column}:** ${oneLine(found ?? "")}`)
    : [`- **${name}** was not run: ${oneLine(notRun)}`];

/** Ports and client ids differ at each run. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/localhost:\d+/g, "localhost:PORT")
    .replaceAll(/app_[\w-]+/g, "app_…")
    .replaceAll(/([<>|*_[\]])/g, "\\$1")
    .slice(0, 400);

function markdown([head = [], ...lines]: readonly (readonly string[])[]): string {
  const rule = head.map(() => "---");
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

import type { Program } from "./terminal.ts";

/** What a command found out: for machines, and for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  /** The command worked and found something bad: exit code 1. */
  readonly isBad?: boolean;
}

/** Prints it as what was asked for. */
export function print({ json, text, isBad }: Answer, asJson: boolean, program: Program): void {
  program.terminal.output.write(`${asJson ? JSON.stringify(json, null, 2) : text}\n`);
  if (isBad === true) {
    program.exitCode = 1;
  }
}

/** Lines of a label and its value. */
export function details(pairs: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `  ${label.padEnd(width)}   ${printable(value)}`).join("\n");
}

/** Columns under a heading; `nothing` is said when there is no row. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): string {
  if (rows.length === 0) {
    return nothing;
  }
  const lines = [heading, ...rows].map((row) => row.map(printable));
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   "))
    .map((line) => line.trimEnd())
    .join("\n");
}

/** A name must not be able to steer the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");

import type { Program } from "./terminal.ts";

/** The result of a command: as JSON, and as text. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  /** The command worked and found a fault: exit code 1. */
  readonly isBad?: boolean;
}

/** Prints the answer in the requested form. */
export function print({ json, text, isBad }: Answer, asJson: boolean, program: Program): void {
  program.terminal.output.write(`${asJson ? JSON.stringify(json, null, 2) : text}\n`);
  if (isBad === true) {
    program.exitCode = 1;
  }
}

/** Lines with a label and a value. */
export function details(pairs: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `  ${label.padEnd(width)}   ${printable(value)}`).join("\n");
}

/** Columns under a heading; `nothing` is printed when there is no row. */
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

/** A name could contain escape sequences for the terminal, or turn the direction of what follows. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, " ");

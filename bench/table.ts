/** A Markdown table whose columns line up, so that it reads as well in a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

export const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
export const whole = (value: number): string => value.toFixed(0);
export const tenths = (value: number): string => value.toFixed(1);
export const hundredths = (value: number): string => value.toFixed(2);
export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`;
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

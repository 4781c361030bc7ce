/** Names the source in each generated document, so that it is not edited by hand. */
export const madeFrom = (source: string): string => `<!-- Made from ${source} by "npm run docs". -->`;

export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

const cell = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");

export const code = (text: string): string => `\`${text.replaceAll(/\s+/g, " ")}\``;

import { readFile, writeFile } from "node:fs/promises";
import type { Part } from "./options.ts";

/** Replaces what is between the marks of a section in its document. */
export async function writeReport(section: Part, report: string): Promise<void> {
  const name = section === "cost" ? "scale" : "performance";
  const document = new URL(`../docs/${name}.md`, import.meta.url);
  const [begin, end] = [`<!-- bench ${section} -->`, `<!-- end ${section} -->`];
  const text = await readFile(document, "utf8");
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start === -1 || stop === -1) {
    throw new Error(`docs/${name}.md has lost the marks of its section "${section}".`);
  }
  await writeFile(document, `${text.slice(0, start + begin.length)}\n\n${report}\n\n${text.slice(stop)}`);
}

import { readFile, writeFile } from "node:fs/promises";

const DOCUMENT = new URL("../docs/performance.md", import.meta.url);

/** Replaces what stands between the marks of a section in docs/performance.md. */
export async function writeReport(section: string, report: string): Promise<void> {
  const [begin, end] = [`<!-- bench ${section} -->`, `<!-- end ${section} -->`];
  const text = await readFile(DOCUMENT, "utf8");
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start === -1 || stop === -1) {
    throw new Error(`docs/performance.md has lost the marks of its section "${section}".`);
  }
  await writeFile(DOCUMENT, `${text.slice(0, start + begin.length)}\n\n${report}\n\n${text.slice(stop)}`);
}

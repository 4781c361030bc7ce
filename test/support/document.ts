import { readFileSync } from "node:fs";

/** A fenced block of a document. */
export interface Block {
  /** From the comment before it, `<!-- block: name /path/of/the/file -->`; empty without one. */
  readonly name: string;
  /** The file that the reader writes it to; empty for what is typed. */
  readonly file: string;
  readonly language: string;
  readonly text: string;
}

const FENCE = /(?:<!-- block: ([a-z-]+)(?: (\/\S+))? -->\n+)?^```([a-z]*)\n([\s\S]*?)^```$/gm;

export const OPERATIONS = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

/** Every fenced block, in order. */
export const blocksOf = (document: string): readonly Block[] =>
  [...document.matchAll(FENCE)].map(([, name = "", file = "", language = "", text = ""]) => ({
    name,
    file,
    language,
    text,
  }));

/** The text of the block with this name, or of the one that is written to this file. Throws when there is none. */
export function blockOf(document: string, wanted: string): string {
  const found = blocksOf(document).filter(({ name, file }) => name === wanted || file === wanted);
  const [block] = found;
  if (block === undefined || found.length > 1) {
    throw new Error(`The document has ${String(found.length)} blocks ${wanted}.`);
  }
  return block.text;
}

/** Puts a test's own places where the reader puts his; each has to be met, so that none is forgotten. */
export function withOwn(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((done, [theirs, own]) => {
    if (!text.includes(theirs)) {
      throw new Error(`"${theirs}" is not in: ${text}`);
    }
    return done.replaceAll(theirs, own);
  }, text);
}

/** Lines `NAME=value`, as systemd and the shell read them. */
export function settingsIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([A-Z_]+)="?([^"]*)"?$/.exec(line) ?? [];
      if (name === "") {
        throw new Error(`No setting: ${line}`);
      }
      return [name, value];
    }),
  );
}

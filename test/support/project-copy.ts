import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Copies what `COPY . .` of the Dockerfile takes: everything but what `.dockerignore` names. */
export function copyAsTheImageDoes(to: string): void {
  const isIgnored = ignoring(readFileSync(join(PROJECT, ".dockerignore"), "utf8"));
  for (const name of readdirSync(PROJECT)) {
    if (!isIgnored(name)) {
      cpSync(join(PROJECT, name), join(to, name), {
        recursive: true,
        filter: (file) => !isIgnored(file.slice(PROJECT.length).split(sep).join("/")),
      });
    }
  }
}

/** Docker's rules as far as the file uses them: a pattern leaves out what it names, at the root, with everything below. */
function ignoring(text: string): (path: string) => boolean {
  const patterns = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const unknown = patterns.find((pattern) => pattern.startsWith("!"));
  if (unknown !== undefined) {
    throw new Error(`The copy does not know the exception ${unknown}.`);
  }
  return (path) => {
    const parts = path.split("/");
    return parts.some((_, place) =>
      patterns.some((pattern) =>
        matchesGlob(parts.slice(0, place + 1).join("/"), pattern.replace(/\/$/, "")),
      ),
    );
  };
}

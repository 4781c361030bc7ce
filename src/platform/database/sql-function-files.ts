import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MIGRATIONS } from "../../../knexfile.ts";

/** An SQL function of this release: the text of `migrations/functions/<name>.sql`, which also grants its privileges. */
export interface SqlFunction {
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly checksum: string;
}

const FUNCTIONS = join(MIGRATIONS, "functions");

/** All functions of this release, by name. */
export const sqlFunctions = (): SqlFunction[] =>
  readdirSync(FUNCTIONS)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => readFunction(basename(file, ".sql")));

/** Throws when the function has no file. */
export function readFunction(name: string): SqlFunction {
  // A checkout on Windows may have other line ends; the checksum must be the same.
  const text = readFileSync(join(FUNCTIONS, `${name}.sql`), "utf8").replaceAll("\r\n", "\n");
  return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
}

/** Sorts functions behind those that they call, because PostgreSQL checks the body when it creates an SQL function. */
export function inOrderOfCalls(functions: readonly SqlFunction[]): SqlFunction[] {
  const met = new Set<string>();
  const withCalled = (one: SqlFunction): SqlFunction[] => {
    if (met.has(one.name)) {
      return [];
    }
    met.add(one.name);
    const called = functions.filter(({ name }) => one.text.includes(`${name}(`));
    return [...called.flatMap(withCalled), one];
  };
  return functions.flatMap(withCalled);
}

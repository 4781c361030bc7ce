import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** The names of all statements in src that write a table, and of the SQL functions that do, sorted. */
export function writersOf(table: string): string[] {
  const writes = new RegExp(`\\b(insert into|update|delete from) ${table}\\b`);
  return [...statements(), ...functions()]
    .flatMap(({ name, text }) => (writes.test(text) ? [name] : []))
    .sort();
}

interface Named {
  readonly name: string;
  readonly text: string;
}

/** A statement begins with its name, and its text reaches to the name of the next one. */
function statements(): Named[] {
  return files("src/**/*.ts").flatMap((file) =>
    readFileSync(file, "utf8")
      .split(/\bname: (?=")/)
      .slice(1)
      .map((text) => ({ name: /^"([^"]*)"/.exec(text)?.[1] ?? "", text: withoutComments(text) })),
  );
}

const functions = (): Named[] =>
  files("migrations/functions/*.sql").map((file) => ({
    name: basename(file, ".sql"),
    text: withoutComments(readFileSync(file, "utf8")),
  }));

const files = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).map((file) => ROOT + file);

const ROOT = new URL("../../", import.meta.url).pathname;

const withoutComments = (text: string): string => text.replace(/^\s*(\/\/|\*|\/\*\*|--).*$/gm, "");

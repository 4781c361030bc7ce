import { codeOf, OperatorError } from "../../kernel/errors.ts";

/** The embedded database cannot be used. The message is one line with the problem and what to do. */
export class EmbeddedDatabaseError extends OperatorError {}

export const OWN_SERVER = "set DATABASE_URL to a PostgreSQL 15-18 server";

export const MAY_NOT_ACT_FOR_OTHERS =
  "root may not act for other users here: run Vestibule as an ordinary user";

const NO_PERMISSION = "no permission: give the user that runs Vestibule write access";

const MEANING = new Map([
  ["EACCES", NO_PERMISSION],
  ["EPERM", NO_PERMISSION],
  ["EROFS", "the file system is read-only: choose a data directory that can be written"],
  ["ENOSPC", "the disk is full: make room"],
  ["EDQUOT", "the disk quota is used up: make room"],
  ["ENOTDIR", "a part of the path is a file: choose another data directory"],
  ["EEXIST", "a file is in its place: choose another data directory"],
]);

/** `task`: what failed, for example "The data directory /x cannot be made". */
export function fileFault(task: string, error: unknown): EmbeddedDatabaseError {
  const code = codeOf(error) ?? "unknown error";
  return new EmbeddedDatabaseError(`${task} (${code}; ${MEANING.get(code) ?? describe(error)}).`, {
    cause: error,
  });
}

/** The line of a program's output that explains a failure: the first error, because later ones usually follow from it; else the last line. */
export function firstErrorLine(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  const isError = (line: string): boolean =>
    /\b(?:FATAL|PANIC|ERROR|error): /.test(line) && !line.includes("the database system is");
  // Removes PostgreSQL's prefix of time and process.
  const line = (lines.find(isError) ?? lines.at(-1))?.replace(/^.*?\b(?=(?:FATAL|PANIC|ERROR): )/, "");
  const hint = /wrote only \d+ of \d+ bytes/.test(output) ? " (the disk is full)" : "";
  return `${line?.replaceAll(/\s+/g, " ").trim() ?? "no output"}${hint}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : "unexpected";
}

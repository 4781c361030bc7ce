import { codeOf, OperatorError } from "../kernel/errors.ts";

/** The embedded database cannot be had; the message is one line that says what is wrong and what to do. */
export class EmbeddedDatabaseError extends OperatorError {}

export const OWN_SERVER = "set DATABASE_URL to a PostgreSQL 15-18 server";

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

/** `task` says what did not work, for example "The data directory /x cannot be made". */
export function fileFault(task: string, error: unknown): EmbeddedDatabaseError {
  const code = codeOf(error) ?? "unknown error";
  return new EmbeddedDatabaseError(`${task} (${code}; ${MEANING.get(code) ?? describe(error)}).`, {
    cause: error,
  });
}

/** The line of a program's output that tells why it failed; the last one where none says "error". */
export function telltaleLine(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  const telling = lines.findLast((line) => /\b(?:FATAL|PANIC|error):/.test(line)) ?? lines.at(-1);
  // PostgreSQL puts time and process before the message; here they only distract.
  return telling?.replace(/^.*?\b(?=(?:FATAL|PANIC|ERROR): )/, "").trim() ?? "no output";
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : "unexpected";
}

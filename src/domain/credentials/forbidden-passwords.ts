import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { codeOf, OperatorError } from "../../kernel/errors.ts";

/** Some two hundred thousand lines; they are kept in memory. */
const MAX_BYTES = 8 * 1024 * 1024;

const SHA1 = /^[0-9a-f]{40}$/i;

/** Passwords that the operator forbids: names of projects and products, or a list of known breaches where no service may be asked. */
export interface ForbiddenPasswords {
  has(password: string): boolean;
}

/**
 * Reads one password a line, in any case of letters, or its SHA-1 in 40 hexadecimal digits. Empty lines and lines that begin
 * with `#` are skipped. Throws an OperatorError for a file that cannot be read, so that no start forgets the list.
 */
export function readForbiddenPasswords(file: string): ForbiddenPasswords {
  const lines = textOf(file)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const hashes = new Set(lines.map((line) => (SHA1.test(line) ? line.toLowerCase() : sha1(folded(line)))));
  return {
    // A hash may be of the password as it was typed, since a list of breaches is.
    has: (password) => hashes.has(sha1(folded(password))) || hashes.has(sha1(password.normalize("NFC"))),
  };
}

const folded = (password: string): string => password.normalize("NFC").toLowerCase();

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

function textOf(file: string): string {
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > MAX_BYTES) {
      throw new OperatorError(
        `VESTIBULE_FORBIDDEN_PASSWORDS: ${file} ${stats.isFile() ? "is larger than 8 MiB" : "is not a file"}.`,
      );
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof OperatorError) {
      throw error;
    }
    const reason = codeOf(error) === "ENOENT" ? "does not exist" : "cannot be read as text";
    throw new OperatorError(`VESTIBULE_FORBIDDEN_PASSWORDS: ${file} ${reason}.`);
  }
}

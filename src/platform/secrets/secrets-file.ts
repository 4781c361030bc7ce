import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";
import { exposureOf, currentReader, type Exposure } from "../../kernel/private-file.ts";

/**
 * The secrets file holds all keys that must not be in the database. This folder reads and creates it, rotates its data keys, and
 * refuses a file that other users of the machine can read. Start at `Secrets`; `re-encryption.ts` applies a new data key to stored
 * values.
 */

/** Keys that are kept outside the database, so that a copy of the database alone reveals no secret. */
export interface Secrets {
  /** Key of the hashes of identifiers, tokens and rate-limit keys. Never changes: with another one no stored identifier is found. */
  readonly pepper: Secret;
  /** For encryption at rest. The first encrypts, all decrypt. */
  readonly dataKeys: readonly Secret[];
  /** For signatures of cookies and form tokens. The first signs, all verify. */
  readonly cookieKeys: readonly Secret[];
}

const key = z.string().regex(/^[\w-]{43,}$/, "must be at least 32 bytes as base64url");
const fileSchema = z.object({
  pepper: key,
  dataKeys: z.array(key).min(1),
  cookieKeys: z.array(key).min(1),
});

/** Throws an OperatorError when other users than the server may read or change the file (decision 0042). A missing file is accepted. */
export function requirePrivateSecrets(file: string): void {
  const exposure = exposureOfSecrets(file);
  if (exposure !== null) {
    throw new OperatorError(
      `The secrets file ${file} ${exposure.problem}, and production refuses that: ${exposure.advice(file)}`,
    );
  }
}

/** Unsafe permissions of the file; null when it is private or missing. */
export function exposureOfSecrets(file: string): Exposure | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? null : exposureOf(stats, currentReader());
}

/** Throws an OperatorError that names the file and what to do. */
export function readSecrets(file: string): Secrets {
  const content = parse(file, read(file));
  return {
    pepper: new Secret(content.pepper),
    dataKeys: content.dataKeys.map((value) => new Secret(value)),
    cookieKeys: content.cookieKeys.map((value) => new Secret(value)),
  };
}

export const hasSecrets = (file: string): boolean => existsSync(file);

/** Creates the file, readable by its owner only. Never replaces a file, even when two processes start at the same time. */
export function createSecrets(file: string): void {
  const content = { pepper: randomToken(), dataKeys: [randomToken()], cookieKeys: [randomToken()] };
  const draft = `${file}.${randomToken(6)}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
    chmodSync(draft, 0o600);
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      throw new OperatorError(`Cannot write the secrets file ${file} (${codeOf(error) ?? "unknown"}).`, {
        cause: error,
      });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Adds a data key before the others. After its next start a process encrypts with it; the others still decrypt. */
export function addDataKey(file: string): void {
  change(file, (content) => ({ ...content, dataKeys: [randomToken(), ...content.dataKeys] }));
}

/** Removes all data keys but the first, and returns how many. Call it only when no value is sealed with them. */
export function dropOldDataKeys(file: string): number {
  let dropped = 0;
  change(file, (content) => {
    dropped = content.dataKeys.length - 1;
    return { ...content, dataKeys: content.dataKeys.slice(0, 1) };
  });
  return dropped;
}

type Content = z.infer<typeof fileSchema>;

/**
 * Writes the changed file beside the old one and renames it over it: a reader sees one or the other, and a crash leaves the old
 * one. The draft's fixed name works as a lock, so that two changes cannot lose a key.
 */
function change(named: string, work: (content: Content) => Content): void {
  read(named);
  const file = realpathSync(named);
  const draft = `${file}.new`;
  const fail = (error: unknown, why: string) => new OperatorError(why, { cause: error });
  try {
    writeFileSync(draft, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw codeOf(error) === "EEXIST"
      ? fail(
          error,
          `${draft} is there: another command changes the secrets, or one was interrupted. Remove it then.`,
        )
      : fail(error, `Cannot write ${draft} (${codeOf(error) ?? "unknown"}).`);
  }
  try {
    const { uid, gid, mode } = statSync(file);
    const content = work(parse(file, read(file)));
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { flush: true });
    chownSync(draft, uid, gid);
    // If root owns the file, the server reads it through its group.
    chmodSync(draft, 0o600 | (mode & 0o040));
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OperatorError(
      `Cannot read the secrets file ${file} (${codeOf(error) ?? "unknown"}). Restore it, or name it with VESTIBULE_SECRETS_FILE.`,
      { cause: error },
    );
  }
}

function parse(file: string, text: string): Content {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    // The cause is left out: a parser's message quotes the text, and the text is secret.
    const where = error instanceof z.ZodError ? (error.issues[0]?.path.join(".") ?? "") : "not JSON";
    throw new OperatorError(`The secrets file ${file} is damaged (${where}). Restore it from your backup.`);
  }
}

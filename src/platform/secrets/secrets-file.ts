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
 * The secrets file: everything that has to be kept outside the database. This folder owns reading it, making it, replacing its
 * data keys, and refusing one that other users of the machine can read. Start at `Secrets`.
 */

/** What stands outside the database, so that a copy of the database alone opens nothing. */
export interface Secrets {
  /** Hashes identifiers, tokens and guard keys. Never changes: a new one makes every stored identifier unknown. */
  readonly pepper: Secret;
  /** Encrypts at rest; the first seals, all open. */
  readonly dataKeys: readonly Secret[];
  /** Signs cookies and form tokens; the first signs, all verify. */
  readonly cookieKeys: readonly Secret[];
}

const key = z.string().regex(/^[\w-]{43,}$/, "must be at least 32 bytes as base64url");
const fileSchema = z.object({
  pepper: key,
  dataKeys: z.array(key).min(1),
  cookieKeys: z.array(key).min(1),
});

/** Throws an OperatorError when others than the server may read the file or change it (decision 0042); there may be none. */
export function requirePrivateSecrets(file: string): void {
  const exposure = exposureOfSecrets(file);
  if (exposure !== null) {
    throw new OperatorError(
      `The secrets file ${file} ${exposure.problem}, and production refuses that: ${exposure.advice(file)}`,
    );
  }
}

/** Who else may read the file; null when it is private or missing. */
export function exposureOfSecrets(file: string): Exposure | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? null : exposureOf(stats, currentReader());
}

/** Reads the secrets. Throws an OperatorError that names the file and what to do. */
export function readSecrets(file: string): Secrets {
  const content = parse(file, read(file));
  return {
    pepper: new Secret(content.pepper),
    dataKeys: content.dataKeys.map((value) => new Secret(value)),
    cookieKeys: content.cookieKeys.map((value) => new Secret(value)),
  };
}

export const hasSecrets = (file: string): boolean => existsSync(file);

/** Makes a new file, readable by its owner alone; never replaces one, also when two processes try at once. */
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

/** Adds a data key before the others: from a process's next start on it seals, and the others still open. */
export function addDataKey(file: string): void {
  change(file, (content) => ({ ...content, dataKeys: [randomToken(), ...content.dataKeys] }));
}

/** Removes all data keys but the first; answers how many. Only when nothing is sealed by them any more. */
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
 * Writes the changed file beside the old one and puts it in its place in one move: a reader finds the one or the
 * other, a crash leaves the old one. The draft's name is a lock, so that no change overwrites another's key.
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
    // Where root owns the file, the server reads it by its group.
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

import { hash } from "node:crypto";
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { codeOf } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Account } from "./embedded-account.ts";
import { runCommand } from "./embedded-command.ts";
import { EmbeddedDatabaseError, OWN_SERVER } from "./embedded-error.ts";
import { ancestors, isOpenWithin, listFiles } from "./embedded-native-files.ts";
import { binariesIn, completeNative, MAJOR_VERSION } from "./embedded-native.ts";
import { isRoot, type Place } from "./embedded-place.ts";

interface Wanted {
  native: string;
  place: Place;
  account: Account | null;
}

/** Why a directory cannot hold the copy; the next one is tried. */
class Refusal extends Error {}

/**
 * Copies the programs once to where the account can run them. It cannot enter a directory of root, and the programs find their
 * libraries by their real path, so a working directory does not help. The copy is named after a hash of the content, so that a
 * changed or damaged program is never run.
 */
export async function copyNative({ native, place, account }: Wanted): Promise<string> {
  const identity = await hashOf(native);
  const refusals: string[] = [];
  for (const parent of await parents(place)) {
    const copy = join(parent, `vestibule-postgresql-${MAJOR_VERSION}-${identity}`);
    try {
      await refuseUnsafe(parent);
      await ensureCopy(copy, { native, identity });
      await refuseUnusable(copy, account);
      return join(copy, "native");
    } catch (error) {
      refusals.push(
        `${parent}: ${error instanceof Refusal ? error.message : (codeOf(error) ?? String(error))}`,
      );
    }
  }
  throw new EmbeddedDatabaseError(
    `${account?.name ?? "This user"} cannot use the PostgreSQL programs in ${native}, and they could not be copied ` +
      `(${refusals.join("; ")}): run Vestibule as an ordinary user with a directory of its own, or ${OWN_SERVER}.`,
  );
}

interface Source {
  native: string;
  identity: string;
}

/** Hash of all names and contents. */
async function hashOf(native: string): Promise<string> {
  const lines = (await listFiles(native)).map(async ({ path }) => {
    return `${path} ${hash("sha256", await readFile(join(native, path)))}`;
  });
  return hash("sha256", (await Promise.all(lines)).join("\n")).slice(0, 32);
}

/** Where to copy to: for an ordinary user its own data directory; for root a directory that the other account can enter. */
async function parents(place: Place): Promise<string[]> {
  if (!isRoot()) {
    return [place.dataDir];
  }
  const candidates = ["/var/cache", "/var/tmp", tmpdir()];
  const real = await Promise.all(candidates.map((path) => realpath(path).catch(() => null)));
  return [...new Set(real.filter((path) => path !== null))];
}

async function ensureCopy(copy: string, source: Source): Promise<void> {
  if (!(await isIntact(copy, source))) {
    await removeBroken(copy);
    await createCopy(copy, source);
  }
}

/** Prevents privilege escalation: a user who can rename a parent directory could replace the programs. */
async function refuseUnsafe(parent: string): Promise<void> {
  for (const path of isRoot() ? ancestors(parent) : []) {
    const { uid, mode } = await stat(path);
    const isSticky = (mode & 0o1000) !== 0;
    if (uid !== 0 || ((mode & 0o022) !== 0 && !isSticky) || (mode & 0o001) === 0) {
      throw new Refusal(`${path} is not a directory that only root can change and all users can enter`);
    }
  }
}

/**
 * Whether only this account can change the copy, and it is complete: cleaners of temporary directories remove single files, and a
 * power cut can leave zeros in new ones.
 */
async function isIntact(copy: string, { identity }: Source): Promise<boolean> {
  const top = await lstat(copy).catch(() => null);
  if (top === null) {
    return false;
  }
  if (!top.isDirectory() || top.uid !== process.getuid?.() || (top.mode & 0o022) !== 0) {
    throw new Refusal(`${copy} was made by another user`);
  }
  const native = join(copy, "native");
  const found = await hashOf(native).catch(() => "");
  return found === identity && (await isOpenWithin(native)) && (await completeNative(native));
}

/** Refuses a file system without execution (noexec), and programs for another architecture. */
async function refuseUnusable(copy: string, account: Account | null): Promise<void> {
  const { postgres } = binariesIn(join(copy, "native"));
  const { succeeded, output } = await runCommand(postgres, ["--version"], { cwd: "/", account });
  if (!succeeded) {
    throw new Refusal(output.trim());
  }
}

/** Renames the copy first, so that no process finds it half removed. */
async function removeBroken(copy: string): Promise<void> {
  const trash = `${copy}.broken-${randomToken(6)}`;
  const wasThere = await rename(copy, trash).then(
    () => true,
    () => false,
  );
  if (wasThere) {
    await rm(trash, { recursive: true, force: true });
  }
}

/** Creates the copy in a draft and renames it, so that it is never incomplete. */
async function createCopy(copy: string, source: Source): Promise<void> {
  const draft = await mkdtemp(`${copy}.new-`);
  try {
    const files = await listFiles(source.native);
    const directories = new Set(files.flatMap(({ path }) => ancestors(dirname(path))));
    for (const directory of [...directories].toSorted()) {
      await mkdir(join(draft, "native", directory), { recursive: true });
      await chmod(join(draft, "native", directory), 0o755);
    }
    for (const { path, mode } of files) {
      await copyFile(join(source.native, path), join(draft, "native", path));
      await chmod(join(draft, "native", path), (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
    await completeNative(join(draft, "native"));
    await chmod(draft, 0o755);
    await rename(draft, copy).catch(async (error: unknown) => {
      // Another process that starts at the same time was faster.
      if (!(await isIntact(copy, source))) {
        throw error;
      }
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

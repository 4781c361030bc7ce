import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Account } from "./embedded-account.ts";
import { clusterArgument, runCommand } from "./embedded-command.ts";
import {
  EmbeddedDatabaseError,
  fileFault,
  MAY_NOT_ACT_FOR_OTHERS,
  OWN_SERVER,
  firstErrorLine,
} from "./embedded-error.ts";
import { MAJOR_VERSION, type Binaries } from "./embedded-native.ts";
import { syncDirectory, type Place } from "./embedded-place.ts";
import { OWNER_ROLE, type Secrets } from "./embedded-secrets.ts";

const DRAFT = "postgresql.new-";

interface ClusterOptions {
  binaries: Binaries;
  account: Account | null;
  secrets: Secrets;
  fsync: boolean;
}

/** Whether there is a cluster of our version. Changes nothing. */
export async function hasCluster(place: Place): Promise<boolean> {
  const version = await readVersion(place);
  if (version === null || version === MAJOR_VERSION) {
    return version !== null;
  }
  throw new EmbeddedDatabaseError(
    `The database in ${place.cluster} was made by PostgreSQL ${version}, this Vestibule brings PostgreSQL ` +
      `${MAJOR_VERSION}: use the Vestibule that made it, or move its data with pg_dump; nothing was changed.`,
  );
}

/**
 * Creates a cluster in a draft directory and renames it when it is complete and synced to disk (by initdb). An interrupted start
 * leaves only a draft, which the next start removes. Call it under the start lock.
 */
export async function makeCluster(place: Place, options: ClusterOptions): Promise<void> {
  await refuseOtherFiles(place);
  await removeDrafts(place);
  const draft = join(place.dataDir, `${DRAFT}${randomToken(6)}`);
  try {
    await mkdir(draft, { mode: 0o700 });
    await changeOwner(draft, options.account);
    await initialise(draft, options);
    await moveInPlace(draft, place.cluster);
    await syncDirectory(place.dataDir);
  } catch (error) {
    throw error instanceof EmbeddedDatabaseError
      ? error
      : fileFault(`No database could be made in ${draft}`, error);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function changeOwner(draft: string, account: Account | null): Promise<void> {
  if (account === null) {
    return;
  }
  await chown(draft, account.uid, account.gid).catch((error: unknown) => {
    throw codeOf(error) === "EPERM"
      ? new EmbeddedDatabaseError(
          `${draft} cannot be given to ${account.name}, as whom PostgreSQL is to run (EPERM): ` +
            `${MAY_NOT_ACT_FOR_OTHERS}, or ${OWN_SERVER}.`,
        )
      : error;
  });
}

/** On Windows, a virus scanner that reads new files briefly prevents renaming their directory. */
async function moveInPlace(draft: string, target: string): Promise<void> {
  for (let attempt = 0; process.platform === "win32" && attempt < 50; attempt += 1) {
    const error: unknown = await rename(draft, target).catch((reason: unknown) => reason);
    if (error === undefined) {
      return;
    }
    await sleep(100);
  }
  await rename(draft, target);
}

async function readVersion(place: Place): Promise<string | null> {
  try {
    return (await readFile(join(place.cluster, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return null;
    }
    throw fileFault(`The database in ${place.cluster} cannot be read`, error);
  }
}

/** Removes an empty directory, which the operator may have prepared. Refuses any other: its files may be needed. */
async function refuseOtherFiles(place: Place): Promise<void> {
  await rmdir(place.cluster).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") {
      throw new EmbeddedDatabaseError(
        `${place.cluster} holds something that is no PostgreSQL database: move it away, or choose another data ` +
          `directory.`,
        { cause: error },
      );
    }
  });
}

async function removeDrafts(place: Place): Promise<void> {
  const names = (await readdir(place.dataDir)).filter((name) => name.startsWith(DRAFT));
  for (const name of names) {
    // The initdb of a killed start may still write into its draft; then the next start removes it.
    await rm(join(place.dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function initialise(draft: string, options: ClusterOptions): Promise<void> {
  const { binaries, account, secrets, fsync } = options;
  const password = await createPasswordFile(draft, secrets.owner, account);
  const args = [
    ["-D", clusterArgument(draft, account), `--username=${OWNER_ROLE}`, `--pwfile=${password.path}`],
    ["--auth-local=reject", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C"],
    [
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(fsync ? [] : ["--no-sync"]),
    ],
  ].flat();
  try {
    const stdin = password.file === null ? {} : { stdin: password.file.fd };
    const { succeeded, output } = await runCommand(binaries.initdb, args, { cwd: draft, account, ...stdin });
    if (!succeeded) {
      throw new EmbeddedDatabaseError(
        `No database could be made in ${draft}: ${firstErrorLine(output)}; mend that and start again, or ${OWN_SERVER}.`,
      );
    }
  } finally {
    await password.remove();
  }
}

interface PasswordFile {
  path: string;
  file: FileHandle | null;
  remove(): Promise<void>;
}

/**
 * initdb reads the first password from a file only. It gets an already deleted file as standard input: the other account could not
 * reach a file in our directory, and a killed process leaves no password behind. A pipe would not do, because Node creates it as a
 * socket, which cannot be opened by path. On Windows initdb runs under the same account and reads the file itself.
 */
async function createPasswordFile(
  draft: string,
  password: string,
  account: Account | null,
): Promise<PasswordFile> {
  const path = `${draft}.password`;
  {
    await using writing = await open(path, "wx", 0o600);
    await writing.writeFile(`${password}\n`);
    if (account !== null) {
      await writing.chown(account.uid, account.gid);
    }
  }
  if (process.platform === "win32") {
    return { path, file: null, remove: () => rm(path, { force: true }) };
  }
  const file = await open(path, "r");
  await rm(path);
  return { path: "/dev/stdin", file, remove: () => file.close() };
}

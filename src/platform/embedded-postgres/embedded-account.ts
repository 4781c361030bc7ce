import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedDatabaseError, OWN_SERVER } from "./embedded-error.ts";
import { isRoot, type Place } from "./embedded-place.ts";

/** The operating system account that PostgreSQL runs under. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** In order of preference: accounts of ordinary systems that own nothing valuable. */
const CANDIDATES = ["postgres", "_postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root, because its superuser can run programs and read files. A root process therefore runs it under
 * another account: the owner of an existing cluster, the owner of the data directory, or an unprivileged system account. Null means
 * this process's own account. Never creates an account.
 */
export async function chooseAccount(place: Place): Promise<Account | null> {
  if (!isRoot()) {
    return null;
  }
  const known = parseAccounts(await readFile("/etc/passwd", "utf8").catch(() => ""));
  const owner = await ownerOfCluster(place);
  if (owner?.uid === 0) {
    throw new EmbeddedDatabaseError(
      `${place.cluster} belongs to root, as whom PostgreSQL never runs: give it away, for example with ` +
        `"chown -R nobody ${place.cluster}".`,
    );
  }
  if (owner !== null) {
    return { name: nameOf(owner.uid, known), ...owner };
  }
  const account = known.find(({ uid }) => uid === place.owner?.uid) ?? preferred(known);
  if (account === undefined) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL never runs as root, and this system has no account "postgres" or "nobody": run Vestibule as an ` +
        `ordinary user, or ${OWN_SERVER}.`,
    );
  }
  return account;
}

function preferred(known: readonly Account[]): Account | undefined {
  const found = CANDIDATES.map((name) => known.find((account) => account.name === name));
  return found.find((account) => account !== undefined);
}

async function ownerOfCluster(place: Place): Promise<{ uid: number; gid: number } | null> {
  // Without this file the directory is not a cluster, and is replaced.
  const file = await stat(join(place.cluster, "PG_VERSION")).catch(() => null);
  return file === null ? null : stat(place.cluster).then(({ uid, gid }) => ({ uid, gid }));
}

const nameOf = (uid: number, known: readonly Account[]): string =>
  known.find((account) => account.uid === uid)?.name ?? `user ${uid}`;

function parseAccounts(passwd: string): Account[] {
  return passwd
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid = "", gid = ""]) => ({
      name,
      uid: Number.parseInt(uid, 10),
      gid: Number.parseInt(gid, 10),
    }))
    .filter(({ uid, gid }) => uid > 0 && gid >= 0);
}

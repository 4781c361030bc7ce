import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { askAs, debianPrograms, type Cluster } from "../support/cluster.ts";
import { freePort } from "../support/free-port.ts";

/** A PostgreSQL as Debian makes it, with Debian's own commands, below a folder instead of /etc and /var/lib. */
export interface DebianCluster extends Cluster {
  /** Of PostgreSQL, such as 17. */
  readonly version: string;
  /** What /etc/postgresql is elsewhere. */
  readonly configuration: string;
  readonly data: string;
  /** Makes Debian's commands work on the folder. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a command's words as the account that the data belongs to. */
  readonly asOwner: string;
}

const ADMINISTRATOR = { user: "administrator", password: "password-of-the-administrator" };
const run = promisify(execFile);

/** The version of PostgreSQL that Debian's commands can make a cluster of, or null. */
export function debianVersion(): string | null {
  const programs = debianPrograms();
  const { status } = spawnSync("sh", ["-c", "command -v pg_createcluster"]);
  return status === 0 ? (programs?.split("/").at(-2) ?? null) : null;
}

/** Makes and starts the cluster `main` of a version. */
export async function makeDebianCluster(version: string): Promise<DebianCluster> {
  const isRoot = process.getuid?.() === 0;
  const directory = mkdtempSync(join(tmpdir(), "vestibule-debian-"));
  const place = { configuration: join(directory, "etc"), data: join(directory, "lib", "main") };
  chmodSync(directory, 0o755);
  for (const folder of ["etc", "lib", "run"]) {
    mkdirSync(join(directory, folder));
  }
  if (isRoot) {
    await run("chown", ["-R", "postgres:", directory]);
  }
  const environment = { PATH: process.env["PATH"] ?? "", PG_CLUSTER_CONF_ROOT: place.configuration };
  const port = await freePort();
  const as = isRoot ? ["runuser", "-u", "postgres", "--"] : ["env"];
  const command = ([program = "", ...words]: readonly string[]) =>
    run(program, words, { env: environment, cwd: directory });
  const sockets = join(directory, "run");
  await command([
    ...["pg_createcluster", version, "main", "--datadir", place.data, "--logfile", join(directory, "log")],
    ...["--socketdir", sockets, "--port", String(port), "--pgoption", "fsync=off", "--", "--no-sync"],
  ]);
  await command(["pg_ctlcluster", version, "main", "start"]);
  const role = `create role ${ADMINISTRATOR.user} superuser login password '${ADMINISTRATOR.password}'`;
  await command([...as, "psql", "--host", sockets, "--port", String(port), "--command", role, "postgres"]);
  const url: Cluster["url"] = ({ user, password }, database) =>
    `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/${database}`;
  return {
    ...{ ...place, version, port, environment, asOwner: as.join(" ") },
    administrator: ADMINISTRATOR,
    url,
    sql: (database, text) => askAs(url(ADMINISTRATOR, database), text),
    close: async () => {
      // One that a test has stopped is not running any more.
      await command(["pg_ctlcluster", version, "main", "stop", "--mode=immediate"]).catch(() => undefined);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

import type { ChildProcess } from "node:child_process";
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { chooseAccount, type Account } from "../../src/platform/embedded-postgres/embedded-account.ts";
import { findBinaries } from "../../src/platform/embedded-postgres/embedded-binaries.ts";
import { makeCluster } from "../../src/platform/embedded-postgres/embedded-cluster.ts";
import {
  clusterArgument,
  runCommand,
  spawnCommand,
} from "../../src/platform/embedded-postgres/embedded-command.ts";
import type { Binaries } from "../../src/platform/embedded-postgres/embedded-native.ts";
import { preparePlace } from "../../src/platform/embedded-postgres/embedded-place.ts";
import { OWNER_ROLE } from "../../src/platform/embedded-postgres/embedded-secrets.ts";
import { codeOf } from "../../src/kernel/errors.ts";
import { processesIn } from "../platform/embedded-postgres/embedded-stage.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import { fastDirectory } from "./fast-directory.ts";

/** A PostgreSQL of a test's own, which it may kill, copy, promote and set as it likes. Its superuser owns the tables. */
export interface OwnCluster {
  readonly port: number;
  readonly directory: string;
  /** The directory of its Unix socket. */
  readonly sockets: string;
  /** An address of its database `vestibule`. */
  url(user?: string, password?: string): string;
  /** Adds lines to postgresql.conf; they count from the next start. */
  set(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Puts a file beside its data that PostgreSQL alone can read; answers its path. */
  put(name: string, content: string): Promise<string>;
  /** Takes it away again. */
  take(name: string): Promise<void>;
  start(): Promise<void>;
  /** A clean stop. */
  stop(): Promise<void>;
  /** `kill -9` of all of its processes, as when a machine loses its power. */
  kill(): Promise<void>;
  ask<Row>(text: string, database?: string): Promise<Row[]>;
  /** A copy of the stopped cluster that follows this one once both are started. */
  standby(): Promise<OwnCluster>;
  remove(): Promise<void>;
}

/** Programs and account of PostgreSQL, which never runs as root. */
interface Workshop {
  readonly binaries: Binaries;
  readonly account: Account | null;
}

const PASSWORD = "password-of-the-owner";

/** For a crash of PostgreSQL alone, what it has written without waiting for the disk is enough. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  fsync: "off",
  full_page_writes: "off",
  max_connections: "100",
  shared_buffers: "32MB",
  wal_receiver_timeout: "2s",
  wal_retrieve_retry_interval: "100ms",
};

/** Makes one and starts it, with an empty database `vestibule`; in a directory of its own below `parent`. */
export async function makeOwnCluster(parent = fastDirectory()): Promise<OwnCluster> {
  const place = await preparePlace(await emptyDirectory(parent));
  const account = await chooseAccount(place);
  const binaries = await findBinaries(place, account);
  const secrets = { owner: PASSWORD, application: PASSWORD };
  await makeCluster(place, { binaries, account, secrets, fsync: false });
  const cluster = clusterIn(place.dataDir, { binaries, account }, await freePort());
  const access = join(place.cluster, "pg_hba.conf");
  await writeFile(access, (await readFile(access, "utf8")).replaceAll("reject", "scram-sha-256"));
  await cluster.set(SETTINGS);
  await cluster.start();
  await cluster.ask("create database vestibule", "postgres");
  return cluster;
}

/** One that the account of PostgreSQL may pass through. */
async function emptyDirectory(parent = fastDirectory()): Promise<string> {
  const directory = await mkdtemp(join(parent, "vestibule-cluster-"));
  await chmod(directory, 0o755);
  return directory;
}

function clusterIn(directory: string, workshop: Workshop, port: number): OwnCluster {
  const { binaries, account } = workshop;
  const data = join(directory, "postgresql");
  const sockets = join(directory, "sockets");
  let child: ChildProcess | null = null;

  const giveAway = async (path: string) => {
    if (account !== null) {
      await chown(path, account.uid, account.gid);
    }
  };
  const put = async (name: string, content: string) => {
    const path = join(data, name);
    await writeFile(path, content, { mode: 0o600 });
    await giveAway(path);
    return path;
  };
  const ended = async () => {
    await eventually(
      () => processesIn(directory),
      (pids) => pids.length === 0,
    );
    child = null;
  };
  const url = (user = OWNER_ROLE, password = PASSWORD) =>
    `postgres://${user}:${password}@127.0.0.1:${String(port)}/vestibule`;

  const cluster: OwnCluster = {
    port,
    directory,
    sockets,
    url,
    put,
    take: (name) => rm(join(data, name)),
    set: (settings) =>
      appendFile(
        join(data, "postgresql.conf"),
        Object.entries(settings)
          .map(([name, value]) => `${name} = '${value}'\n`)
          .join(""),
      ),
    start: async () => {
      await mkdir(sockets, { recursive: true });
      await giveAway(sockets);
      const settings = [`port=${String(port)}`, `unix_socket_directories=${sockets}`];
      const started = spawnCommand(
        binaries.postgres,
        ["-D", clusterArgument(data, account), ...settings.flatMap((setting) => ["-c", setting])],
        { cwd: data, account, stdio: "ignore" },
      );
      child = started;
      await eventually(
        () => answers(port),
        (isThere) => isThere || started.exitCode !== null,
      );
      if (started.exitCode !== null) {
        throw new Error(`PostgreSQL in ${data} did not start.`);
      }
    },
    stop: async () => {
      child?.kill("SIGINT");
      await ended();
    },
    kill: async () => {
      child?.kill("SIGKILL");
      (await processesIn(directory)).forEach(kill);
      await ended();
    },
    ask: async <Row>(text: string, database = "vestibule") => {
      const client = new Client({ host: "127.0.0.1", port, user: OWNER_ROLE, password: PASSWORD, database });
      await client.connect();
      try {
        return (await client.query(text)).rows as Row[];
      } finally {
        await client.end();
      }
    },
    standby: async () => {
      const copy = await emptyDirectory();
      await runCommand("cp", ["-a", data, copy], { cwd: directory, account: null });
      const follower = clusterIn(copy, workshop, await freePort());
      await follower.put("standby.signal", "");
      await follower.set({
        primary_conninfo: `host=127.0.0.1 port=${String(port)} user=${OWNER_ROLE} password=${PASSWORD}`,
      });
      return follower;
    },
    remove: async () => {
      await cluster.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return cluster;
}

/** One may end by itself in that moment, once its parent is gone. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (codeOf(error) !== "ESRCH") {
      throw error;
    }
  }
}

async function answers(port: number): Promise<boolean> {
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: OWNER_ROLE,
    password: PASSWORD,
    database: "postgres",
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

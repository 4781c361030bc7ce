import { execFile } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { openEmbeddedDatabase } from "../../src/platform/embedded-postgres/embedded.ts";
import { freePort } from "./free-port.ts";
import { fastDirectory } from "./fast-directory.ts";

/** A database server of one suite's own, empty, without any role of Vestibule's. */
export interface Cluster {
  readonly port: number;
  /** Its superuser. */
  readonly administrator: { readonly user: string; readonly password: string };
  url(login: { readonly user: string; readonly password: string }, database: string): string;
  /** Runs statements as the superuser. */
  sql<Row extends object>(database: string, text: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** Where Debian's packages have their programs, newest last. */
const DEBIAN = "/usr/lib/postgresql";
const PASSWORD = "password-of-the-superuser";
const run = promisify(execFile);

/** The folder with the programs of Debian's newest PostgreSQL, or null where there is none. */
export function debianPrograms(): string | null {
  if (!existsSync(DEBIAN)) {
    return null;
  }
  const folders = readdirSync(DEBIAN)
    .sort((one, other) => Number(one) - Number(other))
    .map((version) => join(DEBIAN, version, "bin"));
  return folders.findLast((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** A server of Debian's programs, in a directory of its own and on a free port; the system's own is left alone. */
export async function debianCluster(programs: string): Promise<Cluster> {
  const directory = mkdtempSync(join(fastDirectory(), "vestibule-postgresql-"));
  const account = unprivileged();
  const port = await freePort();
  const options = account === null ? {} : account;
  if (account !== null) {
    chownSync(directory, account.uid, account.gid);
  }
  const data = join(directory, "data");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, PASSWORD);
  await run(
    join(programs, "initdb"),
    ["-D", data, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8", "-N"],
    { ...options, cwd: directory },
  );
  const settings = `-p ${String(port)} -k ${directory} -c listen_addresses=127.0.0.1 -c fsync=off`;
  const control = (words: readonly string[]) =>
    run(join(programs, "pg_ctl"), ["-D", data, "-w", ...words], { ...options, cwd: directory });
  await control(["-l", join(directory, "log"), "-o", settings, "start"]);
  return clusterAt({
    port,
    administrator: { user: "postgres", password: PASSWORD },
    close: async () => {
      await control(["-m", "immediate", "stop"]);
      rmSync(directory, { recursive: true, force: true });
    },
  });
}

/** A server of the embedded programs. Its roles get other names, so that it knows none of ours. */
export async function embeddedCluster(): Promise<Cluster> {
  const dataDir = mkdtempSync(join(fastDirectory(), "vestibule-embedded-"));
  const embedded = await openEmbeddedDatabase({ dataDir, log: () => undefined, fsync: false });
  const { username, password, port } = new URL(embedded.ownerUrl);
  const cluster = clusterAt({
    port: Number(port),
    administrator: { user: "postgres", password: PASSWORD },
    close: async () => {
      await nameBack();
      await embedded.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
  // The embedded server is stopped by the role that started it, under its own name.
  const nameBack = () =>
    cluster.sql(
      "postgres",
      `do $$ begin alter role ${username} rename to latest_owner; exception when undefined_object then null; end $$;
       alter role formerly_owner rename to ${username}`,
    );
  await askAs(
    cluster.url({ user: username, password }, "postgres"),
    `create role postgres superuser login password '${PASSWORD}'; grant connect on database postgres to public`,
  );
  await cluster.sql("postgres", "drop database vestibule");
  await cluster.sql(
    "postgres",
    `alter role ${username} rename to formerly_owner; alter role vestibule_app rename to formerly_app`,
  );
  return cluster;
}

function clusterAt(place: Omit<Cluster, "url" | "sql">): Cluster {
  const url: Cluster["url"] = ({ user, password }, database) =>
    `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${String(place.port)}/${database}`;
  return {
    ...place,
    url,
    sql: (database, text) => askAs(url(place.administrator, database), text),
  };
}

/** Runs statements with the login of a URL; answers the rows of the last. */
export async function askAs<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result: unknown = await client.query(text);
    const last: unknown = Array.isArray(result) ? result.at(-1) : result;
    return typeof last === "object" && last !== null && "rows" in last ? (last.rows as Row[]) : [];
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root; who else runs tests is himself. */
function unprivileged(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) {
    return null;
  }
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const account = ["postgres", "nobody"]
    .map((name) => accounts.find(([each]) => each === name))
    .find((found) => found !== undefined);
  if (account === undefined) {
    throw new Error("PostgreSQL never runs as root, and there is no account postgres or nobody.");
  }
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

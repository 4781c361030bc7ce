import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Pool, type Client, type QueryResult } from "pg";
import { PLAIN, withConnection } from "../../src/platform/database/connection.ts";
import { openEmbeddedDatabase } from "../../src/platform/embedded-postgres/embedded.ts";
import { migrate } from "../../src/platform/database/migrate.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { fastDirectory } from "./fast-directory.ts";

/** A database of one suite's own. */
export interface FreshDatabase {
  /** For the server: the application role. */
  readonly url: string;
  /** For migrations and for looking behind row-level security. */
  readonly ownerUrl: string;
  /** Ends the connection that `asOwner` keeps, for tests that count connections; the next question opens another. */
  leave(): Promise<void>;
  drop(): Promise<void>;
}

interface Place {
  readonly ownerUrl: string;
  readonly url: string;
}

interface Cluster extends Place {
  readonly template: string;
  close(): Promise<void>;
}

/** What the processes of a run share, so that all of them copy one template. */
const SHARED = "VESTIBULE_TEST_CLUSTER";

let cluster: Promise<Cluster> | null = null;
let made = 0;

const SENT = `
  select distinct sent.query
  from pg_stat_statements sent join pg_roles r on r.oid = sent.userid and r.rolname = 'vestibule_app'`;

/** Makes and drops databases. */
let administration: Pool | null = null;

/** The owner's connections to the databases that are there: a new one for each question would cost more than the answer. */
const owners = new Map<string, Pool>();

/** A copy of the migrated template; the cluster and the template are made once a run, when the first suite asks. */
export async function freshDatabase(): Promise<FreshDatabase> {
  cluster ??= sharedCluster() ?? openCluster();
  const { ownerUrl, url, template } = await cluster;
  made += 1;
  const name = `vestibule_test_${String(process.pid)}_${String(made)}`;
  await admin(ownerUrl, `create database ${name} template ${template} strategy file_copy`);
  const owner = withDatabase(ownerUrl, name);
  const keep = () => owners.set(owner, keptPool(owner));
  const letGo = async () => {
    const pool = owners.get(owner);
    owners.delete(owner);
    await pool?.end();
  };
  keep();
  return {
    url: withDatabase(url, name),
    ownerUrl: owner,
    leave: async () => {
      await letGo();
      keep();
    },
    drop: async () => {
      await letGo();
      await admin(ownerUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Opens the cluster for all processes that this one starts from now on. */
export async function shareCluster(): Promise<void> {
  cluster = openCluster(true);
  process.env[SHARED] = JSON.stringify(await cluster);
}

/** What the application has sent in this run, each statement once; empty when the server was given and is not watched. */
export async function statementsOfRun(): Promise<string[]> {
  const { ownerUrl } = await (cluster ?? openCluster());
  const { rows } = await connected(ownerUrl, (client) => client.query<{ query: string }>(SENT));
  return rows.map(({ query }) => query);
}

/** Stops the cluster of this run, if this process has opened one. */
export async function closeCluster(): Promise<void> {
  const opened = await cluster;
  await administration?.end();
  administration = null;
  await opened?.close();
}

/** Runs statements as the owner, who sees through row-level security. */
export async function asOwner<Row>(
  database: Pick<FreshDatabase, "ownerUrl">,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const pool = owners.get(database.ownerUrl);
  const { rows } =
    pool === undefined
      ? await connected(database.ownerUrl, (client) => client.query(text, values))
      : await asked(pool, text, values);
  return rows as Row[];
}

/** One that what was asked before has left no trace in. */
async function asked(pool: Pool, text: string, values: unknown[]): Promise<QueryResult> {
  const client = await pool.connect();
  try {
    const result = await client.query(text, values);
    await client.query("discard all");
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** A connection that waits keeps no process alive, and may be ended by a test. */
function keptPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, application_name: "test", allowExitOnIdle: true });
  pool.on("error", () => undefined);
  return pool;
}

function sharedCluster(): Promise<Cluster> | null {
  const shared = process.env[SHARED];
  if (shared === undefined) {
    return null;
  }
  const place = JSON.parse(shared) as Omit<Cluster, "close">;
  return Promise.resolve({ ...place, close: () => Promise.resolve() });
}

/** A server that is there already (VESTIBULE_TEST_DATABASE_URL, its superuser), or an embedded one for this run. */
async function openCluster(isWatched = false): Promise<Cluster> {
  const given = process.env["VESTIBULE_TEST_DATABASE_URL"];
  const template = `vestibule_template_${String(process.pid)}`;
  const opened =
    given === undefined
      ? await openEmbedded(isWatched)
      : { ownerUrl: given, url: given, close: dropTemplate(given, template) };
  await admin(opened.ownerUrl, `create database ${template}`);
  await migrate({
    owner: new Secret(withDatabase(opened.ownerUrl, template)),
    application: new Secret(withDatabase(opened.url, template)),
  });
  return { ...opened, template };
}

async function openEmbedded(isWatched: boolean): Promise<Place & Pick<Cluster, "close">> {
  const dataDir = mkdtempSync(join(fastDirectory(), "vestibule-test-"));
  const open = () => openEmbeddedDatabase({ dataDir, log: () => undefined, fsync: false });
  if (isWatched) {
    const unwatched = await open();
    await connected(unwatched.ownerUrl, watchStatements);
    await unwatched.close();
  }
  const embedded = await open();
  return {
    ownerUrl: embedded.ownerUrl,
    url: embedded.applicationUrl,
    close: async () => {
      await embedded.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** From its next start on, the server keeps the text of each statement of each database. */
async function watchStatements(client: Client): Promise<void> {
  await client.query("alter system set shared_preload_libraries = 'pg_stat_statements'");
  await client.query("alter system set pg_stat_statements.max = 200000");
  await client.query("create extension pg_stat_statements");
}

const dropTemplate = (url: string, template: string) => () =>
  admin(url, `drop database if exists ${template} with (force)`);

async function admin(url: string, statement: string): Promise<void> {
  administration ??= keptPool(url);
  await administration.query(statement);
}

const connected = <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> =>
  withConnection({ url: new Secret(url), name: "test", session: PLAIN }, work);

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

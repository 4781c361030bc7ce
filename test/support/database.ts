import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { openEmbeddedDatabase } from "../../src/database/embedded/embedded.ts";
import { migrate } from "../../src/database/migrate.ts";
import { Secret } from "../../src/kernel/secret.ts";

/** A database of one suite's own. */
export interface FreshDatabase {
  /** For the server: the application role. */
  readonly url: string;
  /** For migrations and for looking behind row-level security. */
  readonly ownerUrl: string;
  drop(): Promise<void>;
}

interface Cluster {
  readonly ownerUrl: string;
  readonly url: string;
  close(): Promise<void>;
}

const TEMPLATE = `vestibule_template_${String(process.pid)}`;

let cluster: Promise<Cluster> | null = null;
let made = 0;

/** A copy of the migrated template; the cluster and the template are made once a run, when the first suite asks. */
export async function freshDatabase(): Promise<FreshDatabase> {
  cluster ??= openCluster();
  const { ownerUrl, url } = await cluster;
  made += 1;
  const name = `vestibule_test_${String(process.pid)}_${String(made)}`;
  await admin(ownerUrl, `create database ${name} template ${TEMPLATE}`);
  return {
    url: withDatabase(url, name),
    ownerUrl: withDatabase(ownerUrl, name),
    drop: () => admin(ownerUrl, `drop database if exists ${name} with (force)`),
  };
}

/** Stops the cluster of this run, if there was one. */
export async function closeCluster(): Promise<void> {
  await (await cluster)?.close();
}

/** Runs statements as the owner, who sees through row-level security. */
export async function asOwner<Row>(
  database: FreshDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query(text, values);
    return rows as Row[];
  } finally {
    await client.end();
  }
}

/** A server that is there already (VESTIBULE_TEST_DATABASE_URL, its superuser), or an embedded one for this run. */
async function openCluster(): Promise<Cluster> {
  const given = process.env["VESTIBULE_TEST_DATABASE_URL"];
  const opened =
    given === undefined ? await openEmbedded() : { ownerUrl: given, url: given, close: dropTemplate(given) };
  await admin(opened.ownerUrl, `create database ${TEMPLATE}`);
  const template = new Secret(withDatabase(opened.ownerUrl, TEMPLATE));
  await migrate({ owner: template, application: new Secret(withDatabase(opened.url, TEMPLATE)) });
  return opened;
}

async function openEmbedded(): Promise<Cluster> {
  const dataDir = mkdtempSync(join(tmpdir(), "vestibule-test-"));
  const embedded = await openEmbeddedDatabase({ dataDir, log: () => undefined, fsync: false });
  return {
    ownerUrl: embedded.ownerUrl,
    url: embedded.applicationUrl,
    close: async () => {
      await embedded.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const dropTemplate = (url: string) => () => admin(url, `drop database if exists ${TEMPLATE} with (force)`);

async function admin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

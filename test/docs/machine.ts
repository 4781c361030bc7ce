import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { start, type Running } from "../../src/server/main.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { askAs } from "../support/cluster.ts";
import { blockOf, OPERATIONS, settingsIn } from "../support/document.ts";
import type { DebianCluster } from "./debian-cluster.ts";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../..", import.meta.url));
const CHIEF = { user: "chief", password: "CHIEF-PASSWORD" };

/** The database servers by the names that docs/operations.md gives them. */
export type Servers = Readonly<Record<string, DebianCluster>>;

/** A machine on which the blocks of docs/operations.md are written and typed: of Vestibule, or of a database server. */
export class Machine {
  readonly directory = mkdtempSync(join(tmpdir(), "vestibule-machine-"));
  /** The database server on this machine, or the one that this machine's Vestibule uses first. */
  readonly cluster: DebianCluster;
  readonly #servers: Servers;
  readonly #port: string;

  constructor(cluster: DebianCluster, servers: Servers, port = 0) {
    this.cluster = cluster;
    this.#servers = servers;
    this.#port = String(port);
    mkdirSync(join(this.directory, "programs"));
    // In the document npx finds the command in /opt/vestibule; the tests have no folder of their own for it.
    const npx = join(this.directory, "programs", "npx");
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${HERE}/bin/vestibule.js" "$@"\n`);
    chmodSync(npx, 0o755);
  }

  /** This machine's own place for each place of the document, the longer ones first. */
  own(text: string): string {
    const { version, configuration, data, asOwner } = this.cluster;
    const places = {
      "/etc/vestibule-backup.env": join(this.directory, "backup.env"),
      "/etc/vestibule": this.directory,
      "/usr/local/sbin/vestibule-backup": join(this.directory, "vestibule-backup"),
      "/var/backups/vestibule": join(this.directory, "backups"),
      "/opt/vestibule": HERE,
      // There is no user of the service here, and PostgreSQL's may be the one that runs the tests.
      "--owner=root --group=vestibule ": "",
      "chown vestibule: ": "chmod 0600 ",
      "runuser -u postgres --": asOwner,
      "chown postgres: ": `chown --reference=${data}/PG_VERSION `,
      ...placesOf(this.#servers),
      "/etc/postgresql/17": join(configuration, version),
      "/var/lib/postgresql/17/main": data,
      "pg_ctlcluster 17": `pg_ctlcluster ${version}`,
      "PGPORT=5432": `PGPORT=${String(this.cluster.port)}`,
      "PORT=3000": `PORT=${this.#port}`,
      // The tests let no other machine in.
      "listen_addresses = '*'": "listen_addresses = '127.0.0.1'",
    };
    return Object.entries(places).reduce((done, [theirs, own]) => done.replaceAll(theirs, own), text);
  }

  /** Writes a block to the file that it is for. */
  write(file: string): void {
    const place = this.own(file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, this.own(blockOf(OPERATIONS, file)));
  }

  /** Types a block; `more` is in the environment, such as what a prompt asks for. */
  async type(block: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const path = `${this.directory}/programs:${process.env["PATH"] ?? ""}`;
    const env = { ...this.cluster.environment, PATH: path, ...more };
    const script = `set -e\n${this.own(blockOf(OPERATIONS, block))}`;
    return run("sh", ["-c", script], { env, cwd: HERE }).then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        throw new Error(`The block ${block} failed: ${String(error)} ${JSON.stringify(error)}`);
      },
    );
  }

  /** Follows "The database server". */
  async encrypt(): Promise<void> {
    await this.type("certificate");
    this.write("/etc/postgresql/17/main/conf.d/vestibule.conf");
    await this.type("postgresql-access");
  }

  /** Makes roles and database as an administrator who is no superuser. */
  async makeDatabase(): Promise<void> {
    await this.cluster.sql(
      "postgres",
      `create role ${CHIEF.user} login createrole createdb password '${CHIEF.password}'`,
    );
    const statements = blockOf(OPERATIONS, "roles").split(";\n").filter(Boolean);
    for (const statement of statements) {
      await askAs(this.cluster.url(CHIEF, "postgres"), statement);
    }
  }

  /** The settings of a block, as systemd reads them. */
  settings(...blocks: readonly string[]): Record<string, string> {
    const texts = ["settings", ...blocks].map((block) => settingsIn(this.own(blockOf(OPERATIONS, block))));
    return Object.assign({}, ...texts) as Record<string, string>;
  }

  serve(...blocks: readonly string[]): Promise<Running> {
    return start(readSettings({ ...this.settings(...blocks), VESTIBULE_LOG_LEVEL: "silent" }));
  }

  /** The database server is closed by its maker. */
  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Every database server is on this machine under a port of its own, and is asked for its files without ssh. */
function placesOf(servers: Servers): Record<string, string> {
  const pairs = Object.entries(servers).flatMap(([name, { configuration, version, port }]) => [
    [`ssh ${name} cat /etc/postgresql/17`, `cat ${join(configuration, version)}`],
    [`${name}:5432`, `localhost:${String(port)}`],
    [`host=${name} port=5432`, `host=localhost port=${String(port)}`],
    [name, "localhost"],
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

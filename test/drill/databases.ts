import { execFile } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../support/eventually.ts";
import { debianPrograms } from "../support/cluster.ts";
import { Client } from "pg";
import type { Machine } from "./machine.ts";

const run = promisify(execFile);
const FILES = new URL("../../deploy/high-availability/", import.meta.url);
const PATRONI = "/usr/bin/patroni";
const ETCD = "/usr/bin/etcd";
const ADMINISTRATOR = "password-of-the-administrator";

/** A file of deploy/high-availability with other words in some places. */
export function deployed(name: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce(
    (text, [from, to]) => text.replaceAll(from, to),
    readFileSync(new URL(name, FILES), "utf8"),
  );
}

/** Packages of Debian that are missing for the drill, or null. */
export function packagesMissing(): string | null {
  const wanted = {
    patroni: existsSync(PATRONI),
    "etcd-server": existsSync(ETCD),
    haproxy: existsSync("/usr/sbin/haproxy"),
    postgresql: debianPrograms() !== null,
  };
  const missing = Object.entries(wanted).flatMap(([name, isThere]) => (isThere ? [] : [name]));
  return missing.length === 0 ? null : missing.join(", ");
}

/** Three PostgreSQL that Patroni keeps, with an etcd on each machine. */
export interface Databases {
  readonly machines: readonly Machine[];
  /** File with the certificate of all of them. */
  readonly certificate: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
  /** The machine whose PostgreSQL takes writes. */
  primary(): Promise<Machine>;
  /** The one that has everything that was answered. */
  synchronous(): Promise<Machine>;
  /** Until one is primary, another synchronous and the third streams. */
  whole(): Promise<void>;
  /** Starts the programs of a machine that lost its power. */
  startAgain(machine: Machine): void;
  startEtcd(machine: Machine): void;
  switchOver(): Promise<void>;
  /** Asks the primary as its superuser, in the database `vestibule` unless another is named. */
  ask<Row>(text: string, database?: string): Promise<Row[]>;
}

interface Member {
  readonly name: string;
  readonly role: string;
  readonly state: string;
}

/** Starts all of them and waits until they are whole. */
export async function startDatabases(machines: readonly Machine[], directory: string): Promise<Databases> {
  const certificate = await makeCertificate(machines, directory);
  for (const machine of machines) {
    describe(machine, machines, directory);
  }
  const startEtcd = (machine: Machine) => {
    machine.start(ETCD, [], etcdSettings(machine, machines, directory));
  };
  const startAgain = (machine: Machine) => {
    startEtcd(machine);
    machine.start(PATRONI, [join(directory, machine.name, "patroni.yml")]);
  };
  const members = () => membersOf(machines);
  const machineOf = async (role: RegExp): Promise<Machine> => {
    const list = await eventually(members, (found) => found.some((member) => role.test(member.role)), {
      seconds: 60,
    });
    const name = list.find((member) => role.test(member.role))?.name;
    return machines.find((machine) => machine.name === name) ?? unknown();
  };
  const primary = () => machineOf(/leader|master|primary/);
  const databases: Databases = {
    machines,
    certificate,
    password: ADMINISTRATOR,
    primary,
    synchronous: () => machineOf(/sync_standby/),
    whole: async () => {
      await eventually(members, (list) => isWhole(list), { seconds: 120, everyMs: 200 });
    },
    startAgain,
    startEtcd,
    switchOver: async () => {
      const { name, address } = await primary();
      const { name: candidate } = await machineOf(/sync_standby/);
      await fetch(`http://${address}:8008/switchover`, {
        method: "POST",
        body: JSON.stringify({ leader: name, candidate }),
      });
    },
    ask: async <Row>(text: string, database = "vestibule") => {
      const { address } = await primary();
      const client = new Client({
        ...{ host: address, user: "postgres", password: ADMINISTRATOR, database },
        ssl: { rejectUnauthorized: false },
      });
      await client.connect();
      try {
        return (await client.query(text)).rows as Row[];
      } finally {
        await client.end();
      }
    },
  };
  machines.forEach(startAgain);
  await databases.whole();
  return databases;
}

function unknown(): never {
  throw new Error("Patroni names a member that there is not.");
}

const isWhole = (list: readonly Member[]): boolean =>
  list.length === 3 &&
  list.filter(({ role }) => role === "replica" || role === "sync_standby").length === 2 &&
  list.some(({ role }) => role === "sync_standby") &&
  list.every(({ state }) => state === "running" || state === "streaming");

/** What the first machine that answers says of all. */
async function membersOf(machines: readonly Machine[]): Promise<readonly Member[]> {
  for (const { address } of machines) {
    try {
      const answer = await fetch(`http://${address}:8008/cluster`, { signal: AbortSignal.timeout(1_000) });
      return ((await answer.json()) as { members: Member[] }).members;
    } catch {
      // The next one is asked.
    }
  }
  return [];
}

async function makeCertificate(machines: readonly Machine[], directory: string): Promise<string> {
  const [certificate, key] = [join(directory, "vestibule.crt"), join(directory, "vestibule.key")];
  const names = ["127.0.0.1", ...machines.map(({ address }) => address)].map((address) => `IP:${address}`);
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=vestibule"],
    ...["-addext", `subjectAltName=${names.join(",")}`, "-keyout", key, "-out", certificate],
  ]);
  return certificate;
}

/** The documented host names, and where they are here. */
export const addressesOf = (machines: readonly Machine[]): Readonly<Record<string, string>> =>
  Object.fromEntries(machines.map(({ name, address }) => [`${name}.example.com`, address]));

function etcdSettings(machine: Machine, machines: readonly Machine[], directory: string) {
  const text = deployed("etcd.env", {
    "NAME=db1": `NAME=${machine.name}`,
    "URLS=http://db1.example.com": `URLS=http://${machine.address}`,
    "/var/lib/etcd/vestibule": join(directory, machine.name, "etcd"),
    ...addressesOf(machines),
  });
  const lines = text.split("\n").filter((line) => line.startsWith("ETCD_"));
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]));
}

/** Writes the configuration of Patroni on a machine, from the one that is documented. */
function describe(machine: Machine, machines: readonly Machine[], directory: string): void {
  const home = join(directory, machine.name);
  mkdirSync(join(home, "sockets"), { recursive: true });
  const words = {
    "name: db1": `name: ${machine.name}`,
    "connect_address: db1.example.com": `connect_address: ${machine.address}`,
    ...addressesOf(machines),
    "/var/lib/postgresql/vestibule": join(home, "data"),
    "/usr/lib/postgresql/15/bin": debianPrograms() ?? "",
    "/var/lib/postgresql/.pgpass-patroni": join(home, "pgpass"),
    "/var/run/postgresql": join(home, "sockets"),
    "/etc/postgresql/vestibule.crt": join(home, "server.crt"),
    "/etc/postgresql/vestibule.key": join(home, "server.key"),
    "ADMINISTRATOR-PASSWORD": ADMINISTRATOR,
    "STANDBY-PASSWORD": "password-of-the-standby",
    "REWIND-PASSWORD": "password-of-the-rewind",
  };
  writeFileSync(join(home, "patroni.yml"), deployed("patroni.yml", words));
  const { uid, gid } = postgres();
  for (const name of ["crt", "key"]) {
    writeFileSync(join(home, `server.${name}`), readFileSync(join(directory, `vestibule.${name}`)));
    chmodSync(join(home, `server.${name}`), 0o600);
    chownSync(join(home, `server.${name}`), uid, gid);
  }
  for (const path of [home, join(home, "sockets")]) {
    chownSync(path, uid, gid);
  }
}

function postgres(): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

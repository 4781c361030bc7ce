import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Secret } from "../../src/kernel/secret.ts";
import { migrate } from "../../src/platform/database/migrate.ts";
import { createSecrets } from "../../src/platform/secrets/secrets-file.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { composeServices } from "../../src/server/wiring/services.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import type { Visitor } from "../support/failover-load.ts";
import { makeVisitors } from "../support/failover-people.ts";
import { freePort } from "../support/free-port.ts";
import { startOtherProcess, type OtherProcess } from "../support/other-process.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { addressesOf, deployed, type Databases } from "./databases.ts";

/** How the servers find the primary: HAProxy asks Patroni for it, or they look through the hosts themselves. */
export const WAYS = ["haproxy", "hosts"] as const;
export type Way = (typeof WAYS)[number];

const WORKER = fileURLToPath(new URL("../support/worker-process.ts", import.meta.url));
const [SERVER, SERVER_PASSWORD] = ["vestibule_server", "password-of-the-server"];
/** A code of an app counts once, and the next one comes after 30 s. */
const CODE_AGAIN_MS = 70_000;

/** Two servers and a worker behind HAProxy, on three databases. */
export interface Installation extends AsyncDisposable {
  readonly databases: Databases;
  readonly issuer: string;
  /** Of HAProxy, for the servers. */
  readonly port: number;
  readonly application: TestApplication;
  /** Who signs in next. */
  next(): Visitor;
  readonly servers: readonly OtherProcess[];
  /** Starts another one in the place of that server, when it has ended. */
  replaceServer(index: number): Promise<void>;
  /** `kill -9` of the worker; a new one starts. */
  replaceWorker(): Promise<void>;
}

export async function install(databases: Databases, directory: string, way: Way): Promise<Installation> {
  const ports: Ports = {
    web: await freePort(),
    primary: await freePort(),
    servers: [await freePort(), await freePort()],
  };
  await using started = new AsyncDisposableStack();
  started.adopt(startProxy(databases, directory, ports), end);
  const environment = await prepare(databases, directory, { way, ports });
  const { application, people } = await fill(environment);
  const issuer = `http://localhost:${String(ports.web)}`;
  const servers: OtherProcess[] = [];
  const startServer = async (index: number) => {
    servers[index] = await startOtherProcess({ environment, issuer }, ports.servers[index]);
  };
  started.defer(async () => {
    await Promise.all(servers.map((server) => server.kill()));
  });
  await Promise.all(ports.servers.map((_port, index) => startServer(index)));
  let worker = await startWorker(environment);
  started.defer(() => end(worker));
  await reached(ports.web);
  const all = started.move();
  return {
    databases,
    issuer,
    port: ports.web,
    application,
    next: inTurn(people),
    servers,
    replaceServer: startServer,
    replaceWorker: async () => {
      await end(worker);
      worker = await startWorker(environment);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

type Environment = Readonly<Record<"DATABASE_URL" | "VESTIBULE_DATABASE_OWNER_URL" | "PORT", string>>;

/** Makes an application and people who sign in. */
async function fill(environment: Environment) {
  const services = await composeServices(readSettings(environment));
  try {
    const application = await makeApplication(services, { type: "browser" });
    const people = await makeVisitors(services, { ownerUrl: environment.VESTIBULE_DATABASE_OWNER_URL });
    return { application, people };
  } finally {
    await services.close();
  }
}

interface Ports {
  readonly web: number;
  readonly primary: number;
  readonly servers: readonly number[];
}

function startProxy({ machines }: Databases, directory: string, ports: Ports): ChildProcess {
  const servers = Object.fromEntries(
    ports.servers.map((port, index) => [
      `id${String(index + 1)}.example.com:3000`,
      `127.0.0.1:${String(port)}`,
    ]),
  );
  const words = {
    "127.0.0.1}:8080": `127.0.0.1}:${String(ports.web)}`,
    "127.0.0.1}:5000": `127.0.0.1}:${String(ports.primary)}`,
    ...servers,
    ...addressesOf(machines),
  };
  const file = join(directory, "haproxy.cfg");
  writeFileSync(file, deployed("haproxy.cfg", words));
  return spawn("/usr/sbin/haproxy", ["-db", "-f", file], { stdio: "ignore" });
}

/** Makes the tables. Returns the settings of the servers. */
async function prepare(
  databases: Databases,
  directory: string,
  { way, ports }: { way: Way; ports: Ports },
): Promise<Environment> {
  await databases.ask("create database vestibule", "postgres");
  await databases.ask(`create role ${SERVER} login password '${SERVER_PASSWORD}'`);
  const tls = `sslmode=verify-full&sslrootcert=${databases.certificate}`;
  const hosts = `${databases.machines.map(({ address }) => `${address}:5432`).join(",")}/vestibule?target_session_attrs=read-write&${tls}`;
  const place = way === "hosts" ? hosts : `127.0.0.1:${String(ports.primary)}/vestibule?${tls}`;
  const environment = {
    NODE_ENV: "test",
    PORT: String(ports.web),
    DATABASE_URL: `postgres://${SERVER}:${SERVER_PASSWORD}@${place}`,
    VESTIBULE_DATABASE_OWNER_URL: `postgres://postgres:${databases.password}@${hosts}`,
    VESTIBULE_DATA_DIR: directory,
    VESTIBULE_LOG_LEVEL: "silent",
    VESTIBULE_DEMO: "no",
    VESTIBULE_SHUTDOWN_DELAY: "5",
  };
  await areEverywhere(databases, tls);
  const owner = new Secret(environment.VESTIBULE_DATABASE_OWNER_URL);
  await migrate({ owner, application: new Secret(environment.DATABASE_URL) });
  await proxyKnowsPrimary(environment.DATABASE_URL);
  createSecrets(readSettings(environment).secretsFile);
  return environment;
}

/** A standby that has not replayed the new database yet refuses a program that looks through the hosts. */
async function areEverywhere({ machines, password }: Databases, tls: string): Promise<void> {
  const hasIt = (address: string) =>
    asOwner(
      { ownerUrl: `postgres://postgres:${password}@${address}:5432/vestibule?${tls}` },
      "select 1",
    ).then(
      () => true,
      () => false,
    );
  const all = () => Promise.all(machines.map(({ address }) => hasIt(address)));
  await eventually(all, (found) => found.every(Boolean), { seconds: 30 });
}

/** HAProxy takes every database for the primary until it has asked each. */
async function proxyKnowsPrimary(url: string): Promise<void> {
  const isPrimary = async () => {
    const [row] = await asOwner<{ standby: boolean }>(
      { ownerUrl: url },
      "select pg_is_in_recovery() as standby",
    );
    return row?.standby === false;
  };
  const asked = () => Promise.all(Array.from({ length: 6 }, () => isPrimary().catch(() => false)));
  await eventually(asked, (answers) => answers.every(Boolean), { seconds: 30 });
}

/** Those with an app as often as their codes allow, the others in between. */
function inTurn(people: { readonly withApp: readonly Visitor[]; readonly withoutApp: readonly Visitor[] }) {
  const [first] = people.withoutApp;
  if (first === undefined) {
    throw new Error("There is a user without an app.");
  }
  const waiting = people.withApp.map((visitor) => ({ visitor, from: 0 }));
  let turn = 0;
  return (): Visitor => {
    turn += 1;
    const ready = turn % 2 === 0 && waiting[0] !== undefined && waiting[0].from <= performance.now();
    const taken = ready ? waiting.shift() : undefined;
    if (taken === undefined) {
      return people.withoutApp[turn % people.withoutApp.length] ?? first;
    }
    waiting.push({ visitor: taken.visitor, from: performance.now() + CODE_AGAIN_MS });
    return taken.visitor;
  };
}

async function startWorker(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [WORKER], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

/** Until HAProxy has a server behind a port. */
async function reached(port: number): Promise<void> {
  await eventually(
    () =>
      fetch(`http://127.0.0.1:${String(port)}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 200,
    { seconds: 30 },
  );
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseAccount } from "../../src/platform/embedded-postgres/embedded-account.ts";
import { preparePlace } from "../../src/platform/embedded-postgres/embedded-place.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

/** A PgBouncer in front of a database. */
export interface PgBouncer {
  /** The same address by way of the pooler. */
  through(url: string): string;
  stop(): Promise<void>;
}

const PROGRAM = "/usr/sbin/pgbouncer";

/** The Debian package that is missing on this machine, or null. */
export const missingPgBouncer = (): string | null => (existsSync(PROGRAM) ? null : "pgbouncer");

/** Starts one that knows the users of these addresses. */
export async function startPgBouncer(
  urls: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<PgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), "vestibule-pgbouncer-"));
  const port = await freePort();
  const account = await chooseAccount(await preparePlace(directory));
  const users = new Map(urls.map((url) => [new URL(url).username, new URL(url).password]));
  const [behind] = urls.map((url) => new URL(url));
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: join(directory, "users.txt"),
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  await writeFile(
    join(directory, "users.txt"),
    [...users].map(([user, password]) => `"${user}" "${password}"\n`).join(""),
  );
  await writeFile(
    join(directory, "pgbouncer.ini"),
    ["[databases]", `* = host=127.0.0.1 port=${behind?.port ?? ""}`, "[pgbouncer]", ...lines, ""].join("\n"),
  );
  await chmod(directory, 0o755);
  if (account !== null) {
    await chown(directory, account.uid, account.gid);
  }
  // It never runs as root either.
  const child = spawn(PROGRAM, [join(directory, "pgbouncer.ini")], {
    stdio: "ignore",
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
  const ended = once(child, "exit");
  await eventually(
    () => listens(port),
    (isThere) => isThere || child.exitCode !== null,
  );
  if (child.exitCode !== null) {
    throw new Error("PgBouncer did not start.");
  }
  return {
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${String(port)}` }).href,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

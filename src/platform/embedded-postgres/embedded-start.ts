import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./embedded-account.ts";
import { clusterArgument, notStarted, runCommand, spawnCommand } from "./embedded-command.ts";
import { EmbeddedDatabaseError, OWN_SERVER, firstErrorLine } from "./embedded-error.ts";
import { openLogFile, type LogFile } from "./embedded-log-file.ts";
import type { Binaries } from "./embedded-native.ts";
import { readServerState } from "./embedded-pid-file.ts";
import type { Place } from "./embedded-place.ts";
import { settingArguments } from "./embedded-settings.ts";

const POLL_MS = 20;
/** Five minutes: recovery after a crash may take that long on a slow disk. */
const MAX_POLLS = 15_000;
/** Five seconds for temporary faults. */
const ATTEMPTS = 50;
/** Attempts with the preferred port, which a killed server may hold a little longer. */
const PREFERRED_PORT_ATTEMPTS = 20;

export interface StartOptions {
  fsync: boolean;
  /** Tried first, so that URLs that are in use stay valid. */
  preferredPort: number | null;
  /** Allows no other port, because the pools of this process use the URL. */
  isPortFixed?: boolean;
  /** When aborted, the start throws and stops a server that it has started. */
  signal?: AbortSignal | undefined;
  binaries: Binaries;
  account: Account | null;
}

/** Starts the server of an existing cluster and waits until it is ready. Call it under the start lock. */
export async function startServer(place: Place, options: StartOptions): Promise<void> {
  let failure = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    options.signal?.throwIfAborted();
    const usesPreferredPort = options.isPortFixed === true || attempt < PREFERRED_PORT_ATTEMPTS;
    const preferred = usesPreferredPort ? options.preferredPort : null;
    const port = preferred ?? (await findFreePort());
    const output = await startOnce(place, port, options);
    if (output === null) {
      return;
    }
    failure = firstErrorLine(output);
    // The port was taken in the meantime, or the backends of a killed server are still running; both are temporary.
    if (!/could not create any TCP\/IP sockets|pre-existing shared memory block/.test(output)) {
      break;
    }
    await sleep(5 * POLL_MS, undefined, { signal: options.signal });
  }
  throw new EmbeddedDatabaseError(
    `PostgreSQL did not start: ${failure}; see ${place.log}, mend that and start again, or ${OWN_SERVER}.`,
  );
}

/** Null when the server runs (or has run), otherwise its error output. */
async function startOnce(place: Place, port: number, options: StartOptions): Promise<string | null> {
  const log = await openLogFile(place);
  try {
    const settings = settingArguments(port, options.fsync);
    const output =
      process.platform === "win32"
        ? await startByControlProgram(place, settings, options)
        : await startDirectly(place, settings, { ...options, log });
    return output === null ? null : (await log.readNew()) || output;
  } finally {
    await log.handle.close();
  }
}

async function startDirectly(
  place: Place,
  settings: string[],
  { binaries, account, log, signal }: StartOptions & { log: LogFile },
): Promise<string | null> {
  const args = ["-D", clusterArgument(place.cluster, account), ...settings];
  const { fd } = log.handle;
  try {
    const child = spawnCommand(binaries.postgres, args, {
      cwd: place.cluster,
      account,
      stdio: ["ignore", fd, fd],
    });
    // The server survives if this process is killed, and does not keep it from ending.
    child.unref();
    // Before it is ready no other process can have joined, so it can be stopped.
    const end = () => child.kill("SIGINT");
    signal?.addEventListener("abort", end, { once: true });
    return await untilReady(place, child, binaries.postgres).finally(() =>
      signal?.removeEventListener("abort", end),
    );
  } catch (error) {
    return notStarted(binaries.postgres, error).output;
  }
}

async function untilReady(place: Place, child: ChildProcess, program: string): Promise<string | null> {
  const ends: (string | null)[] = [];
  child.once("error", (error) => ends.push(notStarted(program, error).output));
  child.once("exit", (code, signal) =>
    // Code 0: another process joined the server and stopped it before this one noticed.
    ends.push(code === 0 ? null : `error: the server ended with ${signal ?? `exit code ${code}`}`),
  );
  for (let attempt = 0; attempt < MAX_POLLS; attempt += 1) {
    const state = await readServerState(place);
    if (state.type === "running" && state.isReady && state.pid === child.pid) {
      return null;
    }
    const [end] = ends;
    if (end !== undefined) {
      return end;
    }
    await sleep(POLL_MS);
  }
  return `error: the server (process ${child.pid}) is still not ready`;
}

/**
 * PostgreSQL refuses to run as a Windows administrator. pg_ctl drops these rights, which the server itself cannot do, and waits
 * until the server is ready.
 */
async function startByControlProgram(
  place: Place,
  settings: string[],
  options: StartOptions,
): Promise<string | null> {
  const { binaries, account } = options;
  const args = ["start", "-D", place.cluster, "-l", place.log, "-w", "-t", "300", "-o", settings.join(" ")];
  const { succeeded } = await runCommand(binaries.pgCtl, args, {
    cwd: place.cluster,
    account,
    discardsOutput: true,
  });
  return succeeded ? null : "error: pg_ctl could not start the server";
}

async function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once("error", reject);
  probe.listen(0, "127.0.0.1", () => {
    const address = probe.address();
    probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
  });
  return promise;
}

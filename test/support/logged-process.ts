import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type TestVestibule } from "./vestibule.ts";
import { freePort } from "./free-port.ts";

import { useResource } from "./suite-resource.ts";

/** A server process of the same installation whose output is kept. */
export interface LoggedProcess {
  readonly port: number;
  readonly pid: number;
  /** Standard output and standard error so far. */
  log(): string;
  /** Ends it politely; afterwards the log is complete. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("server-process.ts", import.meta.url));

export async function startLoggedProcess(
  vestibule: TestVestibule,
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<LoggedProcess> {
  const port = await freePort();
  const env = {
    PATH: process.env["PATH"],
    ...vestibule.environment,
    PORT: String(port),
    VESTIBULE_ISSUER: vestibule.issuer,
    ...environment,
  };
  const child = spawn(process.execPath, [...nodeOptions, PROGRAM], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: string[] = [];
  const closed = once(child, "close");
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  const log = () => chunks.join("");
  while (!log().includes("listening on")) {
    await Promise.race([once(child.stdout, "data"), closed]);
    if (child.exitCode !== null) {
      throw new Error(`The server did not start: ${log()}`);
    }
  }
  return {
    port,
    pid: child.pid ?? 0,
    log,
    stop: async () => {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

/** One for the tests of a suite; it may be stopped before its end. Call it inside `describe`. */
export function useLoggedProcess(
  vestibule: TestVestibule,
  environment: () => Readonly<Record<string, string>>,
): LoggedProcess {
  return useResource(
    () => startLoggedProcess(vestibule, environment()),
    (server) => server.stop(),
  );
}

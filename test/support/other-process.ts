import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type TestVestibule } from "./vestibule.ts";
import { freePort } from "./free-port.ts";

import { useResource } from "./suite-resource.ts";

/** A second server process of the same installation: same database, same secrets, same issuer, another port. */
export interface OtherProcess {
  readonly port: number;
  /** Ends it politely. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("server-process.ts", import.meta.url));

/** Starts one, on that port if one is given, and waits until it listens. */
export async function startOtherProcess(
  vestibule: Pick<TestVestibule, "environment" | "issuer">,
  given?: number,
): Promise<OtherProcess> {
  const port = given ?? (await freePort());
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH: process.env["PATH"],
      ...vestibule.environment,
      PORT: String(port),
      VESTIBULE_ISSUER: vestibule.issuer,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await ended;
    }
  };
  const first = await Promise.race([once(child.stdout, "data"), ended]);
  if (!String(first[0]).startsWith("listening")) {
    throw new Error(`The second server did not start: ${String(first[0])}`);
  }
  return { port, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/** One for the tests of a suite. Call it inside `describe`. */
export function useOtherProcess(vestibule: Pick<TestVestibule, "environment" | "issuer">): OtherProcess {
  return useResource(
    () => startOtherProcess(vestibule),
    (other) => other.stop(),
  );
}

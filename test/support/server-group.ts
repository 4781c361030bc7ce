import { startServer, type Server } from "../cli/server.ts";
import type { Environment } from "../cli/installation.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import { isRunning } from "./running.ts";
import type { TestVestibule } from "./vestibule.ts";

/** A server of four processes on one port, as an operator starts it. */
export interface ServerGroup extends Server {
  readonly port: number;
  /** Process ids of those that serve now, in the order of their numbers. */
  pids(): Promise<readonly number[]>;
  /** Waits until none of the processes that have ever served is left. */
  gone(): Promise<unknown>;
  /** Kills what is left of it. */
  end(): Promise<void>;
}

/** Starts one on the database of a Vestibule, and waits until all its processes serve. */
export async function startServerGroup(
  { environment, issuer, services }: Pick<TestVestibule, "environment" | "issuer" | "services">,
  more: Environment = {},
): Promise<ServerGroup> {
  const port = await freePort();
  const own = {
    PORT: String(port),
    VESTIBULE_ISSUER: issuer,
    VESTIBULE_PROCESSES: "4",
    VESTIBULE_LOG_LEVEL: "warn",
  };
  const server = await startServer({ ...environment, ...own, ...more }, ["--json"], '"processes":[');
  const known = new Set<number>();
  const pids = async () => {
    const running = (await services.processes.store.list())
      .filter(({ primaryPid, pid }) => primaryPid === server.child.pid && isRunning(pid))
      .sort((one, other) => one.number - other.number)
      .map(({ pid }) => pid);
    running.forEach((pid) => known.add(pid));
    return running;
  };
  const gone = () =>
    eventually(
      () => Promise.resolve([...known].filter(isRunning)),
      (left) => left.length === 0,
    );
  await pids();
  return {
    ...server,
    ...{ port, pids, gone },
    end: async () => {
      server.child.kill("SIGKILL");
      await server.ended;
      await gone();
    },
  };
}

/** What the health check of a server says. */
export async function healthAt(port: number): Promise<unknown> {
  const headers = { connection: "close" };
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health/ready`, { headers });
  return answer.json();
}

import cluster from "node:cluster";
import { toProcessSchema, type Ready } from "./group-message.ts";
import { SHARE_VARIABLE } from "./group-process.ts";
import type { ProcessShare } from "./process-share.ts";

/** Why and how a process has to stop. */
export interface StopRequest {
  /** The signal's name, or another reason. */
  readonly reason: string;
  /** Ends the delay, also before it has started: no load balancer is waited for. */
  readonly hurry: AbortSignal;
  /** Another process has taken its place on the port, so the server stays ready. */
  readonly isReplaced?: boolean;
}

/** How long a process that was replaced keeps connections on which nothing is asked; a client may be about to. */
export const REPLACED_MS = 5_000;

/** This process as one of several of a server: what the primary has told it. */
export interface GroupMember extends ProcessShare {
  readonly primaryPid: number;
  /** How many processes serve, this one included. */
  live(): number;
  /** Tells the primary that this one serves. */
  ready(greeting: string): void;
  /** Lets this process end although the primary is there: its start has failed. */
  release(): void;
  /** Resolves when the primary asks it to stop, or is gone. */
  readonly asked: Promise<StopRequest>;
}

/** Null in a process that no primary has started. */
export function groupMember(environment: Readonly<Record<string, string | undefined>>): GroupMember | null {
  const [number, of] = (environment[SHARE_VARIABLE] ?? "").split("/").map(Number);
  const { worker } = cluster;
  if (worker === undefined || number === undefined || of === undefined) {
    return null;
  }
  // Without this, Node would end the process when the primary is gone, and with it the requests in flight.
  worker.exitedAfterDisconnect = true;
  let live = 1;
  const asked = new Promise<StopRequest>((resolve) => {
    hear(resolve, (told) => {
      live = told;
    });
  });
  return {
    ...{ number, of, primaryPid: process.ppid, asked },
    live: () => live,
    release: () => process.channel?.unref(),
    ready: (greeting) => process.send?.({ vestibule: "ready", greeting } satisfies Ready),
  };
}

function hear(resolve: (request: StopRequest) => void, onLive: (live: number) => void): void {
  const hurry = new AbortController();
  const signal = hurry.signal;
  process.on("message", (message) => {
    const { data } = toProcessSchema.safeParse(message);
    switch (data?.vestibule) {
      case "stop":
        if (data.isHurried) {
          hurry.abort();
        }
        resolve({ reason: data.reason, hurry: signal });
        break;
      case "replaced":
        resolve({ reason: "replaced", hurry: signal, isReplaced: true });
        break;
      case "live":
        onLive(data.live);
        break;
      // `member-metrics.ts` hears these.
      case "tell-metrics":
      case "all-metrics":
      case undefined:
        break;
    }
  });
  process.once("disconnect", () => {
    hurry.abort();
    resolve({ reason: "the process that started it is gone", hurry: signal });
  });
  // A terminal sends these to the primary too, which knows what they mean.
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
  process.on("SIGTERM", () => {
    resolve({ reason: "SIGTERM", hurry: signal });
  });
}

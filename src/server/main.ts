import { setTimeout as wait } from "node:timers/promises";
import { composeServices, type Services } from "./wiring/services.ts";
import { startPresence, startWorkers } from "./wiring/processes.ts";
import { composeServer, type Server } from "./wiring/server.ts";
import { requireNoDemo } from "../platform/database/demo-marks.ts";
import { HttpListener } from "../platform/web/http-listener.ts";
import { stopwatch } from "../kernel/clock.ts";
import type { Stoppable } from "../platform/processes/clock-watch.ts";
import { settleMemory } from "../platform/processes/settled-memory.ts";
import { REPLACED_MS, type StopRequest } from "../platform/processes/group-member.ts";
import { startManagement, startTracing } from "./seen-from-outside.ts";
import type { Settings } from "./settings/settings.ts";
import { STOP_LIMIT_MS, stopWithin } from "../kernel/stop-within.ts";

/**
 * The server: it builds everything, listens, and stops in order, running requests first. `wiring/` makes each store and service once, `settings/` reads the
 * environment, `app.ts` has the middleware in order, `routes.ts` all screens. Start here: settings, services, server, listen.
 */

/** A running Vestibule. */
export interface Running {
  readonly services: Services;
  /** What to print after the start; empty in production. */
  readonly greeting: string;
  /**
   * Reports "not ready" for the delay of the settings while it still serves, so that load balancers stop sending requests.
   * Then it closes the port, finishes the requests in flight and disconnects from the database, within ten seconds even
   * if something hangs.
   */
  stop(asked?: StopRequest): Promise<void>;
}

/** From this number of requests in flight on, the message workers slow down. */
const BUSY = 2;

/** The deadline of each stage of stopping, in milliseconds after the delay. The database is last and needs time too. */
const UNTIL_MS = { serving: 7_000, upkeep: 8_000, database: STOP_LIMIT_MS } as const;

/**
 * Settings → services → server → listen. Throws an OperatorError when one of these fails; `signal` ends the wait for an
 * embedded database, and `live` says how many processes of this server serve.
 */
export async function start(
  settings: Settings,
  signal?: AbortSignal,
  live: () => number = () => 1,
): Promise<Running> {
  const services = await composeServices(settings, signal);
  let presence: Stoppable | null = null;
  let management: Stoppable | null = null;
  let tracing: Stoppable | null = null;
  try {
    if (settings.production) {
      await requireNoDemo(services.database);
    }
    tracing = await startTracing(settings, services);
    presence = await startPresence(services, "server");
    const server = await composeServer(services, live);
    const readsDatabase = settings.share.number === 1;
    management = await startManagement(services, { health: server.health, live, readsDatabase });
    const listener = new HttpListener(server.app.callback());
    const workers = settings.messages.workers
      ? await services.processes.clockWatch.whileRight(() =>
          startWorkers(services, () => listener.inFlight >= BUSY),
        )
      : null;
    settleMemory();
    await listener.listen(settings.host, settings.port).catch(async (error: unknown) => {
      await workers?.stop();
      throw error;
    });
    const demo = settings.demo.enabled && settings.share.number === 1 ? await startDemo(services) : null;
    const parts = { services, server, listener, workers, demo, presence, management, tracing };
    return { services, greeting: demo?.greeting ?? "", stop: (asked) => stop(parts, asked) };
  } catch (error) {
    await Promise.all([presence?.stop(), management?.stop(), tracing?.stop()]);
    await services.close();
    throw error;
  }
}

/** The demo is not part of an installation, so it is loaded only where it runs. */
async function startDemo(services: Services) {
  const { startDemo: run } = await import("../../demo/demo.ts");
  return run(services);
}

interface Deps {
  readonly services: Services;
  readonly server: Server;
  readonly listener: HttpListener;
  readonly workers: Stoppable | null;
  readonly demo: { close(): Promise<void> } | null;
  readonly presence: Stoppable;
  readonly management: Stoppable | null;
  readonly tracing: Stoppable | null;
}

async function stop(deps: Deps, asked?: StopRequest): Promise<void> {
  const { services, server, listener } = deps;
  const { log, settings } = services;
  const isHurried = asked?.hurry.aborted === true;
  const delaySeconds = isHurried || asked?.isReplaced === true ? 0 : settings.shutdownDelaySeconds;
  log.info({ reason: asked?.reason, delaySeconds }, "asked to stop");
  if (asked?.isReplaced === true) {
    // The server goes on, so it stays ready, and no load balancer has to notice anything.
    await listener.handOver(REPLACED_MS);
  } else {
    server.health.markStopping();
    listener.drain();
  }
  if (delaySeconds > 0) {
    log.info({ delaySeconds }, "draining: not ready, and still serving");
    await wait(delaySeconds * 1_000, undefined, { signal: asked?.hurry }).catch(() => undefined);
  }
  await end(deps);
}

async function end(deps: Deps): Promise<void> {
  const { services, server, listener, workers, demo, presence, management, tracing } = deps;
  const { log } = services;
  const began = stopwatch();
  let requests = 0;
  const closeListener = async () => {
    const closed = listener.close(UNTIL_MS.serving);
    log.info({ requests: listener.inFlight }, "closed: no new connections");
    requests = await closed;
  };
  const left = await stopWithin(
    [
      {
        untilMs: UNTIL_MS.serving + 500,
        steps: [
          { name: "requests", stop: closeListener },
          { name: "message workers", stop: async () => workers?.stop() },
          { name: "demo", stop: async () => demo?.close() },
        ],
      },
      {
        untilMs: UNTIL_MS.upkeep,
        steps: [
          { name: "upkeep", stop: () => server.close() },
          { name: "presence", stop: () => presence.stop() },
          { name: "management", stop: async () => management?.stop() },
          { name: "traces", stop: async () => tracing?.stop() },
        ],
      },
      { untilMs: UNTIL_MS.database, steps: [{ name: "database", stop: () => services.close() }] },
    ],
    log,
  );
  if (requests > 0 || left.length > 0) {
    log.warn({ requests, parts: left }, "cut off while stopping");
  }
  log.info({ milliseconds: Math.round(stopwatch() - began) }, "stopped");
}

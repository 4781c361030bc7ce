import type { Command } from "commander";
import { stopwatch } from "../kernel/clock.ts";
import { readSettings, type Settings } from "../server/settings/settings.ts";
import type { Services } from "../server/wiring/services.ts";
import type { Stoppable } from "../platform/processes/clock-watch.ts";
import { STOP_LIMIT_MS, stopWithin } from "../kernel/stop-within.ts";
import { startUnlessStopped, stopRequested } from "./stop-requested.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb } from "./verb.ts";

/** Leaves time to disconnect from the database. */
const WORKERS_MS = STOP_LIMIT_MS - 2_000;

/** `worker`: sends messages and webhooks and does other jobs, without pages. */
export function addWorkerCommand(program: Command): void {
  addVerb(program, {
    usage: "worker",
    about:
      "hand mails and text messages over, without a web server, until Ctrl-C or SIGTERM; for servers with VESTIBULE_MESSAGE_WORKERS=no",
    examples: ["worker", "worker --json"],
  }).action(work);
}

async function work(this: Command, { json }: { json?: boolean }): Promise<void> {
  const settings = readSettings(terminalOf(this).environment);
  const asked = stopRequested();
  const running = await startUnlessStopped(asked, (unwanted) => startWorker(settings, unwanted));
  if (json === true) {
    console.log(JSON.stringify({ pid: process.pid, gateways: settings.gateways }));
  } else {
    const { mail, sms } = settings.gateways;
    console.error(`${settings.productName} hands messages over (mail: ${mail}, text messages: ${sms}).`);
  }
  const { reason } = await asked;
  await stop(running, reason);
  console.error("Stopped.");
  process.exit();
}

interface RunningWorker {
  readonly services: Services;
  readonly presence: Stoppable;
  readonly workers: Stoppable;
  readonly management: Stoppable | null;
  readonly tracing: Stoppable | null;
}

async function startWorker(settings: Settings, unwanted: AbortSignal): Promise<RunningWorker> {
  const { composeServices } = await import("../server/wiring/services.ts");
  const { startPresence } = await import("../server/wiring/processes.ts");
  const { startWorkers } = await import("../server/wiring/processes.ts");
  const { startTracing } = await import("../server/seen-from-outside.ts");
  const services = await composeServices(settings, unwanted);
  let presence: Stoppable | null = null;
  let management: Stoppable | null = null;
  let tracing: Stoppable | null = null;
  try {
    tracing = await startTracing(settings, services);
    presence = await startPresence(services, "worker");
    const { clockWatch } = services.processes;
    management = await startManagement(services);
    const workers = await clockWatch.whileRight(() => startWorkers(services));
    return { services, presence, workers, management, tracing };
  } catch (error) {
    await Promise.all([presence?.stop(), management?.stop(), tracing?.stop()]);
    await services.close();
    throw error;
  }
}

/** Health and metrics of a worker; the servers read the database for all. */
async function startManagement(services: Services): Promise<Stoppable | null> {
  const { database, log, processes } = services;
  const { Health } = await import("../platform/web/health.ts");
  const outside = await import("../server/seen-from-outside.ts");
  const health = new Health({ database, log, clock: processes.clockWatch, group: null });
  return outside.startManagement(services, { health, live: () => 1, readsDatabase: false });
}

/** Finishes messages in progress, within the same time as a server its requests; no load balancer has to be waited for. */
async function stop(
  { services, presence, workers, management, tracing }: RunningWorker,
  reason: string,
): Promise<void> {
  const { log } = services;
  const began = stopwatch();
  log.info({ reason }, "asked to stop");
  const parts = await stopWithin(
    [
      {
        untilMs: WORKERS_MS,
        steps: [
          { name: "message workers", stop: () => workers.stop() },
          { name: "presence", stop: () => presence.stop() },
          { name: "management", stop: async () => management?.stop() },
          { name: "traces", stop: async () => tracing?.stop() },
        ],
      },
      { untilMs: STOP_LIMIT_MS, steps: [{ name: "database", stop: () => services.close() }] },
    ],
    log,
  );
  if (parts.length > 0) {
    log.warn({ parts }, "cut off while stopping");
  }
  log.info({ milliseconds: Math.round(stopwatch() - began) }, "stopped");
}

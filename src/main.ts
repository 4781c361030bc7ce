import { createServer, type Server as HttpServer } from "node:http";
import { codeOf, OperatorError } from "./kernel/errors.ts";
import { composeServices, type Services } from "./compose.ts";
import { startWorkers } from "./compose-messages.ts";
import { startPresence } from "./compose-processes.ts";
import { composeServer, type Server } from "./compose-server.ts";
import { doneWithin } from "./kernel/within.ts";
import { requireNoDemo } from "./database/demo-marks.ts";
import type { Stoppable } from "./processes/clock-watch.ts";
import type { Settings } from "./settings.ts";

/** A Vestibule that listens. */
export interface Running {
  readonly services: Services;
  /** What to print when it stands; empty in production. */
  readonly greeting: string;
  /** Finishes the requests in flight, then leaves the database. */
  stop(): Promise<void>;
}

/** Requests in hand from which on a full queue of messages goes slower. */
const BUSY = 2;

/** How long a request in flight may take once stopping has begun. */
const PATIENCE_MS = 5_000;

/**
 * How long everything may take that needs the database for its end. What still waits then, for a database that does not
 * answer, loses its connection: stopping ends before 10 seconds, after which service managers kill.
 */
const ENDING_MS = 6_000;

/** Settings → services → server → listen. Throws an OperatorError when something of that cannot be. */
export async function start(settings: Settings): Promise<Running> {
  const services = await composeServices(settings);
  let presence: Stoppable | null = null;
  try {
    if (settings.production) {
      await requireNoDemo(services.database);
    }
    presence = await startPresence(services, "server");
    const server = await composeServer(services);
    const answer = server.app.callback();
    let inHand = 0;
    const http = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
      inHand += 1;
      response.once("close", () => {
        inHand -= 1;
      });
      void answer(request, response);
    });
    const workers = settings.messages.workers
      ? await services.processes.clockWatch.whileRight(() => startWorkers(services, () => inHand >= BUSY))
      : null;
    await listen(http, settings.host, settings.port).catch(async (error: unknown) => {
      await workers?.stop();
      throw error;
    });
    const demo = settings.demo.enabled ? await startDemo(services) : null;
    return {
      services,
      greeting: demo?.greeting ?? "",
      stop: async () => {
        await demo?.close();
        const ended = Promise.allSettled([stop(http, server), workers?.stop()]).then(() => presence?.stop());
        if (!(await doneWithin(ENDING_MS, ended))) {
          services.log.warn("the server stops with work in hand: the database does not answer in time");
        }
        await services.close();
      },
    };
  } catch (error) {
    await presence?.stop();
    await services.close();
    throw error;
  }
}

/** The demo is no part of an installation; it is loaded only where it runs. */
async function startDemo(services: Services) {
  const { startDemo: run } = await import("../demo/demo.ts");
  return run(services);
}

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", (error) => {
      const reason =
        codeOf(error) === "EADDRINUSE" ? "is in use; stop the other program or set PORT" : "cannot be used";
      reject(new OperatorError(`Port ${String(port)} on ${host} ${reason}.`, { cause: error }));
    });
    http.listen(port, host, () => {
      resolve();
    });
  });
}

async function stop(http: HttpServer, server: Server): Promise<void> {
  server.health.stopping();
  const closed = new Promise<void>((resolve) => {
    http.close(() => {
      resolve();
    });
  });
  http.closeIdleConnections();
  const impatient = setTimeout(() => {
    http.closeAllConnections();
  }, PATIENCE_MS);
  await closed;
  clearTimeout(impatient);
  await server.close();
}

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { start, type Running } from "../../src/server/main.ts";
import { settingsOfProcess } from "../../src/server/settings/process-settings.ts";
import type { Settings } from "../../src/server/settings/settings.ts";
import { freePort } from "./free-port.ts";

/** How many servers stand behind the port of each Vestibule of a run; test/four-servers.mocharc.js asks for four. */
export const SERVERS = Number(process.env["TEST_SERVERS"] ?? 1);

/**
 * Starts the server of a test. In a run with several, each of them has its own connections, copies and counters, and each connection
 * goes to the next one, as it does with several processes. They are in this process, so that tests move the clock of all.
 */
export async function startServers(settings: Settings): Promise<Pick<Running, "services" | "stop">> {
  if (SERVERS === 1) {
    return start(settings);
  }
  const all: { readonly running: Running; readonly port: number }[] = [];
  for (let number = 1; number <= SERVERS; number += 1) {
    const port = await freePort();
    // With its share of the connections and hashes, and messages at one of them alone.
    const own = settingsOfProcess(settings, { number, of: SERVERS });
    // Tests hash by the services of the first, too: as many may wait there as in a test with one server.
    const passwordHashing = { ...own.passwordHashing, queue: settings.passwordHashing.queue };
    all.push({ port, running: await start({ ...own, passwordHashing, port }, undefined, () => SERVERS) });
  }
  const [first] = all;
  if (first === undefined) {
    throw new Error("TEST_SERVERS has to be a number.");
  }
  const front = await openFront(
    settings.port,
    all.map(({ port }) => port),
  );
  return {
    services: first.running.services,
    stop: async () => {
      await front.close();
      await Promise.all(all.map(({ running }) => running.stop()));
    },
  };
}

/** A port that hands each connection to the next of others. */
async function openFront(port: number, behind: readonly number[]): Promise<{ close(): Promise<unknown> }> {
  const open = new Set<Socket>();
  let turn = 0;
  const front = createServer((client) => {
    const server = connect(behind[turn % behind.length] ?? 0, "127.0.0.1");
    turn += 1;
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.once("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await once(front.listen(port, "127.0.0.1"), "listening");
  return {
    close: () => {
      open.forEach((socket) => socket.destroy());
      const closed = once(front, "close");
      front.close();
      return closed;
    },
  };
}

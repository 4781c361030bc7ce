import { createServer } from "node:net";

/**
 * Below what Linux gives to outgoing connections (32768 and up), so that none of them takes a port between our look and its use. Each
 * of mocha's processes has a part of its own.
 */
const [LOWEST, PARTS, PART_SIZE] = [20_000, 16, 780];

const first = LOWEST + (Number(process.env["MOCHA_WORKER_ID"] ?? process.pid) % PARTS) * PART_SIZE;
// Not always the same ones: another run may be on this machine.
let next = process.pid % PART_SIZE;

/** A port that nothing listens on, and that no other test of this run is given. */
export async function freePort(): Promise<number> {
  for (let look = 0; look < PART_SIZE / 2; look += 1) {
    // The one beside it stays free: without a setting the demo takes that.
    next = (next + 2) % PART_SIZE;
    // Kept: another call moves on meanwhile.
    const port = first + next;
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`No port is free from ${String(first)} on.`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

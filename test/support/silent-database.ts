import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** The way to a database on which nothing is said any more, as when its machine is gone: nothing breaks off either. */
export interface SilentDatabase {
  /** The same database by this way. */
  readonly url: string;
  silence(): void;
  close(): Promise<void>;
}

export async function openSilentDatabase(url: string): Promise<SilentDatabase> {
  const behind = new URL(url);
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((incoming) => {
    const outgoing = connect(Number(behind.port), behind.hostname);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.on("data", (chunk: Buffer) => {
        if (!isSilent) {
          other.write(chunk);
        }
      });
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        if (!isSilent) {
          other.destroy();
        }
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${String(port)}` }).href,
    silence: () => {
      isSilent = true;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

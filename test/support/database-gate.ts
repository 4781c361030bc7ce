import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./vestibule.ts";

/** The way to a database, which a test can shut: then nothing listens there, and what was connected breaks off. */
export interface DatabaseGate {
  /** The same database by way of the gate. */
  readonly url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function openGate(url: string): Promise<DatabaseGate> {
  const behind = new URL(url);
  const port = await freePort();
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  const join = (incoming: Socket) => {
    const outgoing = connect(Number(behind.port), behind.hostname);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => sockets.delete(one));
    }
  };
  const gate: DatabaseGate = {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${String(port)}` }).href,
    open: async () => {
      server = createServer(join).listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    shut: async () => {
      const closing = server;
      server = null;
      const closed = closing === null ? Promise.resolve() : once(closing, "close");
      closing?.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
  await gate.open();
  return gate;
}

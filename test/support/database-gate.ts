import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";
import { freePort } from "./free-port.ts";

/** The way to a database, which a test can spoil in the ways of networks. */
export interface DatabaseGate {
  /** The same database by way of the gate. */
  readonly url: string;
  /** Nothing listens any more, and what was connected breaks off. */
  shut(): Promise<void>;
  /** What connects from now on comes through. */
  open(): Promise<void>;
  /** What is connected breaks off with a reset; what connects comes through. */
  reset(): void;
  /** What is connected goes on to nowhere, as after a router forgot it; what connects comes through. */
  forget(): void;
  /** As if the host were gone: what is connected and what connects is taken and never answered, until it is opened. */
  silence(): void;
  /** By which `pg_stat_activity` knows what is connected by way of the gate. */
  clientPorts(): number[];
}

/** What a program between client and server may do to the bytes that the client sends; the length stays. */
type Rewrite = (sent: Buffer) => Buffer;

/** One connection through the gate. */
interface Way {
  readonly incoming: Socket;
  readonly outgoing: Socket;
}

export async function openGate(url: string, rewrite: Rewrite = (sent) => sent): Promise<DatabaseGate> {
  const behind = new URL(url);
  const port = await freePort();
  const ways = new Set<Way>();
  const silent = new Set<Socket>();
  let server: Server | null = null;
  let isSilent = false;

  const takeIn = (incoming: Socket) => {
    incoming.on("error", () => undefined);
    if (isSilent) {
      silent.add(incoming.resume());
      return;
    }
    ways.add(joined(incoming, behind, rewrite, (way) => ways.delete(way)));
  };
  const endAll = (end: (socket: Socket) => void) => {
    [...ways].forEach(({ incoming, outgoing }) => {
      end(incoming);
      outgoing.destroy();
    });
    ways.clear();
  };
  const forget = () => {
    ways.forEach(swallow);
  };
  const gate: DatabaseGate = {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${String(port)}` }).href,
    open: async () => {
      isSilent = false;
      if (server === null) {
        server = createServer({ allowHalfOpen: true }, takeIn).listen(port, "127.0.0.1");
        await once(server, "listening");
      }
    },
    shut: async () => {
      const closing = server;
      server = null;
      const closed = closing === null ? Promise.resolve() : once(closing, "close");
      closing?.close();
      endAll((socket) => socket.destroy());
      silent.forEach((socket) => socket.destroy());
      silent.clear();
      await closed;
    },
    reset: () => {
      endAll((socket) => socket.resetAndDestroy());
    },
    forget,
    silence: () => {
      isSilent = true;
      forget();
    },
    clientPorts: () => [...ways].map(({ outgoing }) => outgoing.localPort ?? 0),
  };
  await gate.open();
  return gate;
}

function joined(incoming: Socket, behind: URL, rewrite: Rewrite, over: (way: Way) => void): Way {
  const outgoing = connect({ port: Number(behind.port), host: behind.hostname, allowHalfOpen: true });
  const way = { incoming, outgoing };
  const rewritten = new Transform({
    transform: (sent: Buffer, _encoding, done) => {
      done(null, rewrite(sent));
    },
  });
  incoming.pipe(rewritten).pipe(outgoing).pipe(incoming);
  outgoing.on("error", () => incoming.destroy());
  incoming.on("close", () => {
    outgoing.destroy();
    over(way);
  });
  outgoing.on("close", () => {
    incoming.destroy();
  });
  return way;
}

/** Both ends stay connected, as those of hosts that cannot reach each other, and neither hears of the other. */
function swallow({ incoming, outgoing }: Way): void {
  for (const socket of [incoming, outgoing]) {
    socket.unpipe();
    socket.resume();
  }
}

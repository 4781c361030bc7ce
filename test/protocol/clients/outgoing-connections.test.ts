import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import { connectionsTo, type Connections } from "../../../src/protocol/clients/outgoing-fetch.ts";
import { eventually } from "../../support/eventually.ts";

describe("connections to a receiver", () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  let sockets: Socket[];
  const opened: Connections[] = [];
  const open = (
    hosts: readonly string[] = ["127.0.0.1"],
    limits: { timeoutMs?: number; most?: number } = {},
  ) => {
    const connections = connectionsTo(hosts, { most: 16, ...limits });
    opened.push(connections);
    return connections;
  };

  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      request.once("end", () => {
        answer(request, response);
      });
    });
    server.on("connection", (socket) => sockets.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  beforeEach(() => {
    sockets = [];
    answer = (_request, response) => response.writeHead(204).end();
  });
  afterEach(() => {
    opened.splice(0).forEach((each) => {
      each.close();
    });
  });

  const post = ({ fetch }: Connections, at = url): Promise<number | string> =>
    fetch(at, { method: "POST", body: "{}" }).then(
      ({ status }) => status,
      (error: unknown) => (error instanceof Error ? error.message : "?"),
    );
  const inTurn = async (connections: Connections, times: number) => {
    const statuses: unknown[] = [];
    for (let time = 0; time < times; time += 1) {
      statuses.push(await post(connections));
    }
    return statuses;
  };

  it("T252 are used again, and there are no more than were asked for", async () => {
    expect(await inTurn(open(), 5)).to.deep.equal([204, 204, 204, 204, 204]);
    expect(sockets).to.have.length(1);
    const few = open(["127.0.0.1"], { most: 2 });
    const statuses = await Promise.all(Array.from({ length: 9 }, () => post(few)));
    expect(new Set(statuses)).to.deep.equal(new Set([204]));
    expect(sockets).to.have.length(3);
  });

  it("T252 are not shared with others, and none is left once they are closed", async () => {
    const [one, other] = [open(), open()];
    expect([await post(one), await post(other)]).to.deep.equal([204, 204]);
    expect(sockets).to.have.length(2);
    one.close();
    await eventually(
      () => Promise.resolve(sockets.filter(({ destroyed }) => destroyed)),
      ({ length }) => length === 1,
    );
    expect(await post(other)).to.equal(204);
    expect(sockets).to.have.length(2);
  });

  it("T252 lead to no address inside the network, whichever name it has", async () => {
    const { port } = new URL(url);
    for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0x7f000001"]) {
      const connections = open([]);
      for (const protocol of ["http", "https"]) {
        expect(await post(connections, `${protocol}://${host}:${port}/`), host).to.be.a("string");
      }
    }
    expect(sockets).to.deep.equal([]);
  });

  it("T252 that the other side has closed cost no request: it is sent again, once, on a new one", async () => {
    let heard = 0;
    const used = new WeakSet<Socket>();
    answer = ({ socket }, response) => {
      heard += 1;
      if (used.has(socket)) {
        socket.destroy();
        return;
      }
      used.add(socket);
      response.writeHead(204).end();
    };
    expect(await inTurn(open(), 2)).to.deep.equal([204, 204]);
    expect({ heard, sockets: sockets.length }).to.deep.equal({ heard: 3, sockets: 2 });
    answer = ({ socket }) => {
      heard += 1;
      socket.destroy();
    };
    expect(await post(open()), "a new one").to.be.a("string");
    expect(heard).to.equal(4);
  });

  it("T253 have their answer with the status, and cut a body that is too long or too slow", async () => {
    answer = (_request, response) => response.writeHead(202).end("x".repeat(1_000_000));
    expect(await post(open())).to.equal(202);
    answer = (_request, response) => {
      response.writeHead(200).write("x");
    };
    const slow = open(["127.0.0.1"], { timeoutMs: 200 });
    expect(await post(slow)).to.equal(200);
    answer = (_request, response) => response.writeHead(500).end("x".repeat(1_000_000));
    expect(await post(slow)).to.equal(500);
    answer = () => undefined;
    expect(await post(slow), "no status at all").to.be.a("string");
  });

  it("T252 follow no redirect", async () => {
    let heard = 0;
    answer = (_request, response) => {
      heard += 1;
      response.writeHead(307, { location: url }).end();
    };
    expect(await post(open())).to.equal("the answer leads elsewhere");
    expect(heard).to.equal(1);
  });
});

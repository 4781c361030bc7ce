import { expect } from "chai";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { HttpListener } from "../../../src/platform/web/http-listener.ts";
import { eventually } from "../../support/eventually.ts";
import { freePort } from "../../support/free-port.ts";

/** Far longer than any test takes: what ends before it was not cut off. */
const LONG_MS = 60_000;

/** A connection and what came over it. */
interface Wire {
  readonly socket: Socket;
  said(): string;
  readonly ended: Promise<unknown>;
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

describe("the listener", () => {
  let listener: HttpListener;
  let port: number;
  let waiting: ServerResponse[];
  let wires: Wire[];

  /** Opens a connection, and sends `text` over it. */
  async function open(text = ""): Promise<Wire> {
    const socket = connect(port, "127.0.0.1");
    let said = "";
    socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
    socket.on("error", () => undefined);
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await once(socket, "connect");
    socket.write(text);
    const wire = { socket, said: () => said, ended };
    wires.push(wire);
    return wire;
  }

  const inHand = (count: number) =>
    eventually(
      () => Promise.resolve(waiting.length),
      (found) => found === count,
    );

  beforeEach(async () => {
    waiting = [];
    wires = [];
    listener = new HttpListener((_request, response) => waiting.push(response));
    port = await freePort();
    await listener.listen("127.0.0.1", port);
  });
  afterEach(async () => {
    wires.forEach(({ socket }) => socket.destroy());
    await listener.close(0);
  });

  it("keeps a connection longer than proxies do, and says so", async () => {
    const wire = await open(GET);
    await inHand(1);
    waiting[0]?.end("answer");
    await eventually(
      () => Promise.resolve(wire.said()),
      (said) => said.includes("answer"),
    );
    expect(wire.said())
      .to.match(/^Connection: keep-alive\r$/im)
      .and.match(/^Keep-Alive: timeout=75\b/im);
  });

  it("answers on while it drains, and ends each connection with its answer", async () => {
    const wire = await open(GET);
    await inHand(1);
    listener.drain();
    waiting[0]?.end("in flight");
    await wire.ended;
    const later = await open(GET);
    await inHand(2);
    waiting[1]?.end("still served");
    await later.ended;
    for (const { said } of [wire, later]) {
      expect(said())
        .to.match(/^Connection: close\r$/im)
        .and.match(/(in flight|still served)$/);
    }
  });

  it("takes no new connection once it is closed, and lets requests in hand end", async () => {
    const wire = await open(GET);
    await inHand(1);
    const closed = listener.close(LONG_MS);
    const refused = connect(port, "127.0.0.1");
    const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
    expect(error.code).to.equal("ECONNREFUSED");
    expect(listener.inFlight).to.equal(1);
    waiting[0]?.end("answer");
    expect(await closed).to.equal(0);
    await wire.ended;
    expect(wire.said()).to.contain("answer");
  });

  it("does not wait for connections that were opened ahead, nor for idle ones", async () => {
    await open();
    const idle = await open(GET);
    await inHand(1);
    waiting[0]?.end("answer");
    await eventually(
      () => Promise.resolve(idle.said()),
      (said) => said.includes("answer"),
    );
    expect(await listener.close(LONG_MS)).to.equal(0);
  });

  it("ends a connection whose answer had begun before, as soon as it is whole", async () => {
    const wire = await open(GET);
    await inHand(1);
    waiting[0]?.write("first part, ");
    await eventually(
      () => Promise.resolve(wire.said()),
      (said) => said.includes("first part"),
    );
    expect(wire.said()).to.match(/^Connection: keep-alive\r$/im);
    const closed = listener.close(LONG_MS);
    waiting[0]?.end("last part");
    expect(await closed).to.equal(0);
    await wire.ended;
    expect(wire.said()).to.contain("last part");
  });

  it("cuts off what does not end in its time, and counts it", async () => {
    const wires = [await open(GET), await open(GET)];
    await inHand(2);
    expect(await listener.close(20)).to.equal(2);
    await Promise.all(wires.map(({ ended }) => ended));
  });

  it("does not wait longer for a request that never comes to an end", async () => {
    const wire = await open("POST / HTTP/1.1\r\nHost: loc");
    await eventually(
      () => Promise.resolve(wire.socket.bytesWritten),
      (bytes) => bytes > 0,
    );
    await listener.close(20);
    await wire.ended;
  });
});

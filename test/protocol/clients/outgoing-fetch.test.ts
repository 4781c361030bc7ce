import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { outgoingFetch } from "../../../src/protocol/clients/outgoing-fetch.ts";
import { isPublicAddress } from "../../../src/protocol/clients/public-address.ts";

describe("requests that Vestibule makes", () => {
  let inside: Server;
  let port: string;
  let connections: number;
  let answer: RequestListener;
  const guarded = outgoingFetch([]);
  const listed = outgoingFetch(["127.0.0.1"]);

  before(async () => {
    inside = createServer((request, response) => {
      answer(request, response);
    });
    inside.on("connection", () => (connections += 1));
    inside.listen(0, "::");
    await once(inside, "listening");
    port = String((inside.address() as AddressInfo).port);
  });
  after(async () => {
    inside.close();
    inside.closeAllConnections();
    await once(inside, "close");
  });
  beforeEach(() => {
    connections = 0;
    answer = (_request, response) => response.end("ok");
  });

  const refusal = (fetching: Promise<Response>) =>
    fetching.then(
      ({ status }) => `answered ${String(status)}`,
      (error: unknown) => (error instanceof Error ? "refused" : "?"),
    );

  for (const host of [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "localhost.",
  ]) {
    it(`T100 connects to nobody at ${host}`, async () => {
      expect(await refusal(guarded(`http://${host}:${port}/`, {}))).to.equal("refused");
      expect(await refusal(guarded(`https://${host}:${port}/`, {}))).to.equal("refused");
      expect(connections).to.equal(0);
    });
  }

  it("T100 knows which addresses are inside a network, and which are not", () => {
    const private4 =
      "10.1.2.3 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254 100.64.0.1 127.9.9.9 0.1.2.3";
    const special4 =
      "192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255";
    const private6 =
      "::1 :: fe80::1 fc00::1 fd12:3456::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::";
    for (const address of `${private4} ${special4} ${private6} 2001:db8::1 2001::1 100::1 text`.split(" ")) {
      expect(isPublicAddress(address), address).to.equal(false);
    }
    for (const address of "8.8.8.8 172.15.0.1 172.32.0.1 100.63.0.1 93.184.216.34 2606:4700::1 2a00::1".split(
      " ",
    )) {
      expect(isPublicAddress(address), address).to.equal(true);
    }
  });

  it("T100 reads no file and speaks no other protocol", async () => {
    for (const address of [
      "file:///etc/passwd",
      "ftp://127.0.0.1/",
      "data:text/plain,x",
      "gopher://127.0.0.1/",
    ]) {
      expect(await refusal(listed(address, {})), address).to.equal("refused");
    }
  });

  it("calls whom the operator has listed, with method, headers and body", async () => {
    let heard = "";
    answer = (request, response) => {
      request.on("data", (chunk: Buffer) => (heard += chunk.toString()));
      request.on("end", () => {
        heard += ` ${request.method ?? ""} ${request.headers["content-type"] ?? ""}`;
        response.writeHead(204).end();
      });
    };
    const body = new URLSearchParams({ logout_token: "x" });
    const { status } = await listed(`http://127.0.0.1:${port}/`, { method: "POST", body });
    expect(status).to.equal(204);
    expect(heard).to.equal("logout_token=x POST application/x-www-form-urlencoded;charset=UTF-8");
  });

  it("T100 follows no redirect, not even from a listed host", async () => {
    answer = (request, response) => {
      const location = request.url === "/" ? `http://127.0.0.1:${port}/secret` : "/";
      response.writeHead(302, { location }).end();
    };
    expect(await refusal(listed(`http://127.0.0.1:${port}/`, {}))).to.equal("refused");
    expect(connections).to.equal(1);
  });

  it("T100 stops reading after 64 kB, whatever length was promised", async () => {
    for (const headers of [{}, { "content-length": "10000000" }]) {
      answer = (_request, response) => {
        response.writeHead(200, headers);
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(16_384)));
        };
        response.on("drain", more);
        more();
      };
      expect(await refusal(listed(`http://127.0.0.1:${port}/`, {}))).to.equal("refused");
    }
  });

  it("T100 gives up on a host that never answers", async () => {
    answer = () => undefined;
    expect(await refusal(listed(`http://127.0.0.1:${port}/`, {}))).to.equal("refused");
  });

  it("T100 gives up on a host that changes to another protocol", async () => {
    answer = (request) => {
      request.socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
    };
    expect(await refusal(listed(`http://127.0.0.1:${port}/`, {}))).to.equal("refused");
  });

  it("T100 gives up on a host that answers a byte at a time", async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x"), 50);
      response.on("close", () => {
        clearInterval(timer);
      });
    };
    expect(await refusal(listed(`http://127.0.0.1:${port}/`, {}))).to.equal("refused");
  });
});

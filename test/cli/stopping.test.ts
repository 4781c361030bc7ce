import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { type Environment, useInstallation } from "./installation.ts";
import { beginRequest, logOf, messagesOf, startServer } from "./server.ts";

const STOPPING = [
  "asked to stop",
  "draining: not ready, and still serving",
  "closed: no new connections",
  "stopped",
];

describe("a server that is asked to stop", () => {
  const here = useInstallation();
  let issuer: string;
  const environment = (more: Environment): Environment => ({
    ...here.environment,
    VESTIBULE_LOG_LEVEL: "info",
    ...more,
  });
  const statusOf = async (path: string) => (await fetch(`${issuer}${path}`)).status;

  before(() => {
    issuer = `http://localhost:${here.environment["PORT"] ?? ""}`;
  });

  it("is not ready for the delay, serves everything meanwhile, then closes its port and says each in its log", async () => {
    const server = await startServer(environment({ VESTIBULE_SHUTDOWN_DELAY: "2" }), [], "listens on");
    server.child.kill("SIGTERM");
    await eventually(
      () => statusOf("/health/ready"),
      (status) => status === 503,
    );
    expect(await statusOf("/health/live")).to.equal(200);
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect([discovery.status, discovery.headers.get("connection")]).to.deep.equal([200, "close"]);
    expect(await server.ended).to.equal(0);
    const lines = logOf(server).filter(({ msg }) => STOPPING.includes(String(msg)));
    expect(lines.map(({ msg }) => msg)).to.deep.equal(STOPPING);
    expect(lines[0]).to.include({ reason: "SIGTERM", delaySeconds: 2 });
    // Two pipes: which of them is read last is chance.
    expect(server.said()).to.contain("Stopped.\n");
  });

  it("ends at once, with exit code 1, when it is asked again during the delay", async () => {
    const server = await startServer(environment({ VESTIBULE_SHUTDOWN_DELAY: "300" }), [], "listens on");
    server.child.kill("SIGTERM");
    await eventually(
      () => statusOf("/health/ready"),
      (status) => status === 503,
    );
    // The first half second counts as the same key press.
    await eventually(
      () => {
        server.child.kill("SIGTERM");
        return Promise.resolve(server.child.exitCode);
      },
      (code) => code !== null,
    );
    expect(await server.ended).to.equal(1);
    expect(server.said()).to.contain("Stopped at once.");
  });

  it("answers a request that is in flight before it ends", async () => {
    const server = await startServer(environment({}), [], "listens on");
    const socket = await beginRequest(here.environment["PORT"] ?? "");
    let said = "";
    socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
    server.child.kill("SIGTERM");
    await eventually(
      () => Promise.resolve(messagesOf(server)),
      (messages) => messages.includes("closed: no new connections"),
    );
    socket.write("b".repeat(97));
    expect(await server.ended).to.equal(0);
    expect(said)
      .to.match(/^HTTP\/1\.1 400 /)
      .and.match(/^Connection: close\r$/im);
    expect(messagesOf(server)).to.not.contain("cut off while stopping");
  });
});

import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { startServerGroup, type ServerGroup } from "../support/server-group.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { beginRequest, messagesOf, startServer } from "./server.ts";

const SIZE = 2;

describe("a server of several processes that stops", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  let group: ServerGroup;
  const start = async (more: Readonly<Record<string, string>> = {}) => {
    const settings = { VESTIBULE_PROCESSES: String(SIZE), VESTIBULE_LOG_LEVEL: "info", ...more };
    group = await startServerGroup(vestibule, settings);
  };
  afterEach(() => group.end());

  const say = (message: string, times: number) =>
    eventually(
      () => Promise.resolve(messagesOf(group).filter((each) => each === message).length),
      (count) => count >= times,
    );

  it("answers the requests in flight of all of them at SIGTERM, and ends with exit code 0", async () => {
    await start();
    const sockets = await Promise.all(Array.from({ length: 6 }, () => beginRequest(String(group.port))));
    const answers = sockets.map((socket) => {
      const chunks: string[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
      return chunks;
    });
    group.child.kill("SIGTERM");
    await say("closed: no new connections", SIZE);
    sockets.forEach((socket) => socket.write("b".repeat(97)));
    expect(await group.ended).to.equal(0);
    answers.forEach((answer) => expect(answer.join("")).to.match(/^HTTP\/1\.1 400 /));
    expect(messagesOf(group)).to.not.contain("cut off while stopping");
    await group.gone();
  });

  it("leaves no process behind when it is asked twice", async () => {
    await start({ VESTIBULE_SHUTDOWN_DELAY: "300" });
    group.child.kill("SIGTERM");
    await say("draining: not ready, and still serving", SIZE);
    // The first half second counts as the same key press.
    await eventually(
      () => {
        group.child.kill("SIGTERM");
        return Promise.resolve(group.child.exitCode);
      },
      (code) => code !== null,
    );
    expect(await group.ended).to.equal(1);
    await group.gone();
  });

  it("leaves no process behind when the one that has started them is killed, and answers what is in flight", async () => {
    await start({ VESTIBULE_SHUTDOWN_DELAY: "300" });
    const socket = await beginRequest(String(group.port));
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    group.child.kill("SIGKILL");
    await say("closed: no new connections", SIZE);
    socket.write("b".repeat(97));
    await group.gone();
    expect(answer).to.match(/^HTTP\/1\.1 400 /);
  });

  it("does not start where it cannot, and says why once", async () => {
    await start();
    const environment = {
      ...vestibule.environment,
      ...{ VESTIBULE_PROCESSES: String(SIZE), PORT: String(group.port) },
    };
    const error = await startServer(environment, [], "listens on").then(
      () => "It started.",
      (reason: unknown) => String(reason),
    );
    expect(error.split("is in use")).to.have.length(2);
    expect(error).to.not.contain("listens on").and.not.contain("The server did not start");
  });
});

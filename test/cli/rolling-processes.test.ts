import { expect } from "chai";
import { Agent, get } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { healthAt, startServerGroup, type ServerGroup } from "../support/server-group.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { messagesOf } from "./server.ts";

const PATH = "/.well-known/openid-configuration";

describe("a server of four processes that gets SIGHUP", function () {
  this.timeout(120_000);
  const vestibule = useVestibule();
  const group: ServerGroup = useResource(
    () => startServerGroup(vestibule, { VESTIBULE_LOG_LEVEL: "info" }),
    (started) => started.end(),
  );

  it("replaces all of them while it refuses, interrupts and fails no request", async () => {
    const before = await group.pids();
    const load = startLoad(group.port);
    group.child.kill("SIGHUP");
    await eventually(
      () => Promise.resolve(messagesOf(group)),
      (messages) => messages.includes("all processes of the server were replaced"),
      { seconds: 90 },
    );
    const { answers, errors } = await load.end();
    expect(errors).to.be.empty;
    expect([...new Set(answers)]).to.deep.equal([200]);
    const after = await group.pids();
    expect(after).to.have.length(4);
    expect(after.filter((pid) => before.includes(pid))).to.be.empty;
    expect(await healthAt(group.port)).to.deep.equal({ status: "ok", processes: { live: 4, of: 4 } });
  });
});

/** Short, so that each process is asked hundreds of times; without one, the clients take the processors from those that start. */
const PAUSE_MS = 5;

/** Clients that ask again and again, with a connection for each request, and with one that they keep as long as they may. */
function startLoad(port: number) {
  const answers: number[] = [];
  const errors: string[] = [];
  let isOver = false;
  const agents = [false, false, new Agent({ keepAlive: true }), new Agent({ keepAlive: true })] as const;
  const clients = agents.map(async (agent) => {
    while (!isOver) {
      await ask(port, agent).then(
        (status) => answers.push(status),
        (error: unknown) => errors.push(String(error)),
      );
      await wait(PAUSE_MS);
    }
  });
  return {
    end: async () => {
      isOver = true;
      await Promise.all(clients);
      agents.forEach((agent) => agent !== false && agent.destroy());
      return { answers, errors };
    },
  };
}

const ask = (port: number, agent: Agent | false): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { "x-forwarded-proto": "https" };
    get({ host: "127.0.0.1", port, path: PATH, agent, headers }, (answer) => {
      answer.resume();
      answer.once("error", reject);
      answer.once("end", () => {
        resolve(answer.statusCode ?? 0);
      });
    }).once("error", reject);
  });

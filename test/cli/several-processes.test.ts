import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { healthAt, startServerGroup, type ServerGroup } from "../support/server-group.ts";
import { tokensFor, userinfo, type Tokens } from "../support/tokens.ts";
import { useResource } from "../support/suite-resource.ts";
import { PATIENCE } from "../support/time-limits.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { runProgram } from "./installation.ts";
import { logOf } from "./server.ts";

const CLIENTS = 4;
/** Longer than any answer takes: a connection that waits for a killed process gets none. */
const NO_ANSWER_MS = 5_000 * PATIENCE;

describe("a server of four processes", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {}, user: {} });
  const group: ServerGroup = useResource(
    () => startServerGroup(vestibule),
    (started) => started.end(),
  );
  const { application, user } = vestibule;
  const atGroup = () => new HttpBrowser(vestibule.issuer, group.port);

  it("serves one port with all of them", async () => {
    const { PORT: _, ...rest } = vestibule.environment;
    const health = await runProgram({ ...rest, PORT: String(group.port) }, ["health"]);
    expect([health.code, health.out]).to.deep.equal([
      0,
      `http://127.0.0.1:${String(group.port)}/health/ready: ok, 4 of 4 processes\n`,
    ]);
    expect(await group.pids()).to.have.length(4);
  });

  it("is listed by the doctor, each process with its number", async () => {
    const { out } = await runProgram(vestibule.environment, ["doctor"]);
    const pids = await group.pids();
    for (const [index, pid] of pids.entries()) {
      expect(out).to.contain(`server ${String(pid)} on `);
      expect(out).to.contain(`, process ${String(index + 1)} of 4, version `);
    }
  });

  it("answers on when one is killed, keeps all that was answered, and starts another in its place", async () => {
    const before = await group.pids();
    const answered: Tokens[] = [];
    const errors: unknown[] = [];
    let isOver = false;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!isOver) {
        await within(tokensFor(atGroup(), application, user)).then(
          (tokens) => answered.push(tokens),
          (error: unknown) => errors.push(error),
        );
      }
    });
    await eventually(
      () => Promise.resolve(answered.length),
      (length) => length > CLIENTS,
    );
    process.kill(before[2] ?? 0, "SIGKILL");
    const after = await eventually(
      () => group.pids(),
      (pids) => pids.length === 4 && pids[2] !== before[2],
      { seconds: 30 },
    );
    await eventually(() => healthAt(group.port), isWhole, { seconds: 30 });
    isOver = true;
    await Promise.all(clients);
    expect(after.filter((pid) => before.includes(pid))).to.have.length(3);
    expect(errors.length, errors.map(String).join()).to.be.at.most(CLIENTS);
    for (const { access } of answered) {
      expect((await userinfo(atGroup(), access)).status).to.equal(200);
    }
    expect(logOf(group)).to.satisfy((lines: Record<string, unknown>[]) =>
      lines.some(({ process: number, signal }) => number === 0 && signal === "SIGKILL"),
    );
  });
});

const isWhole = (said: unknown) => JSON.stringify(said).includes('"processes":{"live":4,"of":4}');

async function within<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error("No answer."));
  }, NO_ANSWER_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

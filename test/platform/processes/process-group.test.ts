import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pauseAfter, shareOf } from "../../../src/platform/processes/process-share.ts";
import { eventually } from "../../support/eventually.ts";

const PROGRAM = fileURLToPath(new URL("../../support/process-group-program.ts", import.meta.url));

describe("processes of one server", function () {
  this.timeout(30_000);
  let running: ChildProcess | null = null;
  afterEach(() => running?.kill("SIGKILL"));

  function startGroup(...crashing: readonly number[]) {
    const child = spawn(process.execPath, [PROGRAM, ...crashing.map(String)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const lines = () =>
      said
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    running = child;
    return { child, ended, lines };
  }

  it("are started again with longer and longer pauses when they crash at their start", async () => {
    const { child, ended, lines } = startGroup(2);
    const crashes = await eventually(
      () => Promise.resolve(lines().filter(({ number }) => number === 2)),
      ({ length }) => length >= 4,
    );
    expect(crashes.slice(0, 4).map(({ exitCode, pauseMs }) => [exitCode, pauseMs])).to.deep.equal([
      [7, 100],
      [7, 200],
      [7, 400],
      [7, 800],
    ]);
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
  });

  it("serve although one of them does not start", async () => {
    const { lines } = startGroup(2);
    await eventually(
      () => Promise.resolve(lines()),
      (said) => said.some(({ greeting }) => greeting === "greeting of 1"),
    );
  });

  it("end with a message and exit code 1 when the first does not start", async () => {
    const { ended, lines } = startGroup(1, 2, 3);
    expect(await ended).to.equal(1);
    expect(lines()).to.deep.equal([
      { error: "Error: The server did not start: its first process ended with exit code 7." },
    ]);
  });

  it("stay as they are when a new one does not start", async () => {
    const { child, lines } = startGroup(2);
    await eventually(
      () => Promise.resolve(lines()),
      (said) => said.some(({ greeting }) => greeting !== undefined),
    );
    child.kill("SIGHUP");
    const said = await eventually(
      () => Promise.resolve(lines()),
      (all) => all.some(({ msg }) => String(msg).startsWith("a new process of the server did not start")),
    );
    expect(said.at(-1)).to.include({ number: 2 });
  });

  it("pause for half a minute at most", () => {
    expect([1, 2, 9, 10, 1_000].map(pauseAfter)).to.deep.equal([100, 200, 25_600, 30_000, 30_000]);
  });

  it("share a limit so that all have it together, and each at least one", () => {
    const shares = (total: number, of: number) =>
      Array.from({ length: of }, (_, index) => shareOf(total, { number: index + 1, of }));
    expect(shares(10, 4)).to.deep.equal([3, 3, 2, 2]);
    expect(shares(2, 4)).to.deep.equal([1, 1, 1, 1]);
    expect(shares(10, 1)).to.deep.equal([10]);
  });
});

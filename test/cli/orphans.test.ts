import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { type Environment, useInstallation } from "./installation.ts";
import { isRunning } from "../support/running.ts";

const rootOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const OLD_NODE = `data:text/javascript,${encodeURIComponent(
  'globalThis.process = Object.create(process, { versions: { value: { ...process.versions, node: "18.20.8" } } });',
)}`;

/** The npm and the Node of the machine, not those among the packages. */
const PATH = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

/** A checkout of the same program, in which the Node that npm installs is found although it is the one that runs this. */
function checkout(): string {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-orphans-"));
  cpSync(rootOf("bin"), join(directory, "bin"), { recursive: true });
  copyFileSync(rootOf("package.json"), join(directory, "package.json"));
  symlinkSync(rootOf("src"), join(directory, "src"));
  const place = join(directory, "node_modules", `node-${process.platform}-${process.arch}`, "bin");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "node"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  chmodSync(join(place, "node"), 0o755);
  return directory;
}

/** Whether something listens on the port. */
const isTaken = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });

describe("a server whose starter is killed", () => {
  let directory: string;
  let port: number;
  let started: ChildProcess | null = null;
  /** Process id of the server itself, whatever stands between. */
  let server: number | null = null;

  const here = useInstallation();
  before(() => {
    directory = checkout();
    port = Number(here.environment["PORT"]);
  });
  afterEach(async () => {
    started?.kill("SIGKILL");
    if (server !== null && isRunning(server)) {
      process.kill(server, "SIGKILL");
    }
    await portIsFree();
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  /** Starts it, and waits until it listens. */
  async function startBy(command: string, words: readonly string[], more: Environment = {}) {
    const child = spawn(command, words, {
      cwd: directory,
      env: { PATH, HOME: directory, ...here.environment, VESTIBULE_LOG_LEVEL: "info", ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started = child;
    server = null;
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    }
    await eventually(
      () => Promise.resolve(said),
      (text) => text.includes('"address":"http'),
      { seconds: 40 },
    );
    server = Number(/"pid":(\d+)/.exec(said)?.[1]);
    return { child, said: () => said, pid: server };
  }

  const portIsFree = () =>
    eventually(
      () => isTaken(port),
      (taken) => !taken,
    );

  it("stops politely by itself and gives the port back, without a delay for load balancers", async () => {
    const words = ["--import", OLD_NODE, join(directory, "bin/vestibule.js"), "start", "--json"];
    const { child, said } = await startBy(process.execPath, words, { VESTIBULE_SHUTDOWN_DELAY: "300" });
    child.kill("SIGKILL");
    await portIsFree();
    await eventually(
      () => Promise.resolve(said()),
      (text) => text.includes("Stopped."),
    );
    expect(said())
      .to.contain('"reason":"the process that started it is gone"')
      .and.contain('"delaySeconds":0');
  });

  it("does not wait out a delay that had begun", async () => {
    const words = ["--import", OLD_NODE, join(directory, "bin/vestibule.js"), "start", "--json"];
    const { child, said } = await startBy(process.execPath, words, { VESTIBULE_SHUTDOWN_DELAY: "300" });
    child.kill("SIGTERM");
    await eventually(
      () => Promise.resolve(said()),
      (text) => text.includes("draining"),
    );
    child.kill("SIGKILL");
    await portIsFree();
    expect(said()).to.contain('"delaySeconds":300');
  });

  it("stops politely by itself when npm is killed, which had started the starter", async () => {
    const { child, said } = await startBy("npm", ["start", "--", "--json"]);
    child.kill("SIGKILL");
    await portIsFree();
    await eventually(
      () => Promise.resolve(said()),
      (text) => text.includes("Stopped."),
    );
  });

  it("serves on when a shell that has put it into the background is gone", async () => {
    const { child, pid } = await startBy("sh", [
      "-c",
      `'${process.execPath}' bin/vestibule.js start --json & sleep 0`,
    ]);
    await eventually(
      () => Promise.resolve(child.exitCode),
      (code) => code === 0,
    );
    const answer = await fetch(`http://127.0.0.1:${String(port)}/health/ready`);
    process.kill(pid, "SIGTERM");
    expect(answer.status).to.equal(200);
    await portIsFree();
  });
});

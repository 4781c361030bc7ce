import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { startMailStandIn, type MailStandIn } from "../support/mail-stand-in.ts";
import { openSilentDatabase, type SilentDatabase } from "../support/silent-database.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";
import { freePort } from "../support/free-port.ts";
import { beginRequest, logOf, messagesOf, startServer, type Server } from "./server.ts";
import { isRunning } from "../support/running.ts";

const STOP_REQUESTED = new URL("../../src/cli/stop-requested.ts", import.meta.url).href;

/** A process that is asked to stop before its start has come to an end, which it never does. */
const STARTING = `
  import { startUnlessStopped, stopRequested } from ${JSON.stringify(STOP_REQUESTED)};
  const asked = stopRequested();
  console.log("starting");
  await startUnlessStopped(asked, () => new Promise(() => setInterval(() => undefined, 60_000)));
`;

const cutOffOf = (process: Server) => logOf(process).find(({ msg }) => msg === "cut off while stopping");

/** All of them hang at the same time, because each takes its ten seconds. */
describe("a process that is asked to stop while everything hangs", () => {
  let vestibule: TestVestibule;
  let mail: MailStandIn;
  let silent: SilentDatabase;
  let stuck: Socket;
  let server: Server;
  let worker: Server;
  let embedded: Awaited<ReturnType<typeof startWithEmbedded>>;
  let starting: Awaited<ReturnType<typeof startForEver>>;

  before(async function () {
    this.timeout(60_000);
    mail = await startMailStandIn();
    vestibule = await startVestibule({ VESTIBULE_MESSAGE_WORKERS: "no", ...mail.environment });
    silent = await openSilentDatabase(vestibule.database.url);
    const port = String(await freePort());
    const environment = {
      ...vestibule.environment,
      PORT: port,
      DATABASE_URL: silent.url,
      VESTIBULE_LOG_LEVEL: "info",
    };
    const alone = { ...environment, VESTIBULE_MESSAGE_WORKERS: "yes", VESTIBULE_MAIL_GATEWAY: "none" };
    [worker, embedded, starting] = await Promise.all([
      startServer(environment, [], "hands messages over", "worker"),
      startWithEmbedded(),
      startForEver(),
    ]);
    await putMailInHand();
    // Only now: it has no gateway for mail, and would take the mail out of the worker's hand.
    server = await startServer(alone, [], "listens on");
    stuck = await beginRequest(port);
    silent.silence();
    process.kill(embedded.pid, "SIGSTOP");
    [server.child, worker.child, embedded.server.child, starting.child].forEach((child) =>
      child.kill("SIGTERM"),
    );
  });
  after(async () => {
    stuck.destroy();
    [server.child, worker.child, embedded.server.child, starting.child].forEach((child) =>
      child.kill("SIGKILL"),
    );
    await embedded.remove();
    await silent.close();
    await mail.stop();
    await vestibule.stop();
  });

  /** The worker hands one over, and the mail server does not answer. */
  async function putMailInHand(): Promise<void> {
    const { database, messages } = vestibule.services;
    mail.hold();
    const letter = {
      channel: "mail",
      officeId: null,
      to: "anna@id.test",
      subject: "Stuck",
      text: "Stuck",
    } as const;
    await database.transaction((tx) => messages.queue.send(tx, letter));
    await eventually(
      () => Promise.resolve(mail.taken.length),
      (taken) => taken > 0,
    );
  }

  it("ends with exit code 0: a server, with a request in flight and a database that says nothing", async () => {
    expect(await server.ended).to.equal(0);
    expect(messagesOf(server)).to.include.members(["asked to stop", "closed: no new connections", "stopped"]);
  });

  it("ends with exit code 0: a worker with a mail in hand", async () => {
    expect(await worker.ended).to.equal(0);
    expect(messagesOf(worker)).to.include.members(["asked to stop", "stopped"]);
  });

  it("says what it has cut off", async () => {
    await Promise.all([server.ended, worker.ended]);
    expect(cutOffOf(server)).to.include({ level: "warn", requests: 1 });
    expect(cutOffOf(server)?.["parts"]).to.include("upkeep");
    expect(cutOffOf(worker)).to.include({ level: "warn" });
    expect(cutOffOf(worker)?.["parts"]).to.include("message workers");
  });

  it("ends with exit code 0: a server whose embedded PostgreSQL does not end", async () => {
    expect(await embedded.server.ended).to.equal(0);
    expect(cutOffOf(embedded.server), embedded.server.said()).to.deep.include({ parts: ["database"] });
  });

  it("ends with exit code 0: a start that comes to no end", async () => {
    expect(await starting.ended).to.equal(0);
    expect(starting.error()).to.equal("Stopping…\nStopped while it was starting.\n");
  });

  it("keeps within ten seconds", async () => {
    await server.ended;
    const stopped = logOf(server).find(({ msg }) => msg === "stopped");
    // A machine that is very busy lets timers come late.
    expect(stopped?.["milliseconds"]).to.be.a("number").below(14_000);
  });
});

async function startWithEmbedded() {
  const dataDir = mkdtempSync(join(tmpdir(), "vestibule-hanging-"));
  const environment = {
    PORT: String(await freePort()),
    VESTIBULE_DATA_DIR: dataDir,
    VESTIBULE_DEMO: "no",
    VESTIBULE_LOG_LEVEL: "info",
  };
  const server = await startServer(environment, [], "listens on");
  const pid = Number(readFileSync(join(dataDir, "postgresql/postmaster.pid"), "utf8").split("\n")[0]);
  return {
    server,
    pid,
    remove: async () => {
      process.kill(pid, "SIGCONT");
      process.kill(pid, "SIGINT");
      await eventually(
        () => Promise.resolve(isRunning(pid)),
        (running) => !running,
      );
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startForEver() {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", STARTING], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let error = "";
  child.stderr.on("data", (chunk: Buffer) => (error += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await once(child.stdout, "data");
  return { child, ended, error: () => error };
}

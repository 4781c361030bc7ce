import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import type { TestApplication, TestUser } from "../support/people.ts";
import { authorizationRequest, openSignIn, sendPassword } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { LIMIT_MS, makePeople, makePlace, serverPid, startServer } from "./embedded-server.ts";
import type { Environment } from "./installation.ts";

describe("a server whose embedded database ends under it", () => {
  let dataDir: string;
  let control: string;
  let environment: Environment;
  let issuer: string;
  let application: TestApplication;
  let user: TestUser;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "vestibule-revival-"));
    control = join(dataDir, "postgresql/global/pg_control");
    environment = await makePlace(dataDir);
    ({ issuer, application, user } = await makePeople(environment));
  });
  after(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  const newBrowser = () => new HttpBrowser(issuer, Number(environment["PORT"]));
  const readiness = async () => (await newBrowser().get("/health/ready")).status;

  /** As out of memory: killed, and not to be started while a part is missing. */
  function breakDatabase(): void {
    renameSync(control, `${control}.away`);
    process.kill(serverPid(dataDir), "SIGKILL");
  }

  const mendDatabase = () => {
    renameSync(`${control}.away`, control);
  };

  it("tries it again with growing pauses, warns, and serves again by itself", async () => {
    const server = startServer(environment);
    await server.says("listens on");
    const browser = newBrowser();
    const page = await openSignIn(browser, authorizationRequest(issuer, application));
    breakDatabase();
    await server.says("cannot be started and is tried again");
    expect(await readiness()).to.equal(503);
    const fields = { officeCode: user.office.code, username: user.username, password: user.password };
    expect((await sendPassword(browser, page, fields)).status).to.equal(503);
    mendDatabase();
    await eventually(readiness, (status) => status === 200, { seconds: 30 });
    expect((await sendPassword(browser, page, fields)).status, "the same page").to.equal(303);
    expect((await tokensFor(newBrowser(), application, user)).access).to.not.equal("");
    const { code, milliseconds } = await server.stop();
    expect(code).to.equal(0);
    expect(milliseconds).to.be.below(LIMIT_MS);
    const warnings = server.said().match(/cannot be started and is tried again/g);
    expect(warnings, "one in a minute").to.have.length(1);
    expect(server.said()).to.contain("The embedded database is back").and.contain("pg_control");
    expect(existsSync(join(dataDir, "postgresql/postmaster.pid")), "the database still runs").to.equal(false);
  });

  it("ends in time when it is asked to while the database cannot be started", async () => {
    const server = startServer(environment);
    await server.says("listens on");
    breakDatabase();
    await server.says("cannot be started and is tried again");
    const { code, milliseconds } = await server.stop();
    mendDatabase();
    expect(code).to.equal(0);
    expect(milliseconds).to.be.below(LIMIT_MS);
  });

  it("ends in time when it is asked to while the database hangs", async () => {
    const server = startServer(environment);
    await server.says("listens on");
    const pids = [serverPid(dataDir), ...childrenOf(serverPid(dataDir))];
    pids.forEach((pid) => process.kill(pid, "SIGSTOP"));
    try {
      const { milliseconds } = await server.stop();
      expect(milliseconds).to.be.below(LIMIT_MS);
    } finally {
      pids.forEach((pid) => process.kill(pid, "SIGCONT"));
    }
  });

  it("serves the next start as if nothing had been", async () => {
    const server = startServer(environment);
    await server.says("listens on");
    expect((await tokensFor(newBrowser(), application, user)).access).to.not.equal("");
    expect((await server.stop()).code).to.equal(0);
  });
});

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map(Number)
    .filter((child) => child > 0);
}

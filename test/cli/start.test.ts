import { expect } from "chai";
import { errorText } from "../../src/cli/report-error.ts";
import { PROCESS_TERMINAL } from "../../src/cli/terminal.ts";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {} from "../support/vestibule.ts";
import { runProcess, runProgram, type Environment, useInstallation } from "./installation.ts";
import { startServer } from "./server.ts";
import { freePort } from "../support/free-port.ts";

describe("npx vestibule start", () => {
  const here = useInstallation();

  it("says where it is, answers, and stops politely when it is asked to", async () => {
    const server = await startServer(here.environment, [], "listens on");
    const issuer = `http://localhost:${here.environment["PORT"] ?? ""}`;
    expect(server.said()).to.contain(issuer);
    expect((await fetch(`${issuer}/health/ready`)).status).to.equal(200);
    server.child.kill("SIGTERM");
    expect(await server.ended).to.equal(0);
    expect(server.said()).to.match(/Stopping…\nStopped\.\n$/);
  });

  it("says where it is as JSON", async () => {
    const server = await startServer(here.environment, ["--json"], "}");
    const { issuer, pid } = JSON.parse(server.said()) as { issuer: string; pid: number };
    expect(issuer).to.equal(`http://localhost:${here.environment["PORT"] ?? ""}`);
    expect(pid).to.equal(server.child.pid);
    server.child.kill("SIGINT");
    expect(await server.ended).to.equal(0);
  });

  it("takes one Ctrl-C that arrives twice for one, and a second Ctrl-C seriously", async () => {
    const server = await startServer(here.environment, [], "listens on");
    // A request that never ends keeps the server waiting.
    const stuck = connect(Number(here.environment["PORT"]), "127.0.0.1");
    await once(stuck, "connect");
    stuck.on("error", () => undefined);
    stuck.write(
      "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n",
    );
    // The server has the request, and waits for the rest of it.
    await once(stuck, "data");
    stuck.write("a=");
    server.child.kill("SIGINT");
    server.child.kill("SIGINT");
    // Longer than what counts as one key press; there is nothing else to wait for.
    await wait(800);
    expect(server.child.exitCode).to.equal(null);
    server.child.kill("SIGINT");
    expect(await server.ended).to.equal(1);
    expect(server.said()).to.contain("Stopped at once.");
    stuck.destroy();
  });

  it("ends with one line when its port is in use", async () => {
    const other = createServer().listen(Number(here.environment["PORT"]), "127.0.0.1");
    await once(other, "listening");
    const { code, out, error } = await runProcess(here.environment, ["start"]);
    other.close();
    expect({ code, out }).to.deep.equal({ code: 1, out: "" });
    expect(error).to.match(/^Port \d+ on 127\.0\.0\.1 is in use; [^\n]*PORT\.\n$/);
  });

  it("ends with one line when the database is not there, without the password in it", async () => {
    const url = "postgres://nobody:secret-of-nobody@127.0.0.1:1/nothing";
    const environment = { ...here.environment, DATABASE_URL: url, VESTIBULE_DATABASE_OWNER_URL: url };
    const { code, error } = await runProcess(environment, ["start"]);
    expect({ code, error }).to.deep.equal({
      code: 1,
      error: "Cannot use the database of DATABASE_URL: nothing listens there.\n",
    });
  });

  it("ends with one line when something else than PostgreSQL answers", async () => {
    const odd = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(
      0,
      "127.0.0.1",
    );
    await once(odd, "listening");
    const address = odd.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const url = `postgres://someone@127.0.0.1:${String(port)}/nothing?sslmode=disable`;
    const environment = { ...here.environment, DATABASE_URL: url, VESTIBULE_DATABASE_OWNER_URL: url };
    const { code, error } = await runProgram(environment, ["office", "list"]);
    odd.close();
    expect(code).to.equal(1);
    expect(error).to.match(/^Cannot use the database of DATABASE_URL: [^\n]*\.\n$/);
  });

  it("shows no stack for an error that nobody expected, unless it is asked for", () => {
    // No state of an installation leads to one any more: each that was found has a sentence of its own.
    const unexpected = new TypeError("x is not a function");
    const quiet = errorText(unexpected, ["office", "list"], PROCESS_TERMINAL);
    const debugging = errorText(unexpected, ["office", "list", "--debug"], PROCESS_TERMINAL);
    expect(quiet)
      .to.match(/^Unexpected: x is not a function\n.*--debug.*$/)
      .and.not.contain("    at ");
    expect(debugging).to.contain("    at ");
  });
});

describe("commands beside an embedded database", () => {
  let dataDir: string;
  let environment: Environment;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "vestibule-embedded-"));
    environment = { PORT: String(await freePort()), VESTIBULE_DATA_DIR: dataDir, VESTIBULE_DEMO: "no" };
  });
  after(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("work while no server runs, while one runs, and after it has stopped", async function () {
    this.timeout(60_000);
    const before = await runProcess(environment, ["office", "add", "NOORD", "--name", "Noord"]);
    expect(before.code, before.error).to.equal(0);
    const server = await startServer(environment, [], "listens on");
    const during = await runProcess(environment, [
      "user",
      "add",
      "sanne",
      "--office",
      "NOORD",
      "--name",
      "Sanne",
    ]);
    expect(during.code, during.error).to.equal(0);
    expect((await fetch(`http://localhost:${environment["PORT"] ?? ""}/health/ready`)).status).to.equal(200);
    server.child.kill("SIGTERM");
    expect(await server.ended).to.equal(0);
    const after = await runProcess(environment, ["user", "list", "--office", "NOORD"]);
    expect(after.out).to.contain("sanne");
    expect(readdirSync(join(dataDir, "postgresql"))).to.not.contain("postmaster.pid");
  });
});

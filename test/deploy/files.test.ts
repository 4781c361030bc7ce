import { expect } from "chai";
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { blockOf, OPERATIONS } from "../support/document.ts";

const read = (file: string) => readFileSync(`deploy/${file}`, "utf8");

const run = promisify(execFile);

/** A test that lacks a program says so and is pending. */
function require(program: string, test: Mocha.Context): void {
  if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) {
    console.error(`${program} is not installed: this test is pending.`);
    test.skip();
  }
}

describe("the files for an installation", () => {
  it("are those of docs/operations.md, where it has them", () => {
    expect(read("systemd/vestibule.service")).to.equal(
      blockOf(OPERATIONS, "/etc/systemd/system/vestibule.service"),
    );
    expect(read("nginx/vestibule.conf")).to.equal(
      blockOf(OPERATIONS, "/etc/nginx/sites-available/vestibule"),
    );
  });

  it("have a unit of a worker as closed as that of a server", () => {
    const lines = (file: string) => read(file).split("\n");
    const worker = lines("systemd/vestibule-worker.service");
    const missing = lines("systemd/vestibule.service").filter((line) => !worker.includes(line));
    expect(missing.map((line) => line.split("=")[0])).to.deep.equal([
      "Description",
      "ExecStart",
      "ExecReload",
    ]);
    expect(worker).to.include("ExecStart=/usr/bin/node /opt/vestibule/bin/vestibule.js worker");
  });

  it("have a unit of a worker that systemd accepts", async function () {
    require("systemd-analyze", this);
    const folder = mkdtempSync(join(tmpdir(), "units-"));
    const file = join(folder, "vestibule-worker.service");
    // systemd looks whether the program is there.
    const text = read("systemd/vestibule-worker.service").replace(/^ExecStart=\S+/m, "ExecStart=/bin/true");
    writeFileSync(file, text);
    const { stderr } = await run("systemd-analyze", ["verify", "--man=no", file]);
    rmSync(folder, { recursive: true });
    expect(stderr.split("\n").filter((line) => line.includes("vestibule"))).to.deep.equal([]);
  });

  it("have a Caddyfile that Caddy accepts, and that leads to the server", async function () {
    require("caddy", this);
    const adapted = await run("caddy", ["adapt", "--config", "deploy/caddy/Caddyfile", "--validate"]);
    expect(adapted.stdout).to.contain('"dial":"127.0.0.1:3000"').and.to.contain('"host":["id.example.com"]');
  });
});

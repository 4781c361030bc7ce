import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../support/project-copy.ts";

describe("the copies of the sources without their types", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "vestibule-plain-"));
    mkdirSync(join(directory, "bin"));
    mkdirSync(join(directory, "src"));
    cpSync(join(PROJECT, "bin/plain-sources.js"), join(directory, "bin/plain-sources.js"));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
    write("export const answer: string = 'first';");
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (text: string) => {
    const tail = "\nconsole.log(answer, process.moduleLoadList.some((name) => name.includes('amaro')));\n";
    writeFileSync(join(directory, "src/main.ts"), text + tail);
  };
  const run = () => {
    const hooks = pathToFileURL(join(directory, "bin/plain-sources.js")).href;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", hooks, join(directory, "src/main.ts")],
      { encoding: "utf8" },
    );
    return stdout + stderr;
  };
  const copies = () => readdirSync(join(directory, "node_modules/.cache/plain"));

  it("are made when they lack, so that no process that stays loads Node's compiler", () => {
    expect(run()).to.equal("first false\n");
    expect(run()).to.equal("first false\n");
    expect(copies()).to.have.length(1);
  });

  it("never stand in for a source that has changed since, even at the same time and of the same length", () => {
    run();
    write("export const answer: string = 'other';");
    expect(run()).to.equal("other false\n");
    expect(copies()).to.have.length(1);
  });

  it("are done without where nothing can be written", () => {
    writeFileSync(join(directory, "node_modules"), "in the way");
    expect(run()).to.contain("first true\n");
  });

  it("leave a source with a mistake to Node, which names the place", () => {
    write("export const answer: string = ;");
    expect(run()).to.match(/src\/main\.ts:1\b[^]*ERR_INVALID_TYPESCRIPT_SYNTAX/);
  });
});

import { expect } from "chai";
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const OLD_NODE = `data:text/javascript,${encodeURIComponent(
  'globalThis.process = Object.create(process, { versions: { value: { ...process.versions, node: "18.20.8" } } });',
)}`;
const PACKAGE = `node-${process.platform}-${process.arch}`;

/** A checkout with the starter alone. */
function newCheckout(optionalDependencies: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-starter-"));
  mkdirSync(join(directory, "bin"));
  copyFileSync(new URL("../../bin/vestibule.js", import.meta.url), join(directory, "bin/vestibule.js"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module", optionalDependencies }));
  return directory;
}

/** Puts a program in the place of the Node that npm installs. */
function putNode(directory: string, script: string): void {
  const place = join(directory, "node_modules", PACKAGE, "bin");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "node"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(place, "node"), 0o755);
}

function startWithOldNode(directory: string, words: readonly string[]) {
  const child = spawn(process.execPath, [
    "--import",
    OLD_NODE,
    join(directory, "bin/vestibule.js"),
    ...words,
  ]);
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, code, out: text(child.stdout), error: text(child.stderr) };
}

describe("the starter, run by a Node that is too old", () => {
  let directory = "";
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("goes on with the Node that npm has installed, with the same words and the same end", async function () {
    if (process.platform === "win32") {
      this.skip();
    }
    directory = newCheckout({ [PACKAGE]: "26.10.0" });
    putNode(directory, 'shift; echo "was asked to: $*"; exit 7');
    const { code, out } = startWithOldNode(directory, ["user", "list", "--office", "NOORD"]);
    expect(await code).to.equal(7);
    expect(await out).to.equal("was asked to: user list --office NOORD\n");
  });

  it("passes on that it shall stop, and waits until that is done", async function () {
    if (process.platform === "win32") {
      this.skip();
    }
    directory = newCheckout({ [PACKAGE]: "26.10.0" });
    putNode(directory, "trap 'echo stopped; exit 0' TERM; echo started; while :; do sleep 0.05; done");
    const { child, code, out } = startWithOldNode(directory, ["start"]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    expect(await code).to.equal(0);
    expect(await out).to.contain("stopped");
  });

  it("says in one line that npm would have installed a newer one", async () => {
    directory = newCheckout({ [PACKAGE]: "26.10.0" });
    const { code, error } = startWithOldNode(directory, ["start"]);
    expect(await code).to.equal(1);
    expect(await error).to.match(
      /^Vestibule needs Node 24 or newer, and this is Node 18\.20\.8\. [^\n]*run "npm ci"[^\n]*\n$/,
    );
  });

  it("says in one line that there is none for this platform", async () => {
    directory = newCheckout({});
    const { code, error } = startWithOldNode(directory, ["start"]);
    expect(await code).to.equal(1);
    expect(await error).to.match(
      new RegExp(
        `^[^\\n]*there is none for ${process.platform}-${process.arch}: install Node 24 or newer yourself\\.\\n$`,
      ),
    );
  });
});

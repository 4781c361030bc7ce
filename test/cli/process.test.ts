import { expect } from "chai";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { PASSWORD } from "../support/people.ts";
import { runProcess, runProgram, type Environment, useInstallation } from "./installation.ts";

/** What is typed: in the shell's environment and in the installation's. */
interface Typed {
  readonly words: readonly string[];
  readonly input?: string;
  readonly environment?: Environment;
}

const NOORD = ["--office", "NOORD"];

/** Every way in which a command takes something, says something, and ends. */
const COMMANDS: Readonly<Record<string, Typed>> = {
  "help without a database": { words: ["user", "add", "--help"], environment: { DATABASE_URL: "nonsense" } },
  "an answer for people": { words: ["office", "show", "NOORD"] },
  "an answer as JSON": { words: ["user", "list", ...NOORD, "--json"] },
  "a password on standard input": {
    words: ["user", "set-password", "sanne", ...NOORD, "--password-stdin"],
    input: `${PASSWORD}\n`,
  },
  "a file on standard input, and lines that are at fault": {
    words: ["user", "import", ...NOORD, "--dry-run"],
    input: "username,name,role\njan,Jan,boss\n",
  },
  "a file that is written piece by piece": { words: ["user", "export", ...NOORD] },
  "a fault of the operator, as JSON": { words: ["office", "show", "ZUID", "--json"] },
  "words that nobody understands": { words: ["offic", "list"] },
  "a setting that nobody knows": { words: ["office", "list"], environment: { VESTIBULE_TYPO: "1" } },
};

describe("the program as a process does what it does in a test:", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
    await here.ask(["user", "add", "sanne", ...NOORD, "--name", "Sanne Bakker"]);
  });

  for (const [what, { words, input, environment }] of Object.entries(COMMANDS)) {
    it(what, async () => {
      const settings = { ...here.environment, ...environment };
      const inTest = await runProgram(settings, words, input);
      expect(inTest.out + inTest.error).to.not.equal("");
      expect(await runProcess(settings, words, input)).to.deep.equal(inTest);
    });
  }
});

const PROGRAM = fileURLToPath(new URL("../../bin/vestibule.js", import.meta.url));

describe("what the program prints", () => {
  it("may be cut off by a reader that has seen enough", async () => {
    const child = spawn(process.execPath, [PROGRAM, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    expect(await text(child.stderr)).to.equal("");
    expect(await closed).to.equal(0);
  });

  it("is not lost on a full disk without a word and with exit code 0", async function () {
    if (!existsSync("/dev/full")) {
      this.skip();
    }
    const line = '"$0" "$1" --help >/dev/full';
    const child = spawn("/bin/sh", ["-c", line, process.execPath, PROGRAM], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    expect(await text(child.stderr)).to.equal("The output could not be written: ENOSPC.\n");
    expect(await closed).to.equal(1);
  });
});

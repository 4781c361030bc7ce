import type { Command } from "commander";
import { expect } from "chai";
import { createProgram } from "../../src/cli/program.ts";
import { PROCESS_TERMINAL } from "../../src/cli/terminal.ts";
import { runProgram } from "./installation.ts";

/** Every noun and verb with the words that lead to it. */
function everyCommand(command: Command, words: readonly string[] = []): [string, Command][] {
  return command.commands.flatMap((child) => {
    const path = [...words, child.name()];
    return [[path.join(" "), child] as [string, Command], ...everyCommand(child, path)];
  });
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (written) => (help += written) });
  command.outputHelp();
  return help;
}

describe("the help of the command line", () => {
  for (const [words, command] of everyCommand(createProgram(PROCESS_TERMINAL))) {
    it(`says what "npx vestibule ${words}" does, with an example of it`, () => {
      const help = helpOf(command);
      expect(command.description()).to.not.equal("");
      expect(help).to.contain(`$ npx vestibule ${words}`);
    });
  }

  for (const [words, command] of everyCommand(createProgram(PROCESS_TERMINAL)).filter(
    ([, { commands }]) => commands.length === 0,
  )) {
    it(`offers JSON for "npx vestibule ${words}"`, () => {
      expect(command.options.map(({ long }) => long)).to.contain("--json");
    });
  }

  it("is shown without any setting and without a database", async () => {
    const { code, out } = await runProgram({ DATABASE_URL: "nonsense" }, ["user", "add", "--help"]);
    expect(code).to.equal(0);
    expect(out).to.contain("--password-stdin");
  });

  it("prints the version of the package", async () => {
    expect((await runProgram({}, ["--version"])).out).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it("stands on standard error, with exit code 1, when only a noun was typed", async () => {
    const { code, out, error } = await runProgram({}, ["office"]);
    expect({ code, out }).to.deep.equal({ code: 1, out: "" });
    expect(error).to.contain("edit [options] <code>");
  });
});

describe("a command that cannot be understood", () => {
  it("names the word that was probably meant, and where help is", async () => {
    const { code, error } = await runProgram({}, ["offic", "list"]);
    expect(code).to.equal(1);
    expect(error).to.equal("unknown command 'offic'\n(Did you mean office?)\nSee: npx vestibule --help\n");
  });

  it("names the argument that is missing", async () => {
    const { code, error } = await runProgram({}, ["office", "show"]);
    expect(code).to.equal(1);
    expect(error).to.equal("missing required argument 'code'\nSee: npx vestibule office show --help\n");
  });

  it("is printed as JSON after --json", async () => {
    const { code, out, error } = await runProgram({}, ["office", "show", "--json", "--nonsense"]);
    expect({ code, out }).to.deep.equal({ code: 1, out: "" });
    expect(JSON.parse(error)).to.deep.equal({
      error: "unknown option '--nonsense'\nSee: npx vestibule office show --help",
    });
  });
});

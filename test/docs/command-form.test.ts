import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createProgram } from "../../src/cli/program.ts";
import { PROCESS_TERMINAL } from "../../src/cli/terminal.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMMANDS = createProgram(PROCESS_TERMINAL)
  .commands.map((command) => command.name())
  .join("|");
/** A command as it would be typed, in any text, without `npx` before it. */
const WITHOUT_NPX = new RegExp(`(?<!npx )(?<![\\w./-])vestibule (?:${COMMANDS})\\b.*`, "g");
/** Names under which connections appear in PostgreSQL's own lists, not commands. */
const CONNECTION_NAME = /name: "vestibule \w+"/;

const filesIn = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((file) => /\.(ts|json|md|njk)$/.test(file));

describe("a command in texts", () => {
  it("is written as it is typed, with npx: in what the program says, in pages and in documents", () => {
    const found = ["src", "views", "demo", "docs"]
      .flatMap(filesIn)
      .concat("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
      .flatMap((file) =>
        readFileSync(`${ROOT}${file}`, "utf8")
          .split("\n")
          .filter((line) => !CONNECTION_NAME.test(line))
          .flatMap((line) => [...line.matchAll(WITHOUT_NPX)].map(([text]) => `${file}: ${text}`)),
      );
    expect(COMMANDS).to.contain("after-restore");
    expect(found).to.deep.equal([]);
  });

  it("is noticed without it", () => {
    expect('Type "vestibule doctor".').to.match(WITHOUT_NPX);
    expect('Type "npx vestibule doctor".').to.not.match(WITHOUT_NPX);
  });
});

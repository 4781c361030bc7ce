import { expect } from "chai";
import { readFileSync } from "node:fs";
import { KNOWN_CLIENTS } from "../../src/domain/applications/known-clients.ts";
import { useInstallation } from "../cli/installation.ts";

const COMMAND = /npx vestibule (app add --for ([\w-]+)[^`\n]*)/g;

/** The commands of a document, each once, with the client that each is for. */
const commandsOf = (name: string): Map<string, string> =>
  new Map(
    [...readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8").matchAll(COMMAND)].map(
      ([, command = "", client = ""]) => [command, client],
    ),
  );

describe("the commands that the documents print for known clients", function () {
  this.timeout(60_000);
  const here = useInstallation();

  it("are there for each client", () => {
    expect([...commandsOf("known-clients.md").values()]).to.have.members(
      KNOWN_CLIENTS.map(({ name }) => name),
    );
  });

  for (const document of ["known-clients.md", "snippets.md", "applications.md"]) {
    it(`register an application as they are typed, in ${document}`, async () => {
      const commands = [...commandsOf(document).keys()];
      expect(commands).to.not.be.empty;
      for (const command of commands) {
        const typed = command.replaceAll("YOUR-HOST", "ledger.example.com");
        const words = [...typed.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
        const { code, error } = await here.run(words);
        expect([code, error], command).to.deep.equal([0, ""]);
      }
    });
  }
});

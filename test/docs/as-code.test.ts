import { expect } from "chai";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { useInstallation } from "../cli/installation.ts";
import { blockOf, withOwn } from "../support/document.ts";

const run = promisify(execFile);
const DOCUMENT = readFileSync("docs/as-code.md", "utf8");

interface Ended {
  readonly code: number;
  readonly out: string;
}

describe("docs/as-code.md", function () {
  this.timeout(90_000);
  const here = useInstallation();
  let directory: string;
  before(() => {
    directory = join(here.directory, "reader");
    mkdirSync(join(directory, "programs"), { recursive: true });
    // `npx vestibule` is found in the repository alone; the reader's files are elsewhere here.
    const npx = join(directory, "programs/npx");
    writeFileSync(
      npx,
      `#!/bin/sh\nshift\nexec "${process.execPath}" "${resolve("bin/vestibule.js")}" "$@"\n`,
    );
    chmodSync(npx, 0o755);
  });

  /** Types a block into a shell, as it is. */
  async function type(name: string): Promise<Ended> {
    const shell = {
      cwd: directory,
      env: {
        ...here.environment,
        PATH: `${join(directory, "programs")}:${process.env["PATH"] ?? ""}`,
      },
    };
    try {
      const { stdout } = await run("sh", ["-ec", blockOf(DOCUMENT, name)], shell);
      return { code: 0, out: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      expect(stderr, name).to.equal("");
      return { code, out: stdout };
    }
  }

  it("leads from an empty installation to an office, to a file of it, and to removing, word for word", async () => {
    expect((await type("secret")).code).to.equal(0);
    const schema = { "/opt/vestibule": resolve(".") };
    writeFileSync(join(directory, "site.yaml"), withOwn(blockOf(DOCUMENT, "site"), schema));
    expect(await type("plan")).to.deep.equal({ code: 2, out: blockOf(DOCUMENT, "planned") });
    const applied = await type("apply");
    expect(applied.code).to.equal(0);
    expect(applied.out)
      .to.match(
        /Application Ledger: client id app_\S+\nWebhook Directory: id \S+, secret whsec_\S+ \(shown once\)\nApplication Reports: client id app_\S+\n/,
      )
      .and.contain("5 changes were made.");
    expect(await type("plan")).to.deep.equal({
      code: 0,
      out: "Nothing to change: everything is as the file says.\n",
    });
    expect((await type("export")).out).to.contain("Nothing to change");
    await here.ask(["office", "add", "ZUID", "--name", "Zuid"]);
    await here.ask(["user", "add", "anna", "--office", "NOORD", "--name", "Anna"]);
    const pruned = await type("prune");
    expect(pruned.code).to.equal(2);
    expect(pruned.out)
      .to.contain("- office ZUID")
      .and.contain("- user anna")
      .and.contain("2 changes would be made.");
  });

  it("has every field that an office and a user have", () => {
    const fields = Object.keys(officeProperties("offices"));
    for (const field of fields.filter(
      (name) => !["code", "applications", "webhooks", "users"].includes(name),
    )) {
      expect(DOCUMENT).to.contain(`\`${field}\``);
    }
  });

  function officeProperties(name: string): object {
    const { properties } = JSON.parse(readFileSync("docs/site.schema.json", "utf8")) as {
      properties: Record<string, { items: { properties: object } }>;
    };
    return properties[name]?.items.properties ?? {};
  }
});

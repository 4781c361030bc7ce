import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Command } from "commander";
import { createProgram } from "../../src/cli/program.ts";
import { PROCESS_TERMINAL } from "../../src/cli/terminal.ts";
import { migrate } from "../../src/platform/database/migrate.ts";
import { knownMigrations } from "../../src/platform/database/migration-marks.ts";
import { inspectSchema } from "../../src/platform/database/inspection.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { settingsTable } from "../../src/server/settings/settings-table.ts";
import { makeCertificate } from "../support/certificate.ts";
import { askAs, embeddedCluster } from "../support/cluster.ts";
import { blockOf, blocksOf, OPERATIONS, settingsIn, withOwn } from "../support/document.ts";
import { freePort } from "../support/free-port.ts";

const run = promisify(execFile);
const LANGUAGES = ["sh", "sql", "ini", "nginx"];
const isThere = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

describe("docs/operations.md", () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "vestibule-operations-"));
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("has blocks of known languages, and each marked block is one", () => {
    const blocks = blocksOf(OPERATIONS);
    expect(blocks).to.have.length.above(15);
    expect(LANGUAGES).to.include.members(blocks.map(({ language }) => language));
    const marked = blocks.filter(({ name }) => name !== "");
    expect(marked).to.have.lengthOf(OPERATIONS.split("<!-- block:").length - 1);
  });

  it("names settings that exist", () => {
    const named = new Set(OPERATIONS.match(/\bVESTIBULE_[A-Z_]+[A-Z]\b/g));
    expect(named.size).to.be.above(5);
    expect(settingsTable.map(({ name }) => name)).to.include.members([...named]);
  });

  it("has settings that production accepts, with one host of the database and with two", () => {
    for (const more of [{}, settingsIn(blockOf(OPERATIONS, "two-hosts"))]) {
      const settings = readSettings({ ...settingsIn(blockOf(OPERATIONS, "settings")), ...more });
      expect([settings.production, settings.issuer]).to.deep.equal([true, "https://id.example.com"]);
    }
  });

  it("has addresses of a database on another machine with TLS, and without it production refuses", () => {
    for (const block of ["settings", "two-hosts"]) {
      const { DATABASE_URL = "", VESTIBULE_DATABASE_OWNER_URL = "" } = settingsIn(blockOf(OPERATIONS, block));
      for (const address of [DATABASE_URL, VESTIBULE_DATABASE_OWNER_URL]) {
        const settings = settingsIn(blockOf(OPERATIONS, "settings"));
        const bare = { ...settings, DATABASE_URL: address.replace(/\?.*/, "") };
        expect(address).to.contain("sslmode=verify-full&sslrootcert=/etc/vestibule/");
        expect(() => readSettings(bare)).to.throw("in clear text");
      }
    }
  });

  it("has a file of settings that the shell reads as systemd does", () => {
    for (const block of ["settings", "two-hosts"]) {
      const text = blockOf(OPERATIONS, block);
      const file = join(directory, "settings.env");
      writeFileSync(file, text);
      const script = `set -a; . "${file}"; exec env -0`;
      const { status, stdout } = spawnSync("/bin/sh", ["-c", script], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] },
      });
      const read = stdout.split("\0").filter((line) => /^(?!PATH=|PWD=|SHLVL=|_=)./.test(line));
      expect(status).to.equal(0);
      expect(read.sort()).to.deep.equal(
        Object.entries(settingsIn(text))
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
      );
    }
  });

  it("has shell blocks that a shell can read", () => {
    for (const { text, language } of blocksOf(OPERATIONS)) {
      if (language === "sh") {
        const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
        expect([status, stderr], text).to.deep.equal([0, ""]);
      }
    }
  });

  it("has commands of Vestibule that exist, with options that they take", () => {
    const lines = commandsIn(OPERATIONS);
    expect(lines).to.have.length.above(20);
    const faults = lines.flatMap((line) => {
      const fault = faultOf(line);
      return fault === null ? [] : [`${line}: ${fault}`];
    });
    expect(faults).to.deep.equal([]);
  });

  it("would name a command that does not exist, and an option that none takes", () => {
    expect(faultOf("vestibule backup now")).to.equal("no backup");
    expect(faultOf("vestibule keys rotate --soon")).to.equal("no --soon");
    expect(faultOf("vestibule keys rotate --in-minutes 10")).to.equal(null);
  });

  it("makes roles on PostgreSQL 18, typed by an administrator who is no superuser, that suffice", async function () {
    this.timeout(30_000);
    const cluster = await embeddedCluster();
    try {
      const chief = { user: "chief", password: "CHIEF-PASSWORD" };
      await cluster.sql(
        "postgres",
        `create role chief login createrole createdb password '${chief.password}'`,
      );
      const url = cluster.url(chief, "postgres");
      for (const statement of blockOf(OPERATIONS, "roles").split(";\n").filter(Boolean)) {
        await askAs(url, statement);
      }
      const login = (user: string, password: string) =>
        new Secret(cluster.url({ user, password }, "vestibule"));
      const owner = login("vestibule_owner", "OWNER-PASSWORD");
      const application = login("vestibule_server", "SERVER-PASSWORD");
      expect(await migrate({ owner, application })).to.deep.equal(await knownMigrations());
      const { gaps } = await inspectSchema(owner, "vestibule_server");
      expect([gaps.server, gaps.backup]).to.deep.equal([[], []]);
    } finally {
      await cluster.close();
    }
  });

  it("has a proxy's configuration that nginx accepts", async function () {
    if (!isThere("nginx")) {
      console.error("nginx is not installed: this test is pending.");
      this.skip();
    }
    const { cert, key } = makeCertificate("id.example.com");
    writeFileSync(join(directory, "fullchain.pem"), cert);
    writeFileSync(join(directory, "privkey.pem"), key);
    const site = withOwn(blockOf(OPERATIONS, "nginx"), {
      "listen 80": `listen 127.0.0.1:${String(await freePort())}`,
      "listen 443": `listen 127.0.0.1:${String(await freePort())}`,
      "/etc/ssl/vestibule": directory,
    });
    mkdirSync(join(directory, "logs"));
    const file = join(directory, "nginx.conf");
    writeFileSync(
      file,
      `pid ${directory}/pid; error_log ${directory}/error.log; events {} http { access_log off; ${site} }`,
    );
    const { stderr } = await run("nginx", ["-t", "-p", directory, "-c", file]);
    expect(stderr).to.contain("test is successful").and.not.contain("[warn]");
  });

  it("has units that systemd accepts", async function () {
    if (!isThere("systemd-analyze")) {
      console.error("systemd-analyze is not installed: this test is pending.");
      this.skip();
    }
    const units = blocksOf(OPERATIONS).filter(({ name }) => name === "unit");
    expect(units.map(({ file }) => file.split("/").at(-1))).to.deep.equal([
      "vestibule.service",
      "vestibule-backup.service",
      "vestibule-backup.timer",
    ]);
    const folder = join(directory, "units");
    mkdirSync(folder);
    const files = units.map(({ file, text }) => {
      const place = join(folder, file.split("/").at(-1) ?? "");
      // systemd looks whether the program is there.
      writeFileSync(place, text.replace(/^ExecStart=\S+/m, "ExecStart=/bin/true"));
      return place;
    });
    const { stderr } = await run("systemd-analyze", ["verify", "--man=no", ...files]);
    const ours = stderr.split("\n").filter((line) => line.includes("vestibule"));
    expect(ours).to.deep.equal([]);
  });
});

/** Every command of Vestibule in blocks and between backticks, without what is no word of it. */
function commandsIn(document: string): string[] {
  const blocks = blocksOf(document).filter(({ language }) => language === "sh");
  const spans = [...document.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
  return [...blocks.flatMap(({ text }) => text.split("\n")), ...spans].flatMap((line) => {
    const [, typed] =
      /^(?:\w+ )?(?:npx vestibule|vestibule|.*node (?:\S*\/)?bin\/vestibule\.js) (.+)$/.exec(line) ?? [];
    return typed === undefined ? [] : [`vestibule ${typed.replace(/ [<>] \S+$/, "")}`];
  });
}

/** What is wrong with a command: a noun or verb, or an option, that does not exist. */
function faultOf(line: string): string | null {
  const [, ...words] = line.match(/"[^"]*"|\S+/g) ?? [];
  let command: Command = createProgram(PROCESS_TERMINAL);
  for (const word of words.filter((each) => !each.startsWith("-"))) {
    const next: Command | undefined = command.commands.find((each) => each.name() === word);
    if (next === undefined && command.commands.length > 0) {
      return `no ${word}`;
    }
    if (next === undefined) {
      break;
    }
    command = next;
  }
  const known = command.options.map(({ long }) => long);
  const unknown = words.find((word) => word.startsWith("--") && word !== "--help" && !known.includes(word));
  return unknown === undefined ? null : `no ${unknown}`;
}

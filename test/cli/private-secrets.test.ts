import { expect } from "chai";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecrets } from "../../src/platform/secrets/secrets-file.ts";
import {} from "../support/vestibule.ts";
import { runProcess, runProgram, type Environment, useInstallation } from "./installation.ts";
import { freePort } from "../support/free-port.ts";

const production = async (more: Environment): Promise<Environment> => ({
  NODE_ENV: "production",
  PORT: String(await freePort()),
  VESTIBULE_ISSUER: "https://id.test",
  ...more,
});

describe("T120 production with secrets that others may read", () => {
  const here = useInstallation();
  let secrets: string;
  let environment: Environment;

  before(async () => {
    secrets = join(here.directory, "secrets.json");
    createSecrets(secrets);
    environment = await production({ ...here.environment, VESTIBULE_SECRETS_FILE: secrets });
  });

  it("does not start, and says in one line which file it is and what to type", async () => {
    chmodSync(secrets, 0o644);
    const { code, error } = await runProcess(environment, ["start"]);
    const command = await runProgram(environment, ["office", "list"]);
    const doctor = await runProgram(environment, ["doctor"]);
    chmodSync(secrets, 0o600);
    const line = `The secrets file ${secrets} can be read by others (mode 0644), and production refuses that: chmod o= ${secrets}\n`;
    expect({ code, error }).to.deep.equal({ code: 1, error: line });
    expect(command.error).to.equal(line);
    expect(doctor.out).to.match(/^fail  Secrets .*can be read by others \(mode 0644\)$/m);
    expect((await runProgram(environment, ["office", "list"])).code).to.equal(0);
  });

  it("says so of a file that a setting names, before anything else is tried", async () => {
    const { DATABASE_URL: url = "", ...rest } = environment;
    const file = join(here.directory, "database-url");
    writeFileSync(file, `${url}\n`, { mode: 0o644 });
    chmodSync(file, 0o644);
    const open = await runProgram({ ...rest, DATABASE_URL_FILE: file }, ["office", "list"]);
    chmodSync(file, 0o600);
    const closed = await runProgram({ ...rest, DATABASE_URL_FILE: file }, ["office", "list"]);
    expect(open.error).to.contain(`DATABASE_URL_FILE: ${file} can be read by others`);
    expect(closed.code, closed.error).to.equal(0);
  });

  it("says so of the passwords of the embedded database", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "vestibule-passwords-"));
    const alone = await production({
      VESTIBULE_DATA_DIR: dataDir,
      VESTIBULE_SECRETS_FILE: join(dataDir, "secrets.json"),
      VESTIBULE_ALLOW_EMBEDDED_DATABASE: "yes",
    });
    createSecrets(join(dataDir, "secrets.json"));
    const first = await runProgram(alone, ["office", "list"]);
    chmodSync(join(dataDir, "postgresql-secrets.json"), 0o644);
    const second = await runProgram(alone, ["office", "list"]);
    rmSync(dataDir, { recursive: true, force: true });
    expect(first.code, first.error).to.equal(0);
    expect(second.code).to.equal(1);
    expect(second.error).to.match(
      /^The secrets file [^\n]*postgresql-secrets\.json can be read by others[^\n]*\n$/,
    );
  });
});

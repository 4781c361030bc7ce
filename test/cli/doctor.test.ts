import { expect } from "chai";
import { chmodSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { asOwner } from "../support/database.ts";
import { runProgram, type Environment, useInstallation } from "./installation.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly says: string;
  readonly advice: string | null;
}

async function askDoctor(environment: Environment) {
  const { code, out } = await runProgram(environment, ["doctor", "--json"]);
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const state = (check: string) => findings.find((finding) => finding.check === check)?.state;
  return { code, findings, state };
}

describe("the doctor", () => {
  const here = useInstallation();
  let secrets: string;

  before(async () => {
    secrets = join(here.directory, "secrets.json");
    // The first command makes the secrets, the second the signing keys.
    await here.ask(["office", "list"]);
    await here.ask(["keys", "rotate"]);
  });

  it("finds nothing wrong with an installation that is whole", async () => {
    const { code, findings, state } = await askDoctor(here.environment);
    expect(findings.filter((finding) => finding.state === "fail")).to.deep.equal([]);
    expect(code).to.equal(0);
    for (const check of [
      "Settings",
      "Database",
      "Clock",
      "Migrations",
      "Secrets",
      "Installation",
      "Signing keys",
      "Port",
    ]) {
      expect(state(check), check).to.equal("ok");
    }
  });

  it("prints a line for each finding, and what to do below those that are not ok", async () => {
    const { out } = await here.run(["doctor"]);
    expect(out)
      .to.match(/^ok {4}Node /)
      .and.match(/^ok {4}Migrations +up to date$/m);
  });

  it("reports all faults of the settings, and looks no further", async () => {
    const { code, findings, state } = await askDoctor({
      ...here.environment,
      NODE_ENV: "production",
      VESTIBULE_TYPO: "1",
    });
    expect(code).to.equal(1);
    expect(state("Settings")).to.equal("fail");
    expect(findings.map(({ says }) => says).join())
      .to.contain("VESTIBULE_TYPO")
      .and.contain("VESTIBULE_ISSUER");
  });

  it("says when the database does not answer", async () => {
    const gone = "postgres://nobody:secret-of-nobody@127.0.0.1:1/nothing";
    const { code, findings, state } = await askDoctor({ ...here.environment, DATABASE_URL: gone });
    expect(code).to.equal(1);
    expect(state("Database")).to.equal("fail");
    expect(JSON.stringify(findings)).to.not.contain("secret-of-nobody");
  });

  it("says when the secrets are missing, or can be read by others", async () => {
    chmodSync(secrets, 0o644);
    const open = await askDoctor(here.environment);
    chmodSync(secrets, 0o600);
    renameSync(secrets, `${secrets}.away`);
    const missing = await askDoctor(here.environment);
    renameSync(`${secrets}.away`, secrets);
    expect([open.code, open.state("Secrets")]).to.deep.equal([1, "fail"]);
    expect([missing.code, missing.state("Secrets")]).to.deep.equal([1, "fail"]);
  });

  it("says when the secrets belong to another database, and leaves both alone", async () => {
    renameSync(secrets, `${secrets}.away`);
    await runProgram({}, ["keys", "init", secrets]);
    const { code, state } = await askDoctor(here.environment);
    rmSync(secrets);
    renameSync(`${secrets}.away`, secrets);
    expect([code, state("Installation")]).to.deep.equal([1, "fail"]);
    expect((await askDoctor(here.environment)).code).to.equal(0);
  });

  it("says when something else has the port", async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => {
      other.listen(Number(here.environment["PORT"]), "127.0.0.1", () => resolve());
    });
    const { code, state } = await askDoctor(here.environment);
    other.close();
    expect([code, state("Port")]).to.deep.equal([1, "fail"]);
  });

  it("says when the server's role could change the audit log", async () => {
    await asOwner(here.database, "grant update on audit_events to vestibule_app");
    const { code, state } = await askDoctor(here.environment);
    await asOwner(here.database, "revoke update on audit_events from vestibule_app");
    expect([code, state("Roles")]).to.deep.equal([1, "fail"]);
  });

  it("says when the server's role could change the chain of the audit log, and what takes that away", async () => {
    await asOwner(here.database, "grant insert on audit_seals, audit_chains to vestibule_app");
    const { code, out } = await here.run(["doctor"]);
    await asOwner(here.database, "revoke insert on audit_seals, audit_chains from vestibule_app");
    expect(code).to.equal(1);
    expect(out)
      .to.contain("revoke insert on audit_seals from vestibule_app;")
      .and.contain("revoke insert on audit_chains from vestibule_app;");
    expect((await askDoctor(here.environment)).state("Roles")).to.not.equal("fail");
  });

  it("says when the database belongs to a newer Vestibule", async () => {
    await asOwner(here.database, "insert into migrations (name, batch) values ('999_later.ts', 9)");
    const { code, state } = await askDoctor(here.environment);
    const { error } = await here.run(["office", "list"]);
    await asOwner(here.database, "delete from migrations where name = '999_later.ts'");
    expect([code, state("Migrations")]).to.deep.equal([1, "fail"]);
    expect(error).to.contain("belongs to a newer Vestibule (it has 999_later.ts)");
  });

  it("changes nothing, not even in a directory where nothing was started yet", async () => {
    const empty = join(here.directory, "empty");
    const { code, state } = await askDoctor({
      PORT: here.environment["PORT"] ?? "",
      VESTIBULE_DATA_DIR: empty,
      VESTIBULE_DEMO: "no",
    });
    expect([code, state("Database")]).to.deep.equal([0, "warn"]);
    expect(readdirSync(here.directory)).to.not.contain("empty");
  });
});

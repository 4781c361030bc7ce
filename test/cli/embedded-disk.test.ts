import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { tokensFor } from "../support/tokens.ts";
import { LIMIT_MS, makePeople, makePlace, startServer } from "./embedded-server.ts";

describe("a server that is asked to stop while its embedded database is being made", () => {
  it("ends in time, and the next start makes it", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "vestibule-revival-"));
    const environment = await makePlace(dataDir);
    const first = startServer(environment);
    const begun = eventually(
      () => Promise.resolve(readdirSync(dataDir)),
      (names) => names.some((name) => name.startsWith("postgresql")),
    );
    // Also where it has not begun: a server that stays would take its time from all tests after this one.
    const stopped = begun.then(
      () => first.stop(),
      () => first.stop(),
    );
    await Promise.all([begun, stopped]);
    expect((await stopped).milliseconds).to.be.below(LIMIT_MS);
    expect(first.said()).to.contain("Stopped while it was starting.").and.not.contain("listens on");
    const { issuer, application, user } = await makePeople(environment);
    const second = startServer(environment);
    await second.says("listens on");
    const browser = new HttpBrowser(issuer, Number(environment["PORT"]));
    expect((await tokensFor(browser, application, user)).access).to.not.equal("");
    expect((await second.stop()).code).to.equal(0);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

/** Only root may make a small disk, and not everywhere. */
const disk = mkdtempSync(join(tmpdir(), "vestibule-disk-"));
const hasDisk = spawnSync("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=160m", "tmpfs", disk]).status === 0;

if (hasDisk) {
  describe("a server on whose disk the embedded database has no room left", () => {
    after(() => {
      spawnSync("/usr/bin/umount", [disk]);
      rmSync(disk, { recursive: true, force: true });
    });

    it("serves again by itself when there is room", async function () {
      // It is tried again after pauses that grow to 30 s: a busy machine needs the later ones.
      this.timeout(150_000);
      const dataDir = join(disk, "data");
      const environment = await makePlace(dataDir);
      const { issuer, application, user } = await makePeople(environment);
      const server = startServer(environment);
      await server.says("listens on");
      const newBrowser = () => new HttpBrowser(issuer, Number(environment["PORT"]));
      const filler = join(disk, "filler");
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"]);
      await writeUntilItFails(dataDir);
      await server.says("Lost the embedded database");
      rmSync(filler);
      const readiness = async () => (await newBrowser().get("/health/ready")).status;
      await eventually(readiness, (status) => status === 200, { seconds: 100 }).catch((error: unknown) => {
        throw new Error(`Not ready again: ${server.said()}${logOf(dataDir)}${stateOf(disk)}`, {
          cause: error,
        });
      });
      expect((await tokensFor(newBrowser(), application, user)).access).to.not.equal("");
      const { code, milliseconds } = await server.stop();
      expect(code).to.equal(0);
      expect(milliseconds).to.be.below(LIMIT_MS);
    });
  });
}

const logOf = (dataDir: string) => readFileSync(join(dataDir, "postgresql.log"), "utf8").slice(-4_000);

const stateOf = (directory: string) =>
  spawnSync("sh", [
    "-c",
    `df -k ${directory}; ls -la ${directory}/data ${directory}/data/postgresql/pg_wal; ps ax`,
  ]).stdout.toString();

/** Fills what PostgreSQL has reserved of its log of changes, until it cannot go on. */
async function writeUntilItFails(dataDir: string): Promise<void> {
  const [, , , port = ""] = readFileSync(join(dataDir, "postgresql/postmaster.pid"), "utf8").split("\n");
  const secrets = JSON.parse(readFileSync(join(dataDir, "postgresql-secrets.json"), "utf8")) as Record<
    string,
    string
  >;
  const password = secrets["vestibule_owner"] ?? "";
  const client = new Client({
    host: "127.0.0.1",
    port: Number(port),
    user: "vestibule_owner",
    password,
    database: "postgres",
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    for (let round = 0; round < 200; round += 1) {
      await client.query("select pg_logical_emit_message(true, 'filler', repeat('x', 1000000))");
    }
    throw new Error("The disk never became full.");
  } catch (error) {
    expect(String(error)).to.not.contain("never became full");
  } finally {
    await client.end().catch(() => undefined);
  }
}

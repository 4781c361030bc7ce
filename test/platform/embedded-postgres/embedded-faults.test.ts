import { expect } from "chai";
import { chmod, chown, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { install, makeHome, makeStage, nativeOf, ordinary, useStages } from "./embedded-stage.ts";
import { open, withOpen } from "./embedded-trial.ts";

useStages();

type Options = Parameters<typeof open>[1];

/** The message with which opening fails; every such message is one line and of the class that the caller knows. */
async function faultOf(dataDir: string, options: Options = {}): Promise<string> {
  const { fault, kind } = await (await open(dataDir, options)).answer;
  expect(kind).to.equal("EmbeddedDatabaseError");
  expect(fault).not.to.include("\n");
  return fault;
}

async function giveToOrdinary(path: string): Promise<void> {
  await chown(path, ordinary.ids.uid ?? process.getuid?.() ?? 0, ordinary.ids.gid ?? process.getgid?.() ?? 0);
}

describe("The embedded database says what is wrong", function () {
  this.timeout(20_000);
  let dataDir: string;

  beforeEach(async () => {
    dataDir = join(await makeHome(ordinary), "data");
  });

  it("when the data directory cannot be made", async () => {
    await chmod(dirname(dataDir), 0o500);
    expect(await faultOf(dataDir)).to.match(
      /data directory .*data cannot be made or entered \(EACCES; no permission/,
    );
  });

  it("when the data directory cannot be written", async () => {
    await mkdir(dataDir, { mode: 0o500 });
    await giveToOrdinary(dataDir);
    expect(await faultOf(dataDir)).to.match(/data directory .* is not writable \(EACCES; no permission/);
  });

  it("when a file is in its place", async () => {
    await writeFile(dataDir, "");
    expect(await faultOf(dataDir)).to.match(/a file is in its place/);
    expect(await faultOf(join(dataDir, "below"))).to.match(/a part of the path is a file/);
  });

  it("when the disk is full, with the words of the program that found out", async () => {
    // A limit on file sizes stands for the disk: the same calls fail, at the same places.
    const wrap = ["/bin/sh", "-c", 'ulimit -f 1000; exec "$@"', "sh"];
    expect(await faultOf(dataDir, { wrap })).to.match(
      /No database could be made in .*(?:File too large|No space)/,
    );
    expect(await readdir(dataDir)).to.deep.equal(["postgresql-secrets.json"]);
  });

  it("when another version made the database, and touches nothing", async () => {
    await mkdir(join(dataDir, "postgresql"), { recursive: true });
    await writeFile(join(dataDir, "postgresql/PG_VERSION"), "17\n");
    const before = (await stat(dataDir)).mtimeMs;
    expect(await faultOf(dataDir)).to.match(/made by PostgreSQL 17, this Vestibule brings PostgreSQL 18/);
    expect((await stat(dataDir)).mtimeMs).to.equal(before);
    expect(await readdir(join(dataDir, "postgresql"))).to.deep.equal(["PG_VERSION"]);
  });

  it("when something else lies in the database's place", async () => {
    await mkdir(join(dataDir, "postgresql"), { recursive: true });
    await writeFile(join(dataDir, "postgresql/photo.jpg"), "");
    await giveToOrdinary(dataDir);
    await giveToOrdinary(join(dataDir, "postgresql"));
    expect(await faultOf(dataDir)).to.match(/holds something that is no PostgreSQL database/);
    expect(await readdir(join(dataDir, "postgresql"))).to.deep.equal(["photo.jpg"]);
  });

  it("when the passwords are missing, damaged or those of another database", async () => {
    await withOpen(dataDir, {}, () => Promise.resolve());
    const secrets = join(dataDir, "postgresql-secrets.json");
    await rm(secrets);
    expect(await faultOf(dataDir)).to.match(/postgresql-secrets\.json .* is missing: restore it/);
    await writeFile(secrets, "{");
    await giveToOrdinary(secrets);
    expect(await faultOf(dataDir)).to.match(/is damaged: restore it/);
    await writeFile(secrets, JSON.stringify({ vestibule_owner: "x", vestibule_app: "y" }));
    expect(await faultOf(dataDir)).to.match(/are not those of this database/);
  });

  it("when there is no PostgreSQL for this platform", async () => {
    const installation = await install(join(await makeStage(), "vestibule"));
    await rm(dirname(nativeOf(installation)), { recursive: true });
    expect(await faultOf(dataDir, { installation })).to.match(
      /no embedded PostgreSQL for .*set DATABASE_URL to a/,
    );
  });

  it("when the server does not start", async () => {
    await withOpen(dataDir, {}, () => Promise.resolve());
    await rm(join(dataDir, "postgresql/global/pg_control"));
    expect(await faultOf(dataDir)).to.match(
      /PostgreSQL did not start: .*pg_control.*; see .*postgresql\.log/,
    );
  });
});

import { expect } from "chai";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { randomToken } from "../../../src/kernel/random.ts";
import {
  install,
  isRoot,
  makeHome,
  makeStage,
  nativeOf,
  ordinary,
  self,
  users,
  useStages,
} from "./embedded-stage.ts";
import { open, query, serverPid, withOpen } from "./embedded-trial.ts";

useStages();

const nothing = (): Promise<void> => Promise.resolve();

async function libraryLinks(installation: string): Promise<string[]> {
  const entries = await readdir(join(nativeOf(installation), "lib"), { withFileTypes: true });
  return entries.filter((entry) => entry.isSymbolicLink()).map((entry) => entry.name);
}

/** Like an installation by "npm ci --ignore-scripts". */
async function installWithoutScripts(directory: string): Promise<string> {
  const installation = await install(directory);
  for (const name of await libraryLinks(installation)) {
    await rm(join(nativeOf(installation), "lib", name));
  }
  return installation;
}

describe("The embedded database's programs", function () {
  this.timeout(20_000);
  let installation: string;
  let homes: string[];

  before(async () => {
    homes = [await makeHome(self), await makeHome(self)];
    installation = await installWithoutScripts(join(await makeStage(), "vestibule"));
    await chmod(join(nativeOf(installation), "bin/postgres"), 0o644);
  });

  it("run from a private copy where they are incomplete and may not be changed", async () => {
    const lib = join(nativeOf(installation), "lib");
    await (isRoot ? undefined : chmod(lib, 0o555));
    const dataDir = join(await makeHome(ordinary), "data");
    for (let round = 0; round < 2; round += 1) {
      await withOpen(dataDir, { installation }, ({ ownerUrl }) => query(ownerUrl, "select 1"));
    }
    const copies = (await readdir(dataDir)).filter((name) => name.startsWith("vestibule-postgresql-"));
    expect(copies).to.have.lengthOf(1);
    expect(await libraryLinks(installation)).to.deep.equal([]);
    await chmod(lib, 0o755);
  });

  it("get the library links that npm has not made, also from two processes at once", async () => {
    const openers = await Promise.all(homes.map((home) => open(home, { user: self, installation })));
    const answers = await Promise.all(openers.map(({ answer }) => answer));
    expect(answers.map(({ fault }) => fault)).to.deep.equal(["", ""]);
    await Promise.all(openers.map(({ close }) => close()));
    const wanted = await readFile(join(nativeOf(installation), "pg-symlinks.json"), "utf8");
    expect(await libraryLinks(installation)).to.have.lengthOf(wanted.split('"target"').length - 1);
  });

  it("are left alone once they are complete", async () => {
    const { mtimeMs } = await stat(join(nativeOf(installation), "lib"));
    await withOpen(homes[0] ?? "", { user: self, installation }, nothing);
    expect((await stat(join(nativeOf(installation), "lib"))).mtimeMs).to.equal(mtimeMs);
  });
});

/** Where root may put a copy, as the program tries them. */
const copyPlaces = ["/var/cache", "/var/tmp", tmpdir()];

async function copies(): Promise<string[]> {
  const found = copyPlaces.map(async (place) => {
    const names = await readdir(place).catch((): string[] => []);
    return names.filter((name) => name.startsWith("vestibule-postgresql-")).map((name) => join(place, name));
  });
  return (await Promise.all(found)).flat();
}

// Ordinary users have nothing to hand over to another account, and thus nothing to test here.
for (const user of users.filter(({ name }) => name === "root")) {
  describe(`The embedded database of ${user.name}, lent to another account`, function () {
    this.timeout(20_000);
    let closed: string;
    let installation: string;
    let dataDir: string;
    let existing: string[];

    before(async () => {
      existing = await copies();
      closed = join(await makeStage(), "closed");
      installation = await install(join(closed, "vestibule"));
      await chmod(closed, 0o700);
      // Content of its own, and so a copy of its own: a real one on this machine is not ours to touch.
      await writeFile(join(nativeOf(installation), "share", "trial.txt"), randomToken());
      dataDir = join(closed, "deep/data");
    });

    after(async () => {
      for (const copy of await ownCopies()) {
        await rm(copy, { recursive: true });
      }
    });

    const ownCopies = async (): Promise<string[]> =>
      (await copies()).filter((copy) => !existing.includes(copy));
    const start = (): Promise<void> =>
      withOpen(dataDir, { user: self, installation }, async ({ ownerUrl }) => {
        expect(await query(ownerUrl, "select 1 as one")).to.deep.equal([{ one: 1 }]);
      });

    it("works where only root may enter, its server running as another account", async () => {
      await withOpen(dataDir, { user: self, installation }, async ({ ownerUrl }) => {
        // Not yet loaded libraries and files are needed after the start too.
        await query(
          ownerUrl,
          "create table t as select g from generate_series(1, 100000) g; create index on t (g)",
        );
        await query(ownerUrl, "do $$ begin perform to_tsvector('english', 'doors'); end $$; checkpoint");
        const { uid } = await stat(`/proc/${await serverPid(dataDir)}`);
        expect(uid).to.be.above(0);
        expect((await stat(join(dataDir, "postgresql"))).uid).to.equal(uid);
        expect((await stat(dataDir)).uid).to.equal(0);
      });
    });

    it("uses its copy of the programs again, which only root can change", async () => {
      const [copy = "", ...others] = await ownCopies();
      const { ino } = await stat(copy);
      await start();
      expect(others).to.deep.equal([]);
      expect(await ownCopies()).to.deep.equal([copy]);
      const now = await stat(copy);
      expect([now.ino, now.uid, (now.mode & 0o777).toString(8)]).to.deep.equal([ino, 0, "755"]);
    });

    it("makes a copy anew from which something is missing", async () => {
      const [copy = ""] = await ownCopies();
      await rm(join(copy, "native/lib/postgresql/plpgsql.so"));
      await start();
      expect((await lstat(join(copy, "native/lib/postgresql/plpgsql.so"))).isFile()).to.equal(true);
    });

    it("never uses a copy that another account has made", async () => {
      const [copy = ""] = await ownCopies();
      await rm(copy, { recursive: true });
      await mkdir(copy);
      await chown(copy, 65_534, 65_534);
      await withOpen(dataDir, { user: self, installation }, async () => {
        const program = await readlink(`/proc/${await serverPid(dataDir)}/exe`);
        expect(dirname(dirname(dirname(program)))).not.to.equal(copy);
      });
      expect(await readdir(copy)).to.deep.equal([]);
    });

    it("in an ordinary user's directory leaves it usable for that user", async () => {
      const home = join(await makeHome(ordinary), "data");
      await mkdir(home, { mode: 0o700 });
      await chown(home, ordinary.ids.uid ?? 0, ordinary.ids.gid ?? 0);
      await withOpen(home, { user: self }, nothing);
      const rows = await withOpen(home, { user: ordinary }, ({ ownerUrl }) =>
        query(ownerUrl, "select 1 as one"),
      );
      expect(rows).to.deep.equal([{ one: 1 }]);
    });

    it("refuses a database that belongs to root, and says what to do", async () => {
      const cluster = join(await makeHome(self), "postgresql");
      await mkdir(cluster);
      await writeFile(join(cluster, "PG_VERSION"), "18\n");
      const { fault } = await (await open(dirname(cluster), { user: self })).answer;
      expect(fault).to.match(/belongs to root, .*: give it away, for example with "chown -R/);
    });
  });
}

import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attach } from "../../../src/platform/embedded-postgres/embedded-attach.ts";
import { preparePlace } from "../../../src/platform/embedded-postgres/embedded-place.ts";
import { makeHome, makeStage, ordinary, processesIn, self, useStages } from "./embedded-stage.ts";
import { open, query, serverPid, until, withOpen } from "./embedded-trial.ts";

useStages();

const kill = (pid: number | null): void => {
  if (pid !== null) {
    process.kill(pid, "SIGKILL");
  }
};

const namesIn = (directory: string): Promise<string[]> => readdir(directory).catch((): string[] => []);

/**
 * A process that has nothing to do with any database, and a dead child of it that it never waits for, which bears
 * the name of a server that was killed in a container and stays in the list of processes.
 */
async function startBystander(): Promise<{ living: number; dead: number; end(): void }> {
  const program = join(await makeStage(), "postgres");
  await writeFile(program, "#!/bin/sh\n", { mode: 0o755 });
  const args = ["-c", `${program} & echo $!; exec sleep 60`];
  const child = spawn("/bin/sh", args, { stdio: ["ignore", "pipe", "ignore"], ...ordinary.ids });
  const printed: unknown[] = await once(child.stdout, "data");
  return { living: child.pid ?? 0, dead: Number(printed[0]), end: () => void child.kill() };
}

describe("The embedded database after an accident", function () {
  this.timeout(20_000);
  let dataDir: string;
  let pidFile: string;
  let lock: string;

  before(async () => {
    dataDir = join(await makeHome(ordinary), "data");
    pidFile = join(dataDir, "postgresql/postmaster.pid");
    lock = join(dataDir, "postgresql.lock");
    await withOpen(dataDir, {}, ({ ownerUrl }) => query(ownerUrl, "create table kept as select 7 as number"));
  });

  const expectKept = async (): Promise<void> => {
    const rows = await withOpen(dataDir, {}, ({ ownerUrl }) => query(ownerUrl, "select number from kept"));
    expect(rows).to.deep.equal([{ number: 7 }]);
    expect(await serverPid(dataDir)).to.equal(null);
  };

  it("goes on when Vestibule is killed, and the next one joins it", async () => {
    const opener = await open(dataDir);
    const { ownerUrl } = await opener.answer;
    const pid = await serverPid(dataDir);
    await opener.kill();
    await withOpen(dataDir, {}, async (answer) => {
      expect(answer.ownerUrl).to.equal(ownerUrl);
      expect(await serverPid(dataDir)).to.equal(pid);
    });
    expect(await serverPid(dataDir)).to.equal(null);
  });

  it("starts again when Vestibule and the server are killed", async () => {
    const opener = await open(dataDir);
    await opener.answer;
    await opener.kill();
    kill(await serverPid(dataDir));
    await expectKept();
  });

  it("comes back at the same address when the server is killed under a running Vestibule", async () => {
    const opener = await open(dataDir);
    const { ownerUrl } = await opener.answer;
    const pid = await serverPid(dataDir);
    kill(pid);
    await until(async () => ![null, pid].includes(await serverPid(dataDir)));
    await until(() =>
      query(ownerUrl, "select 1").then(
        () => true,
        () => false,
      ),
    );
    const { logged } = await opener.close();
    expect(logged).to.include("Lost the embedded database, starting or joining it again");
    expect(await serverPid(dataDir)).to.equal(null);
  });

  it("leaves no server behind when it is closed just after it has started one", async () => {
    const place = await preparePlace(join(await makeHome(self), "data"));
    const closing = new AbortController();
    const log = (message: string) => {
      if (message.startsWith("Started")) {
        closing.abort();
      }
    };
    const opening = attach(place, { fsync: false, preferredPort: null, log, signal: closing.signal });
    const error: unknown = await opening.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.equal(closing.signal.reason);
    expect(await serverPid(place.dataDir)).to.equal(null);
  });

  it("is not touched by Ctrl-C, which reaches only Vestibule's own process group", async () => {
    await withOpen(dataDir, {}, async () => {
      const pid = (await serverPid(dataDir)) ?? 0;
      const status = await readFile(`/proc/${pid}/stat`, "utf8");
      const [, , group, session] = status.slice(status.lastIndexOf(")") + 2).split(" ");
      expect([group, session]).to.deep.equal([String(pid), String(pid)]);
    });
  });

  for (const state of ["living", "dead"] as const) {
    it(`starts when its process number now belongs to another, ${state} process`, async () => {
      const content = await withOpen(dataDir, {}, () => readFile(pidFile, "utf8"));
      const bystander = await startBystander();
      await writeFile(pidFile, content.replace(/^\d+/, String(bystander[state])));
      await expectKept();
      bystander.end();
    });
  }

  const locks = {
    "a dead process": () => JSON.stringify({ pid: 2 ** 22 + 1, birth: null, token: "x" }),
    "another process of the same number": () =>
      JSON.stringify({ pid: process.pid, birth: "old/1", token: "x" }),
    "a process that died before it could write": () => "",
  };
  for (const [name, content] of Object.entries(locks)) {
    it(`passes over the start lock of ${name}`, async () => {
      await writeFile(lock, content());
      await expectKept();
      expect(await readdir(dataDir)).not.to.include("postgresql.lock");
    });
  }

  it("finishes roles and database that an interrupted start has not made", async () => {
    const other = join(await makeHome(ordinary), "data");
    await withOpen(other, {}, async ({ ownerUrl, applicationUrl }) => {
      const maintenance = ownerUrl.replace("/vestibule?", "/postgres?");
      await query(maintenance, "drop database vestibule");
      await query(maintenance, "drop role vestibule_app");
      await withOpen(other, {}, async () => {
        expect(await query(applicationUrl, "select 1 as one")).to.deep.equal([{ one: 1 }]);
      });
    });
  });

  it("is made from the beginning when its making was killed", async () => {
    const other = join(await makeHome(ordinary), "data");
    const opener = await open(other);
    const drafts = async (): Promise<string[]> =>
      (await namesIn(other)).filter((name) => /\.new-[^.]*$/.test(name) && !name.includes(".json"));
    await until(async () => (await namesIn(join(other, (await drafts())[0] ?? "-"))).includes("base"));
    await opener.kill();
    (await processesIn(other)).forEach(kill);
    expect(await drafts()).to.have.lengthOf(1);
    await withOpen(other, {}, ({ ownerUrl }) => query(ownerUrl, "select 1"));
    expect(await drafts()).to.deep.equal([]);
    await rm(other, { recursive: true });
  });

  it("moves with its directory", async () => {
    await rename(dataDir, `${dataDir}-moved`);
    dataDir = `${dataDir}-moved`;
    await expectKept();
  });
});

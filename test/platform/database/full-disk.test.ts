import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  makeInstallation,
  migrateCluster,
  serverUrl,
  type ClusterInstallation,
} from "../../support/cluster-installation.ts";
import { eventually } from "../../support/eventually.ts";
import { FailoverLoad, type Visitor } from "../../support/failover-load.ts";
import { makeVisitors } from "../../support/failover-people.ts";
import { judge } from "../../support/failover-verdict.ts";
import { startOtherProcess, type OtherProcess } from "../../support/other-process.ts";
import { makeOwnCluster, type OwnCluster } from "../../support/own-cluster.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";

const VISITORS = 6;
/** Sign-ins that are finished before the disk is full, and after it has room again. */
const ENOUGH = 12;
/** Requests that find the disk full. */
const REFUSALS = 60;

/** Only root may make a small disk, and not everywhere. */
const disk = mkdtempSync(join(tmpdir(), "vestibule-full-disk-"));
const hasDisk = spawnSync("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=220m", "tmpfs", disk]).status === 0;

if (hasDisk) {
  describe("a database server whose disk is full under load, and then has room again", () => {
    let cluster: OwnCluster;
    let server: OtherProcess | undefined;
    let installation: ClusterInstallation;
    let application: TestApplication;
    let people: { readonly withApp: Visitor[]; readonly withoutApp: Visitor[] };
    let load: FailoverLoad;

    before(async function () {
      this.timeout(120_000);
      chmodSync(disk, 0o755);
      cluster = await makeOwnCluster(disk);
      await migrateCluster(cluster);
      installation = await makeInstallation({ server: serverUrl(cluster), owner: cluster.url() });
      await installation.withServices(async (services) => {
        application = await makeApplication(services, { type: "browser" });
        people = await makeVisitors(services, { ownerUrl: cluster.url() });
      });
      server = await startOtherProcess(installation);
    });
    after(async () => {
      await server?.stop();
      installation.remove();
      await cluster.remove();
      spawnSync("/usr/bin/umount", [disk]);
      rmSync(disk, { recursive: true, force: true });
    });

    it("serves again by itself", async function () {
      this.timeout(180_000);
      const { withoutApp } = people;
      const withApp = [...people.withApp];
      let turn = 0;
      const next = () => {
        turn += 1;
        return (
          (turn % 2 === 0 ? withApp.shift() : undefined) ?? withoutApp[turn % withoutApp.length] ?? fail()
        );
      };
      const ports = [server?.port ?? fail()];
      load = new FailoverLoad({ issuer: installation.issuer, ports, application, next }, VISITORS);
      const finished = () => Promise.resolve(load.finished().length);
      await eventually(finished, (count) => count >= ENOUGH, { seconds: 60 });
      const filler = join(disk, "filler");
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"]);
      await eventually(
        () => Promise.resolve(load.refusals.length),
        (count) => count >= REFUSALS,
        { seconds: 90 },
      );
      rmSync(filler);
      const before = load.finished().length;
      // What has no room for its log of changes ends itself, and comes back by the hand that started it.
      while (
        !(await cluster.ask("select").then(
          () => true,
          () => false,
        ))
      ) {
        await cluster.start().catch(() => wait(100));
      }
      await eventually(finished, (count) => count >= before + ENOUGH, { seconds: 60 });
      await load.end();
      const cut = load.trips.filter(({ isWaiting }) => isWaiting);
      expect(cut, "sign-ins that were cut off").to.not.be.empty;
    });

    it("answers nothing but 503 in between", () => {
      expect(new Set(load.refusals)).to.deep.equal(new Set([503]));
    });

    it("holds no right code and no right password against its user", async () => {
      const counted = await cluster.ask(
        "select user_id, failed_attempts, blocked_until from second_factor_guard where failed_attempts > 0 or blocked_until is not null",
      );
      expect(counted).to.deep.equal([]);
      // Before anything is judged: that spends codes twice.
      const events = await cluster.ask(
        "select type from audit_events where type in ('code.wrong', 'code.blocked', 'password.wrong') or outcome = 'alarm'",
      );
      expect(events).to.deep.equal([]);
    });

    it("has lost, doubled and half done nothing of what was answered", async function () {
      this.timeout(60_000);
      const verdict = await judge(load.trips, { application, port: server?.port ?? 0, ask: cluster.ask });
      expect(verdict).to.deep.equal({ lost: [], doubled: [], wrong: [] });
    });
  });
}

function fail(): never {
  throw new Error("There is one.");
}

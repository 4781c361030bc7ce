import { expect } from "chai";
import type { Running } from "../../src/server/main.ts";
import { blockOf, OPERATIONS } from "../support/document.ts";
import { eventually } from "../support/eventually.ts";
import { makeStrictOffice } from "../support/second-factor.ts";
import { freePort } from "../support/free-port.ts";
import { debianVersion, makeDebianCluster, type DebianCluster } from "./debian-cluster.ts";
import { Machine, type Servers } from "./machine.ts";

const SYNCHRONOUS = "/etc/postgresql/17/main/conf.d/synchronous.conf";

describe("a standby that is made, promoted and changed places with, as docs/operations.md says", function () {
  this.timeout(60_000);
  const version = debianVersion();
  let servers: Servers = {};
  let machines: Machine[] = [];
  let first: Machine;
  let second: Machine;
  /** Of Vestibule; its database server is the first. */
  let own: Machine;
  let running: Running | null = null;

  before(async function () {
    if (version === null) {
      console.error("Debian's package postgresql is not installed: these tests are pending.");
      this.skip();
    }
    const [one, other] = [await makeDebianCluster(version), await makeDebianCluster(version)];
    servers = { "db1.example.com": one, "db2.example.com": other };
    first = new Machine(one, servers);
    second = new Machine(other, servers);
    own = new Machine(one, servers, await freePort());
    machines = [first, second, own];
    for (const machine of [first, second]) {
      await machine.encrypt();
    }
    await first.makeDatabase();
    await own.type("secrets");
    await own.type("database-certificate");
    await own.type("first-start", own.settings());
  });
  after(async () => {
    await running?.stop();
    machines.forEach((machine) => {
      machine.close();
    });
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });

  const seenBy = ({ sql }: DebianCluster) => sql<Standby>("vestibule", blockOf(OPERATIONS, "standby-look"));
  const isReady = async () => {
    const address = `http://127.0.0.1:${own.settings()["PORT"] ?? ""}/health/ready`;
    await eventually(
      () => fetch(address),
      ({ status }) => status === 200,
    );
  };
  const streams = (from: DebianCluster, sync: string) =>
    eventually(
      () => seenBy(from),
      (rows) => rows.some(({ state, sync_state }) => state === "streaming" && sync_state === sync),
    );

  it("follows the primary, by a connection with TLS", async () => {
    await first.cluster.sql("postgres", blockOf(OPERATIONS, "standby-role"));
    await second.type("standby");
    const [seen] = await streams(first.cluster, "async");
    expect(seen?.application_name).to.equal("db2");
    const encrypted = "select ssl from pg_stat_ssl join pg_stat_replication using (pid)";
    expect(await first.cluster.sql("vestibule", encrypted)).to.deep.equal([{ ssl: true }]);
  });

  it("is waited for by each commit once the primary is set so", async () => {
    first.write(SYNCHRONOUS);
    await first.cluster.sql("postgres", "select pg_reload_conf()");
    await streams(first.cluster, "sync");
  });

  it("is seen by the doctor beside the primary, by addresses with both hosts", async () => {
    await own.type("second-certificate");
    const printed = await own.type("first-start", own.settings("two-hosts"));
    expect(printed).to.match(
      /^ok {4}Connection +localhost:\d+ takes writes, TLSv1\.3, certificate verified$/m,
    );
    expect(printed).to.match(
      /^ok {4}Connection +localhost:\d+ takes no writes, TLSv1\.3, certificate verified$/m,
    );
  });

  it("takes over when it is promoted, with all that was answered, and the server goes on by itself", async () => {
    expect(await own.type("people", own.settings("two-hosts"))).to.contain("The office NOORD was added.");
    running = await own.serve("two-hosts");
    await isReady();
    await first.type("fence");
    const fenced = await first.cluster.sql("postgres", "select 1").catch((error: unknown) => String(error));
    expect(fenced).to.contain("ECONNREFUSED");
    await second.type("promote");
    await isReady();
    const added = await makeStrictOffice(running.services);
    const codes = (await running.services.offices.list(10)).map(({ code }) => code);
    expect(codes).to.include.members(["NOORD", added.code]);
  });

  it("is followed by the former primary, which never serves with its old data", async () => {
    await first.type("come-back");
    const [seen] = await streams(second.cluster, "async");
    expect(seen?.application_name).to.equal("db1");
    const printed = await own.type("first-start", own.settings("two-hosts"));
    expect(printed.match(/takes (no )?writes/g)?.sort()).to.deep.equal([
      "takes no writes",
      "takes no writes",
      "takes writes",
      "takes writes",
    ]);
    expect(printed).to.not.match(/^fail/m);
  });
});

interface Standby {
  readonly application_name: string;
  readonly state: string;
  readonly sync_state: string;
}

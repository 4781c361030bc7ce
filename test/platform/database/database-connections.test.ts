import { expect } from "chai";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { checkHosts } from "../../../src/cli/doctor-hosts.ts";
import { PLAIN, withConnection } from "../../../src/platform/database/connection.ts";
import { databaseFaultAtStart } from "../../../src/platform/database/database-fault.ts";
import { openPool } from "../../../src/platform/database/pool.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { makeOwnCluster, type OwnCluster } from "../../support/own-cluster.ts";
import { freePort } from "../../support/free-port.ts";

/** A PostgreSQL with TLS and a Unix socket, beside one that has neither TLS nor a trusted certificate. */
describe("connections as an address describes them", function () {
  this.timeout(30_000);
  let cluster: OwnCluster;
  let plain: OwnCluster;
  let files: string;
  const file = (name: string) => join(files, name);

  before(async () => {
    files = mkdtempSync(join(tmpdir(), "vestibule-certificates-"));
    const [server, stranger, client] = ["localhost", "localhost", "client"].map(makeCertificate);
    writeFileSync(file("server.pem"), server?.cert ?? "");
    writeFileSync(file("stranger.pem"), stranger?.cert ?? "");
    writeFileSync(file("client.pem"), client?.cert ?? "");
    writeFileSync(file("client.key"), client?.key ?? "");
    [cluster, plain] = await Promise.all([makeOwnCluster(), makeOwnCluster()]);
    await cluster.put("server.crt", server?.cert ?? "");
    await cluster.put("server.key", server?.key ?? "");
    await cluster.put("clients.crt", client?.cert ?? "");
    await cluster.put(
      "pg_hba.conf",
      `local all all scram-sha-256
       hostssl vestibule by_certificate all scram-sha-256 clientcert=verify-ca
       host all all all scram-sha-256\n`,
    );
    await cluster.ask("create role by_certificate login password 'pw'");
    await cluster.stop();
    await cluster.set({ ssl: "on", ssl_ca_file: "clients.crt" });
    await cluster.start();
  });
  after(async () => {
    await Promise.all([cluster.remove(), plain.remove()]);
    rmSync(files, { recursive: true, force: true });
  });

  const address = (host: string, query = "", { url, port } = cluster) =>
    new Secret(`${url().replace(/@.*\//, `@${host}:${String(port)}/`)}?${query}`);

  const ask = (url: Secret) =>
    withConnection({ url, name: "test", session: PLAIN }, async (client) => {
      const { rows } = await client.query<{ ssl: boolean; from: string | null }>(
        "select ssl, inet_client_addr()::text as from from pg_stat_ssl where pid = pg_backend_pid()",
      );
      return rows[0];
    });

  /** Why an address cannot be used; empty when it can. */
  const faultOf = (url: Secret) =>
    ask(url).then(
      () => "",
      (error: unknown) => databaseFaultAtStart(error)?.text ?? String(error),
    );

  it("use a Unix socket, named by a parameter or percent-encoded", async () => {
    const user = cluster.url().replace(/@.*/, "");
    const socket = encodeURIComponent(cluster.sockets);
    const port = String(cluster.port);
    for (const url of [
      `${user}@/vestibule?host=${cluster.sockets}&port=${port}`,
      `${user}@${socket}:${port}/vestibule`,
      // TLS is for the network, as in libpq.
      `${user}@${socket}:${port}/vestibule?sslmode=require`,
    ]) {
      expect(await ask(new Secret(url)), url).to.deep.equal({ ssl: false, from: null });
    }
  });

  it("are clear text without sslmode, and TLS with it", async () => {
    expect((await ask(address("127.0.0.1")))?.ssl).to.equal(false);
    expect((await ask(address("127.0.0.1", "sslmode=disable")))?.ssl).to.equal(false);
    expect((await ask(address("127.0.0.1", "sslmode=require")))?.ssl).to.equal(true);
    expect((await ask(address("127.0.0.1", "sslmode=require&sslnegotiation=direct")))?.ssl).to.equal(true);
  });

  it("verify with verify-ca who issued the certificate, and with verify-full also for whom", async () => {
    const trusted = `sslrootcert=${file("server.pem")}`;
    expect(await faultOf(address("localhost", `sslmode=verify-full&${trusted}`))).to.equal("");
    expect(await faultOf(address("127.0.0.1", `sslmode=verify-ca&${trusted}`))).to.equal("");
    expect(await faultOf(address("127.0.0.1", `sslmode=verify-full&${trusted}`))).to.equal(
      "its certificate belongs to another host",
    );
  });

  it("trust no other authority, also with require when one is named, and none of the machine's", async () => {
    const other = `sslrootcert=${file("stranger.pem")}`;
    for (const query of [
      `sslmode=verify-full&${other}`,
      `sslmode=verify-ca&${other}`,
      `sslmode=require&${other}`,
      "sslrootcert=system",
    ]) {
      expect(await faultOf(address("localhost", query)), query).to.equal("its certificate is not trusted");
    }
  });

  it("are not made where TLS is wanted and not there", async () => {
    for (const query of ["sslmode=require", `sslmode=verify-full&sslrootcert=${file("server.pem")}`]) {
      expect(await faultOf(address("localhost", query, plain))).to.equal(
        "no encrypted connection to it can be made",
      );
    }
  });

  it("show a certificate of their own", async () => {
    const url = (query: string) =>
      new Secret(
        `postgres://by_certificate:pw@127.0.0.1:${String(cluster.port)}/vestibule?sslmode=require${query}`,
      );
    expect(await faultOf(url(""))).to.equal("the role may not connect");
    expect(await faultOf(url(`&sslcert=${file("client.pem")}&sslkey=${file("client.key")}`))).to.equal("");
  });

  it("are named one by one when a file of the address is missing", async () => {
    const fault = await faultOf(address("localhost", "sslmode=verify-full&sslrootcert=/nowhere/ca.pem"));
    expect(fault).to.equal(
      "Error: The file /nowhere/ca.pem (sslrootcert of the database's address) cannot be read.",
    );
  });

  describe("doctor", () => {
    const findings = async (url: Secret) =>
      (await checkHosts({ application: url, owner: url })).map(({ state, says }) => `${state}: ${says}`);
    const here = (host: string, { port } = cluster) => `${host}:${String(port)}`;
    const both = (hosts: string) => new Secret(cluster.url().replace(/@.*\//, `@${hosts}/`));

    it("says how it is connected, and what of the certificate is verified", async () => {
      const trusted = `sslrootcert=${file("server.pem")}`;
      for (const [url, expected] of [
        [address("127.0.0.1"), `ok: ${here("127.0.0.1")} takes writes, on this machine`],
        [
          address("localhost", `sslmode=verify-full&${trusted}`),
          `ok: ${here("localhost")} takes writes, TLSv1.3, certificate verified`,
        ],
        [
          address("[::ffff:127.0.0.1]", `sslmode=verify-ca&${trusted}`),
          `warn: ${here("[::ffff:127.0.0.1]")} takes writes, TLSv1.3, certificate verified, though not that it is this host's`,
        ],
        [
          address("[::ffff:127.0.0.1]", "sslmode=require"),
          `warn: ${here("[::ffff:127.0.0.1]")} takes writes, TLSv1.3, certificate not verified`,
        ],
        [
          address("[::ffff:127.0.0.1]"),
          `warn: ${here("[::ffff:127.0.0.1]")} takes writes, in clear text over a network`,
        ],
      ] as const) {
        expect(await findings(url)).to.deep.equal([expected]);
      }
    });

    it("names the host that does not answer, and the one that does", async () => {
      const gone = `127.0.0.1:${String(await freePort())}`;
      expect(await findings(both(`${gone},${here("127.0.0.1")}`))).to.deep.equal([
        `warn: ${gone} cannot be used (nothing listens there); ${here("127.0.0.1")} answers`,
        `ok: ${here("127.0.0.1")} takes writes, on this machine`,
      ]);
    });

    it("fails where two hosts take writes", async () => {
      const two = both(`${here("127.0.0.1")},${here("127.0.0.1", plain)}`);
      expect((await findings(two)).at(-1)).to.equal(
        `fail: ${here("127.0.0.1")} and ${here("127.0.0.1", plain)} both take writes, so each may lack what the other has`,
      );
    });

    it("leaves it to the check of the database where none answers", async () => {
      expect(await findings(both(`127.0.0.1:${String(await freePort())}`))).to.be.empty;
    });
  });

  describe("of several hosts", () => {
    it("are refused in one sentence that says of each why", async () => {
      const gone = `127.0.0.1:${String(await freePort())}`;
      const url = new Secret(`postgres://anna:marker@${gone},localhost:1/db`);
      expect(await ask(url).catch(String)).to.equal(
        `Error: No host of the database can be used: ${gone} (nothing listens there), localhost:1 (nothing listens there).`,
      );
    });

    /** Something that listens and is no PostgreSQL. */
    async function listening(
      hear: (socket: Socket) => void,
      work: (host: string) => Promise<void>,
    ): Promise<void> {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        hear(socket);
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const at = server.address();
      await work(`127.0.0.1:${String(typeof at === "object" && at !== null ? at.port : 0)}`);
      sockets.forEach((socket) => socket.destroy());
      server.close();
    }

    const with2nd = (host: string, query = "") =>
      new Secret(`${cluster.url().replace(/@.*\//, `@${host},127.0.0.1:${String(cluster.port)}/`)}?${query}`);

    it("are not held up by one that takes connections and never answers", async () => {
      await listening(
        () => undefined,
        async (host) => {
          expect(await faultOf(with2nd(host, "connect_timeout=1"))).to.equal("");
        },
      );
    });

    it("are asked by a pool in their order, from then on the one that answered first, and all again when it is lost", async () => {
      let asked = 0;
      const count = (socket: Socket) => {
        asked += 1;
        socket.destroy();
      };
      await listening(count, async (host) => {
        const lines: string[] = [];
        const log = pino({ level: "warn" }, { write: (line) => lines.push(line) });
        const pool = openPool({ url: with2nd(host), name: "test", session: PLAIN, size: 3, log });
        const work = () => pool.use((client) => client.query("select pg_sleep(0.05)"));
        await work();
        expect(asked, "before the one that answers").to.equal(1);
        await Promise.all([work(), work(), work()]);
        expect(asked, "while it answers").to.equal(1);
        expect(lines.map((line) => JSON.parse(line) as object)).to.containSubset([
          { host: `127.0.0.1:${String(cluster.port)}`, others: [`${host} (it ended the connection)`] },
        ]);
        expect(lines, "said once").to.have.length(1);
        await cluster.stop();
        const lost = await work().then(() => "", String);
        expect(lost).to.match(
          /^Error: No host of the database can be used: .* \(.*\), .* \(nothing listens there\)\.$/,
        );
        expect(asked, "when it is lost").to.be.above(1);
        await cluster.start();
        await work();
        await pool.close();
      });
    });

    it("do not hide a wrong password behind the next host", async () => {
      const wrong = new Secret(
        `postgres://vestibule_owner:wrong@127.0.0.1:${String(cluster.port)},127.0.0.1:1/vestibule`,
      );
      expect(await faultOf(wrong)).to.equal("the password is wrong");
    });
  });
});

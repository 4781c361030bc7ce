import { expect } from "chai";
import { pino } from "pino";
import { ConnectionRefused } from "../../../src/platform/database/connection.ts";
import { connectDatabase } from "../../../src/platform/database/database.ts";
import { databaseFault } from "../../../src/platform/database/database-fault.ts";
import { OperatorError } from "../../../src/kernel/errors.ts";
import type { Log } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { openGate, type DatabaseGate } from "../../support/database-gate.ts";
import { startVestibule } from "../../support/vestibule.ts";

const WHO = {
  name: "who",
  text: "select current_user as role, current_setting('statement_timeout') as statement, current_setting('role') as set",
};

/** What a program that mixes sessions does to the first statement; the length stays. */
const withoutRole = (sent: Buffer): Buffer =>
  Buffer.from(
    sent.toString("latin1").replaceAll(/set role vestibule_app/g, (text) => " ".repeat(text.length)),
    "latin1",
  );

describe("the role that a connection works as", function () {
  this.timeout(30_000);
  let fresh: FreshDatabase;
  let lines: string[];
  let log: Log;

  before(async () => {
    fresh = await freshDatabase();
  });
  after(() => fresh.drop());
  beforeEach(() => {
    lines = [];
    log = pino({ level: "error", serializers: { error: String } }, { write: (line) => lines.push(line) });
  });

  const open = (url: string) => {
    const database = connectDatabase({ url: new Secret(url), size: 3, log });
    const jobs = connectDatabase({ url: new Secret(url), size: 3, log, name: "vestibule jobs" });
    return { database, jobs, close: () => Promise.all([database.close(), jobs.close()]) };
  };
  const faultOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const through = async (gate: DatabaseGate, work: () => Promise<void>) => {
    try {
      await work();
    } finally {
      await gate.shut();
    }
  };

  it("is the application's in pages and in jobs, also where the owner logs in", async () => {
    const { database, jobs, close } = open(fresh.ownerUrl);
    const pages = await database.query(WHO);
    const rows = await jobs.query(WHO);
    await close();
    expect([pages, rows]).to.deep.equal([
      [{ role: "vestibule_app", statement: "10s", set: "vestibule_app" }],
      [{ role: "vestibule_app", statement: "10s", set: "vestibule_app" }],
    ]);
  });

  it("is set before anything else is sent, and nothing rides on the start of the connection", async () => {
    const sent: string[] = [];
    const gate = await openGate(fresh.ownerUrl, (bytes) => {
      sent.push(bytes.toString("latin1"));
      return bytes;
    });
    await through(gate, async () => {
      const { database, close } = open(gate.url);
      await database.query(WHO);
      await close();
    });
    const [start, ...later] = sent;
    expect(start)
      .to.contain("user\0")
      .and.not.match(/options|role=|_timeout/);
    const first = later.find((text) => /select|set |begin/.test(text));
    expect(first).to.match(/^Q[^]{4}set role vestibule_app; /);
  });

  it("T114 is looked at: where something leaves the first statement out, the connection is refused", async () => {
    const gate = await openGate(fresh.ownerUrl, withoutRole);
    await through(gate, async () => {
      const { database, jobs, close } = open(gate.url);
      const faults = [
        await faultOf(database.query(WHO)),
        await faultOf(database.transaction((tx) => tx.query(WHO))),
        await faultOf(jobs.query(WHO)),
      ];
      await close();
      for (const fault of faults) {
        expect(fault).to.be.instanceOf(OperatorError);
        expect(String(fault)).to.match(/work as \w+ instead of vestibule_app/);
        expect(databaseFault(fault)?.kind).to.equal("refused");
      }
      expect(lines.length, "once for each pool").to.equal(2);
    });
  });

  it("T114 lets no server start with the owner's rights", async () => {
    const gate = await openGate(fresh.ownerUrl, withoutRole);
    await through(gate, async () => {
      const fault = await faultOf(
        startVestibule({ DATABASE_URL: gate.url, VESTIBULE_DATABASE_OWNER_URL: fresh.ownerUrl }),
      );
      expect(fault).to.be.instanceOf(OperatorError);
      expect(String(fault)).to.contain("instead of vestibule_app");
    });
  });

  it("is missing for a login that may not take it on, and the sentence says what to type", async () => {
    await asOwner(fresh, "create role stranger_to_roles login password 'stranger'");
    try {
      const url = Object.assign(new URL(fresh.url), {
        username: "stranger_to_roles",
        password: "stranger",
      }).href;
      await asOwner(
        fresh,
        `grant connect on database ${new URL(url).pathname.slice(1)} to stranger_to_roles`,
      );
      const { database, close } = open(url);
      const fault = await faultOf(database.query(WHO));
      await close();
      expect(String(fault)).to.contain("grant vestibule_app to stranger_to_roles;");
    } finally {
      await asOwner(fresh, "drop owned by stranger_to_roles; drop role stranger_to_roles");
    }
  });

  it("is asked together with what else a connection has to be", async () => {
    const refused = "this one will not do";
    const seen: (string | null)[] = [];
    const database = connectDatabase({
      ...{ url: new Secret(fresh.url), size: 1, log },
      checks: [
        {
          expression: "pg_is_in_recovery()",
          refusalOf: (answer) => {
            seen.push(answer);
            return new ConnectionRefused(refused, "25006");
          },
        },
      ],
    });
    const fault = await faultOf(database.query(WHO));
    await database.close();
    expect([String(fault), databaseFault(fault)?.kind, seen]).to.deep.equal([
      `Error: ${refused}`,
      "read-only",
      ["false"],
    ]);
  });
});

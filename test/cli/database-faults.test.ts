import { expect } from "chai";
import { Client } from "pg";
import { diskOf } from "../../src/cli/doctor-capacity.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { FaultyDatabase } from "../support/faulty-database.ts";
import { endConnections, setReadOnly } from "../support/read-only.ts";
import { runProcess, runProgram, type Ended, type Installation, useInstallation } from "./installation.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly says: string;
  readonly advice: string | null;
}

describe("an operator whose database has a fault", () => {
  let faulty: FaultyDatabase;
  let environment: Readonly<Record<string, string>>;

  const here = useInstallation();
  before(async () => {
    // Makes secrets and the installation's mark.
    await here.ask(["office", "list"]);
    faulty = await FaultyDatabase.open(here.database.url);
    environment = { ...here.environment, DATABASE_URL: faulty.url, VESTIBULE_DATABASE_OWNER_URL: faulty.url };
  });
  after(() => faulty.close());
  afterEach(async () => {
    faulty.mend();
    await setReadOnly(here.database, false);
    await asOwner(here.database, `alter database ${nameOf(here)} connection limit -1`);
  });

  const nameOf = ({ database }: Installation) => new URL(database.url).pathname.slice(1);

  async function askDoctor(): Promise<{ code: number | null; of: (check: string) => Finding | undefined }> {
    const { code, out, error } = await runProgram(environment, ["doctor", "--json"]);
    expect(error).to.equal("");
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    return { code, of: (check) => findings.find((finding) => finding.check === check) };
  }

  /** Exit code 1 and one sentence; nothing of a stack, a password or an address. */
  function expectSentence({ code, out, error }: Ended, sentence: string): void {
    expect({ code, out, error }).to.deep.equal({ code: 1, out: "", error: `${sentence}\n` });
  }

  const start = () => runProcess(environment, ["start"]);
  const OF = "Cannot use the database of DATABASE_URL:";

  it("learns from start and doctor that it is read-only", async () => {
    await setReadOnly(here.database, true);
    await endConnections(here.database);
    expectSentence(
      await start(),
      "Cannot use the database of DATABASE_URL: it is read-only, as a standby is; a server needs the primary.",
    );
    const { code, of } = await askDoctor();
    expect(code).to.equal(1);
    expect(of("Writing")).to.include({ state: "fail" });
    expect(of("Writing")?.says).to.contain("read-only");
  });

  it("learns from every other command that it is read-only", async () => {
    await setReadOnly(here.database, true);
    await endConnections(here.database);
    const { code, error } = await runProgram(environment, ["office", "list"]);
    expect({ code, error }).to.deep.equal({
      code: 1,
      error:
        "Cannot use the database of DATABASE_URL: it is read-only, as a standby is; a server needs the primary.\n",
    });
  });

  it("learns from doctor that its connections are nearly used up, and from both that they are", async () => {
    await asOwner(here.database, `alter database ${nameOf(here)} connection limit 3`);
    await here.database.leave();
    const clients: Client[] = [];
    try {
      clients.push(await connected(here), await connected(here));
      await onlyConnections(clients);
      const near = await askDoctor();
      expect(near.of("Connections")).to.include({ state: "warn" });
      expect(near.of("Connections")?.says).to.match(/^3 of 3 in use \(limit of the database /);
      clients.push(await connected(here));
      expectSentence(await start(), `${OF} it has no connection left.`);
      const none = await askDoctor();
      expect(none.code).to.equal(1);
      expect(none.of("Database")?.says).to.equal("cannot be used: it has no connection left (53300)");
      expect(none.of("Database")?.advice).to.contain("VESTIBULE_DATABASE_POOL");
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  });

  it("learns from both that it takes connections and answers nothing", async function () {
    this.timeout(40_000);
    faulty.freeze();
    expectSentence(await start(), `${OF} it does not answer.`);
    const { code, of } = await askDoctor();
    expect(code).to.equal(1);
    expect(of("Database")?.says).to.equal("cannot be used: it does not answer");
  });

  const refused: Record<string, string> = {
    "53300": "it has no connection left",
    "57P03": "it does not take connections at the moment: it starts, recovers or shuts down",
    "28P01": "the password is wrong",
    "3D000": "the database does not exist; create it first",
  };
  it("learns which of two settings is meant", async () => {
    const gone = "postgres://nobody@127.0.0.1:1/nothing";
    expectSentence(
      await runProcess({ ...environment, VESTIBULE_DATABASE_OWNER_URL: gone }, ["start"]),
      "Cannot use the database of VESTIBULE_DATABASE_OWNER_URL: nothing listens there.",
    );
  });

  for (const [code, text] of Object.entries(refused)) {
    it(`learns from both that ${text}`, async () => {
      faulty.refuse(code);
      expectSentence(await start(), `${OF} ${text}.`);
      expect((await askDoctor()).of("Database")?.says).to.equal(`cannot be used: ${text} (${code})`);
    });
  }

  const failing: Record<string, string> = {
    "53100": "its disk is full",
    "58030": "it cannot read or write its files",
    XX001: "its data is damaged",
  };
  for (const [code, text] of Object.entries(failing)) {
    it(`learns from both that ${text}`, async () => {
      faulty.fail({ code });
      expectSentence(await start(), `${OF} ${text}.`);
      expect((await askDoctor()).of("Database")?.says).to.equal(`cannot be used: ${text} (${code})`);
    });
  }

  it("learns from both, once it is over, that nothing is wrong any more", async () => {
    const { code, of } = await askDoctor();
    expect(code).to.equal(0);
    expect(of("Connections")).to.include({ state: "ok" });
    expect(of("Writing")).to.equal(undefined);
    expect((await runProgram(environment, ["office", "list"])).code).to.equal(0);
  });

  it("learns from a command in whose middle the disk became full", async () => {
    faulty.fail({ code: "53100", when: /from offices/ });
    const { code, error } = await runProgram(environment, ["office", "list"]);
    expect({ code, error }).to.deep.equal({
      code: 1,
      error: "Cannot use the database: its disk is full.\n",
    });
  });
});

describe("the room of an embedded database", () => {
  const MB = 1024 * 1024;

  it("is judged by what PostgreSQL needs to go on", () => {
    const states = [0, 99 * MB, 100 * MB, 1023 * MB, 1024 * MB].map((free) => diskOf("/data", free).state);
    expect(states).to.deep.equal(["fail", "fail", "warn", "warn", "ok"]);
    expect(diskOf("/data", 99 * MB).says).to.equal("99 MB free in /data");
  });
});

/** A connection that stays open, once PostgreSQL has forgotten those that were closed a moment ago. */
async function connected({ database }: Installation): Promise<Client> {
  const attempt = async () => {
    const client = new Client({ connectionString: database.url });
    return client.connect().then(
      () => client,
      () => null,
    );
  };
  return (await eventually(attempt, (client) => client !== null)) ?? expect.fail();
}

/** Waits until these are the only connections of the database. */
async function onlyConnections(clients: readonly Client[]): Promise<void> {
  const text =
    "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'";
  const all = async () => (await clients[0]?.query<{ pid: number }>(text))?.rows.length;
  await eventually(all, (count) => count === clients.length);
}

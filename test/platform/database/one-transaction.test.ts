import { expect } from "chai";
import { createLog } from "../../../src/kernel/log.ts";
import { randomId } from "../../../src/kernel/random.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { connectDatabase, type Database, type Queryable } from "../../../src/platform/database/database.ts";
import { inOneTransaction, type Scope } from "../../../src/platform/database/one-transaction.ts";
import { freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { useResource } from "../../support/suite-resource.ts";

interface Opened {
  readonly fresh: FreshDatabase;
  readonly database: Database;
}

/** Where a statement ran: its transaction, and the office that it sees. */
const WHERE = {
  name: "where_it_ran",
  text: "select pg_current_xact_id()::text as id, current_setting('vestibule.office', true) as office",
};

interface Where {
  readonly id: string;
  readonly office: string | null;
}

describe("one transaction of several", () => {
  const opened: Opened = useResource(open, async ({ fresh, database }) => {
    await database.close();
    await fresh.drop();
  });

  async function open(): Promise<Opened> {
    const fresh = await freshDatabase();
    const database = connectDatabase({ url: new Secret(fresh.url), size: 3, log: createLog("silent") });
    return { fresh, database };
  }

  const where = async (tx: Queryable): Promise<Where> => {
    const [row] = await tx.query<Where>(WHERE);
    return row ?? { id: "", office: null };
  };

  const together = <T>(scope: Scope, work: (joined: Database) => Promise<T>): Promise<T> =>
    inOneTransaction(opened.database, scope, work);

  it("is that of the first office, also for statements outside of a transaction", async () => {
    const [one, other] = [randomId(), randomId()];
    const [first, second, outside, elsewhere, none] = await together("office", async (joined) => [
      await joined.inOffice(one, where),
      await joined.inOffice(one, where),
      await where(joined),
      await joined.inOffice(other, where),
      await joined.transaction(where),
    ]);
    expect(second).to.deep.equal(first);
    expect(outside).to.deep.equal(first);
    expect([first?.office, elsewhere?.office]).to.deep.equal([one, other]);
    expect(new Set([first?.id, elsewhere?.id, none?.id])).to.have.property("size", 3);
  });

  it("is one without an office, where that is asked for", async () => {
    const [first, second, office] = await together("no-office", async (joined) => [
      await joined.transaction(where),
      await joined.transaction(where),
      await joined.inOffice(randomId(), where),
    ]);
    expect(second).to.deep.equal(first);
    expect(office?.id).to.not.equal(first?.id);
  });

  it("is committed at the end, and taken back with what failed, whatever had ended before", async () => {
    const outcomeOf = async (id: string): Promise<string | undefined> => {
      const text = "select pg_xact_status($1::text::xid8) as status";
      const [row] = await opened.database.query<{ status: string }>({ name: "outcome", text }, [id]);
      return row?.status;
    };
    const office = randomId();
    const done = await together("office", (joined) => joined.inOffice(office, where));
    expect(await outcomeOf(done.id)).to.equal("committed");
    let begun = "";
    const failing = together("office", async (joined) => {
      begun = (await joined.inOffice(office, where)).id;
      throw new Error("what failed");
    });
    const said = await failing.catch((error: unknown) => error);
    expect(said).to.be.an("error").with.property("message", "what failed");
    expect(await outcomeOf(begun)).to.equal("aborted");
  });

  it("says why it could not begin, and has no end without a beginning", async () => {
    const said = await together("office", (joined) => joined.inOffice("no office", where)).catch(
      (error: unknown) => error,
    );
    expect(said).to.be.an("error").with.property("message", "An office id must be a UUID.");
    expect(await together("office", () => Promise.resolve("nothing"))).to.equal("nothing");
  });
});

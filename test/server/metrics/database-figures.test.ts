import { expect } from "chai";
import { DatabaseFigures } from "../../../src/server/metrics/database-figures.ts";
import { RecentLockouts } from "../../../src/server/metrics/recent-lockouts.ts";
import { DatabaseDouble } from "../../support/database-double.ts";

/** The metrics of a database that does as it is told. */
function figuresOf(database: DatabaseDouble, lockedOut = 0) {
  const recent = new RecentLockouts();
  const figures = new DatabaseFigures({
    database,
    recent,
    offices: { findByCode: () => Promise.resolve({ id: "support" }) },
    lockouts: { of: () => Promise.resolve({ active: 2, lockedOut }) },
    signingKeys: { list: () => Promise.resolve([]) },
    patrol: { next: () => Promise.resolve() },
  });
  return { figures, recent };
}

describe("what metrics read of the database", () => {
  it("is read once, however many ask, and again only when it is old", async () => {
    const database = new DatabaseDouble();
    const { figures } = figuresOf(database);
    await Promise.all(Array.from({ length: 10 }, () => figures.refresh()));
    await figures.refresh();
    expect(database.asked("installation_figures")).to.equal(1);
    expect(figures.fault).to.equal(null);
    expect(figures.latest?.support).to.deep.equal({ active: 2, lockedOut: 0 });
  });

  it("T179 keeps no scrape waiting for a database that hangs, and asks it no second time meanwhile", async () => {
    const database = new DatabaseDouble();
    database.hangs = true;
    const { figures } = figuresOf(database);
    await figures.refresh();
    await figures.refresh();
    expect(figures.fault).to.equal("unreachable");
    expect(figures.latest).to.equal(null);
    expect(database.asked("must_be_writable")).to.equal(1);
  });

  it("names the fault of a database that is read-only", async () => {
    const database = new DatabaseDouble();
    database.error = Object.assign(new Error("the database is read-only"), { code: "25006" });
    const { figures } = figuresOf(database);
    await figures.refresh();
    expect(figures.fault).to.equal("read-only");
  });

  it("counts an office as locked out when all its users are, and a lockout was met there", async () => {
    const { figures, recent } = figuresOf(new DatabaseDouble(), 2);
    recent.note("office", new Date(Date.now()));
    await figures.refresh();
    expect(figures.latest?.lockedOutOffices).to.equal(1);
    const { figures: others, recent: noted } = figuresOf(new DatabaseDouble(), 1);
    noted.note("office", new Date(Date.now()));
    await others.refresh();
    expect(others.latest?.lockedOutOffices).to.equal(0);
  });
});

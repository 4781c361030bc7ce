import { expect } from "chai";
import { ApplicationStore } from "../../../src/domain/applications/application-store.ts";
import { OfficeStore } from "../../../src/domain/offices/office-store.ts";
import { ShownOffices } from "../../../src/domain/offices/shown-offices.ts";
import { stopwatch } from "../../../src/kernel/clock.ts";
import { Announcements } from "../../../src/platform/database/announcements.ts";
import type { Database, Statement } from "../../../src/platform/database/database.ts";
import type { Listener } from "../../../src/platform/database/listening.ts";
import { makeApplication, makeOffice, type TestApplication, type TestOffice } from "../../support/people.ts";
import { SECOND } from "../../support/time.ts";
import { startServices } from "../../support/vestibule.ts";

describe("copies of applications and offices", () => {
  let stop: () => Promise<void>;
  let inOffice: Database["inOffice"];
  let application: TestApplication;
  let office: TestOffice;
  let applications: ApplicationStore;
  let store: OfficeStore;
  let offices: ShownOffices;
  /** When the connection that listens gave its last sign of life. */
  let confirmedAt: number | null;
  let listener: Listener;
  let reads: number;

  before(async () => {
    const { services, stop: stopServices } = await startServices();
    stop = stopServices;
    application = await makeApplication(services, { resourceIdentifier: "https://api.example" });
    office = await makeOffice(services);
    const { database } = services;
    inOffice = database.inOffice.bind(database);
    const watched: Database = {
      ...database,
      query: <Row extends object>(statement: Statement, values?: readonly unknown[]) => {
        reads += 1;
        return database.query<Row>(statement, values);
      },
      listen: (_channel, heard) => {
        listener = heard;
        return Promise.resolve({ confirmedAt: () => confirmedAt });
      },
    };
    const announcements = new Announcements(watched);
    applications = new ApplicationStore(watched, announcements);
    store = new OfficeStore(watched, announcements, "Europe/Amsterdam");
    offices = new ShownOffices(store, announcements);
    await announcements.listen();
  });
  after(() => stop());
  beforeEach(() => {
    confirmedAt = stopwatch();
    listener.connected();
    reads = 0;
  });

  /** Looks at each kind of copy; answers how often the database was asked since the test began. */
  const look = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      expect((await applications.find(application.id))?.id).to.equal(application.id);
      expect((await applications.findByResource("https://api.example"))?.id).to.equal(application.id);
      expect((await offices.find(office.id))?.id).to.equal(office.id);
    }
    return reads;
  };

  it("are used while the connection that corrects them gives signs of life", async () => {
    expect(await look(3)).to.equal(3);
    confirmedAt = stopwatch() - 15 * SECOND;
    expect(await look(3)).to.equal(3);
  });

  it("T110 are not used 20 seconds after its last sign of life, nor kept", async () => {
    await look(1);
    confirmedAt = stopwatch() - 21 * SECOND;
    expect(await look(2)).to.equal(9);
  });

  it("T110 are not used while nothing is heard", async () => {
    await look(1);
    confirmedAt = null;
    listener.disconnected();
    expect(await look(2)).to.equal(9);
  });

  it("T110 are read again after a minute, although the connection lives and nothing was heard", async () => {
    await look(1);
    const real = performance.now.bind(performance);
    const later = (seconds: number) => {
      performance.now = () => real() + seconds * SECOND;
      confirmedAt = stopwatch();
    };
    try {
      later(59);
      expect(await look(2)).to.equal(3);
      later(61);
      expect(await look(2)).to.equal(6);
      later(119);
      expect(await look(2)).to.equal(6);
    } finally {
      performance.now = real;
    }
  });

  it("are read anew once it is heard that they changed, and others are not", async () => {
    await look(1);
    listener.notified(application.id);
    expect(await look(2), "the application, and by its resource").to.equal(5);
    listener.notified(`office ${office.id}`);
    expect(await look(2), "the office").to.equal(6);
    listener.notified("office 00000000-0000-4000-8000-000000000000");
    expect(await look(2), "another office").to.equal(6);
  });

  it("of an office are found by its code without a question, and unknown codes are asked for each time", async () => {
    for (let time = 0; time < 4; time += 1) {
      expect((await offices.findByCode(office.code))?.id).to.equal(office.id);
    }
    expect(reads).to.equal(2);
    for (let time = 0; time < 3; time += 1) {
      expect(await offices.findByCode("NO-SUCH-OFFICE")).to.equal(null);
    }
    expect(reads).to.equal(5);
  });

  it("are not used for what this process changes, until it has heard of it or 20 seconds have passed", async () => {
    const stored = (await store.find(office.id)) ?? expect.fail();
    const change = () => inOffice(office.id, (tx) => store.change(tx, stored, new Date()));
    await offices.find(office.id);
    await change();
    reads = 0;
    await offices.find(office.id);
    await offices.find(office.id);
    expect(reads, "not heard yet").to.equal(2);
    listener.notified(`office ${office.id}`);
    await offices.find(office.id);
    await offices.find(office.id);
    expect(reads, "heard").to.equal(3);
    await change();
    const real = performance.now.bind(performance);
    try {
      performance.now = () => real() + 21 * SECOND;
      confirmedAt = stopwatch();
      await offices.find(office.id);
      await offices.find(office.id);
      expect(reads, "never heard").to.equal(4);
    } finally {
      performance.now = real;
    }
  });
});

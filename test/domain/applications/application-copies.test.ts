import { expect } from "chai";
import { ApplicationStore } from "../../../src/domain/applications/application-store.ts";
import type { Database, Statement } from "../../../src/platform/database/database.ts";
import type { Listener } from "../../../src/platform/database/listening.ts";
import { stopwatch } from "../../../src/kernel/clock.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { SECOND } from "../../support/time.ts";
import { startServices } from "../../support/vestibule.ts";

describe("copies of applications", () => {
  let stop: () => Promise<void>;
  let application: TestApplication;
  let store: ApplicationStore;
  /** When the connection that listens gave its last sign of life. */
  let confirmedAt: number | null;
  let listener: Listener;
  let reads: number;

  before(async () => {
    const { services, stop: stopServices } = await startServices();
    stop = stopServices;
    application = await makeApplication(services, { resourceIdentifier: "https://api.example" });
    const { database } = services;
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
    store = new ApplicationStore(watched);
    await store.keepCopies();
  });
  after(() => stop());
  beforeEach(() => {
    confirmedAt = stopwatch();
    listener.connected();
    reads = 0;
  });

  const look = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      expect((await store.find(application.id))?.id).to.equal(application.id);
      expect((await store.findByResource("https://api.example"))?.id).to.equal(application.id);
    }
    return reads;
  };

  it("are used while the connection that corrects them gives signs of life", async () => {
    expect(await look(3)).to.equal(2);
    confirmedAt = stopwatch() - 15 * SECOND;
    expect(await look(3)).to.equal(2);
  });

  it("T110 are not used 20 seconds after its last sign of life, nor kept", async () => {
    await look(1);
    confirmedAt = stopwatch() - 21 * SECOND;
    expect(await look(2)).to.equal(6);
  });

  it("T110 are not used while nothing is heard", async () => {
    await look(1);
    confirmedAt = null;
    listener.disconnected();
    expect(await look(2)).to.equal(6);
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
      expect(await look(2)).to.equal(2);
      later(61);
      expect(await look(2)).to.equal(4);
      later(119);
      expect(await look(2)).to.equal(4);
    } finally {
      performance.now = real;
    }
  });

  it("are read anew once it is heard that they changed", async () => {
    await look(1);
    listener.notified(application.id);
    expect(await look(2)).to.equal(4);
  });
});

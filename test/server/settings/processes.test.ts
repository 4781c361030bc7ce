import { expect } from "chai";
import { processCount } from "../../../src/server/settings/process-count.ts";
import { settingsOfProcess } from "../../../src/server/settings/process-settings.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";

const MEGABYTE = 1024 * 1024;

describe("the number of processes of a server", () => {
  const plenty = { connections: 200, cores: 64, memory: 1024 * 1024 * MEGABYTE };

  it("is one in development, and what the operator says", () => {
    expect(readSettings({}).processes).to.equal(1);
    expect(readSettings({ VESTIBULE_PROCESSES: "4" }).processes).to.equal(4);
  });

  it("is one for each core by itself", () => {
    expect(processCount("auto", { ...plenty, cores: 4 })).to.equal(4);
    expect(processCount("auto", { ...plenty, cores: 1 })).to.equal(1);
  });

  it("is no more by itself than connections and memory are enough for, and never none", () => {
    expect(processCount("auto", { ...plenty, connections: 10 })).to.equal(5);
    expect(processCount("auto", { ...plenty, memory: 1024 * MEGABYTE })).to.equal(3);
    expect(processCount("auto", { ...plenty, memory: 128 * MEGABYTE })).to.equal(1);
  });

  it("is refused when it is none, or the connections are not enough for it", () => {
    expect(() => readSettings({ VESTIBULE_PROCESSES: "0" })).to.throw("VESTIBULE_PROCESSES: must be auto");
    expect(() => readSettings({ VESTIBULE_PROCESSES: "many" })).to.throw("VESTIBULE_PROCESSES: must be auto");
    expect(() => readSettings({ VESTIBULE_PROCESSES: "6" })).to.throw(
      "VESTIBULE_DATABASE_POOL: must be at least 12 for 6 processes, 2 for each",
    );
    expect(readSettings({ VESTIBULE_PROCESSES: "6", VESTIBULE_DATABASE_POOL: "12" }).processes).to.equal(6);
  });

  it("shares connections and hashes out, so that all together take what one alone would", () => {
    const settings = readSettings({ VESTIBULE_PROCESSES: "4", VESTIBULE_PASSWORD_CONCURRENCY: "6" });
    const each = [1, 2, 3, 4].map((number) => settingsOfProcess(settings, { number, of: 4 }));
    expect(each.map(({ database }) => database.poolSize)).to.deep.equal([3, 3, 2, 2]);
    expect(each.map(({ passwordHashing }) => passwordHashing.concurrency)).to.deep.equal([2, 2, 1, 1]);
    expect(each.map(({ passwordHashing }) => passwordHashing.queue)).to.deep.equal([25, 25, 25, 25]);
  });

  it("hands messages over from the first alone", () => {
    const settings = readSettings({ VESTIBULE_PROCESSES: "2" });
    const each = [1, 2].map((number) => settingsOfProcess(settings, { number, of: 2 }));
    expect(each.map(({ messages }) => messages.workers)).to.deep.equal([true, false]);
  });
});

import { expect } from "chai";
import { AuditSealer } from "../../../src/domain/audit/audit-sealer.ts";
import { createLog } from "../../../src/kernel/log.ts";

describe("the sealer of a server", () => {
  it("seals once more when the server stops, until nothing waits", async () => {
    const waiting = [3, 2, 0];
    const sealer = new AuditSealer(
      { seal: () => Promise.resolve(waiting.shift() ?? 0) },
      createLog("silent"),
    );
    sealer.start();
    await sealer.stop();
    expect(waiting).to.be.empty;
  });

  it("lets the server stop when the database is gone", async () => {
    const sealer = new AuditSealer({ seal: () => Promise.reject(new Error("gone")) }, createLog("silent"));
    await sealer.stop();
  });
});

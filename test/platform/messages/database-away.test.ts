import { expect } from "chai";
import { composeServices } from "../../../src/server/wiring/services.ts";
import { startWorkers } from "../../../src/server/wiring/processes.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { openGate } from "../../support/database-gate.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { makeOffice } from "../../support/people.ts";
import { startServices } from "../../support/vestibule.ts";

describe("workers whose database goes away", () => {
  it("T35 hand over what was queued meanwhile, of each channel, once it is back", async function () {
    this.timeout(40_000);
    const { services, database, stop } = await startServices();
    const { id: officeId } = await makeOffice(services);
    const gate = await openGate(database.url);
    const { settings } = services;
    const url = new Secret(gate.url);
    const behind = await composeServices({ ...settings, database: { ...settings.database, url } });
    const workers = await startWorkers(behind);
    const sendBoth = (text: string) =>
      services.database.inOffice(officeId, async (tx) => {
        const until = new Date(Date.now() + 300_000);
        const mail = { channel: "mail", to: "a@mail.example", subject: "Mail", text, officeId } as const;
        await services.messages.queue.send(tx, mail);
        await services.messages.queue.send(tx, { channel: "sms", to: "+31612345678", text, officeId, until });
      });
    const arrived = (text: string) =>
      eventually(
        async () => (await services.outbox.list()).filter(({ text: body }) => body === text),
        (all) => all.length === 2,
      );
    try {
      await sendBoth("before");
      await arrived("before");
      await gate.shut();
      await sendBoth("meanwhile");
      await gate.open();
      await arrived("meanwhile");
      const rows = await asOwner(database, "select 1 from outbox_messages");
      expect(rows, "nothing twice").to.have.length(4);
    } finally {
      await workers.stop();
      await behind.close();
      await gate.shut();
      await stop();
    }
  });
});

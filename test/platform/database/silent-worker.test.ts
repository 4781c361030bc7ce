import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openGate } from "../../support/database-gate.ts";
import { eventually } from "../../support/eventually.ts";
import { startMailStandIn } from "../../support/mail-stand-in.ts";
import { makeOffice } from "../../support/people.ts";
import { startVestibule } from "../../support/vestibule.ts";

const PROGRAM = fileURLToPath(new URL("../../support/worker-process.ts", import.meta.url));

describe("a worker whose database vanishes without a word", () => {
  it("ends within 10 seconds of SIGTERM, with a mail in hand", async function () {
    this.timeout(40_000);
    const mail = await startMailStandIn();
    const vestibule = await startVestibule({ ...mail.environment, VESTIBULE_MESSAGE_WORKERS: "no" });
    const { messages, database, ...services } = vestibule.services;
    const gate = await openGate(vestibule.database.url);
    const worker = spawn(process.execPath, [PROGRAM], {
      env: { PATH: process.env["PATH"], ...vestibule.environment, DATABASE_URL: gate.url },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(worker, "exit");
    try {
      await once(worker.stdout, "data");
      const free = mail.hold();
      const { id: officeId } = await makeOffice({ messages, database, ...services });
      const letter = { to: "one@mail.example", subject: "s", text: "t" };
      await database.inOffice(officeId, (tx) =>
        messages.queue.send(tx, { channel: "mail", officeId, ...letter }),
      );
      await eventually(
        () => Promise.resolve(mail.taken.length),
        (count) => count === 1,
      );
      gate.silence();
      free();
      const began = performance.now();
      worker.kill("SIGTERM");
      expect(await ended).to.deep.equal([0, null]);
      expect(performance.now() - began).to.be.below(10_000);
    } finally {
      worker.kill("SIGKILL");
      await ended;
      await gate.shut();
      await vestibule.stop();
      await mail.stop();
    }
  });
});

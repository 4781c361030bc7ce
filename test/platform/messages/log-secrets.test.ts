import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { startLoggedProcess } from "../../support/logged-process.ts";
import { makeOffice } from "../../support/people.ts";
import { MAGIC, startSmsStandIn, type Scenario } from "../../support/sms-stand-in.ts";
import { startVestibule } from "../../support/vestibule.ts";

describe("the log of a server whose SMS provider fails in every way", () => {
  it("T32 T108 holds no code, no number and no credential, at its most talkative", async function () {
    this.timeout(60_000);
    const provider = await startSmsStandIn();
    const vestibule = await startVestibule({ ...provider.environment, VESTIBULE_MESSAGE_WORKERS: "no" });
    const { services, database } = vestibule;
    const { id: officeId } = await makeOffice(services);
    const until = new Date(Date.now() + 4_000);
    const send = (to: string) =>
      services.database.inOffice(officeId, (tx) =>
        services.messages.queue.send(tx, {
          ...{ channel: "sms", to, officeId, until },
          text: "908172 is your code",
        }),
      );
    const scenarios = (Object.keys(MAGIC) as Scenario[]).filter((scenario) => scenario !== "silent");
    await Promise.all([
      ...scenarios.map((scenario) => send(`+3161239${MAGIC[scenario]}`)),
      send("+31612395555"),
    ]);
    // Content that no key opens: the exception that nobody expects.
    await send("+31612396666");
    await asOwner(
      database,
      "update messages set sealed_content = '\\x00' where id = (select id from messages order by made_at desc limit 1)",
    );
    const server = await startLoggedProcess(vestibule, {
      VESTIBULE_LOG_LEVEL: "trace",
      VESTIBULE_MESSAGE_WORKERS: "yes",
    });
    const open = () => asOwner(database, "select id from messages where state = 'waiting'");
    await eventually(open, (rows) => rows.length === 0);
    await eventually(
      () => Promise.resolve(server.log()),
      (log) => log.includes("a message could not be looked at"),
    );
    await server.stop();
    expect(server.log()).to.contain("a message could not be looked at");
    expect(server.log()).to.not.match(/908172|3161239|marker-of|Basic |Bearer /);
    const rows = await asOwner<{ row: string }>(
      database,
      `select m::text as row from messages m where state <> 'sending' union all select j::text from jobs j
       union all select d::text from message_directory d`,
    );
    expect(rows.map(({ row }) => row).join("\n")).to.not.match(/908172|3161239|marker-of/);
    await vestibule.stop();
    await provider.stop();
  });
});

import { expect } from "chai";
import { checkQueues } from "../../src/cli/doctor-queues.ts";
import { asOwner } from "../support/database.ts";
import { makeOffice } from "../support/people.ts";
import { useServices } from "../support/use-vestibule.ts";

describe("the doctor and the queues of messages", () => {
  const world = useServices();
  const { services } = world;
  let officeId: string;

  before(async () => {
    officeId = (await makeOffice(services)).id;
  });
  beforeEach(() => asOwner(world.database, "delete from jobs; delete from message_directory"));

  const says = async () => {
    const findings = await checkQueues(services.messages.queues);
    return findings.map(({ state, check, says: words }) => `${state} ${check}: ${words}`);
  };
  const queueMail = () =>
    services.database.inOffice(officeId, (tx) =>
      services.messages.queue.send(tx, {
        ...{ channel: "mail", to: "sanne@mail.example", subject: "Mail", text: "text", officeId },
      }),
    );

  it("finds nothing wrong with what was queued just now", async () => {
    await queueMail();
    expect((await says()).filter((line) => !line.startsWith("ok"))).to.deep.equal([]);
  });

  it("say that one stands still when no worker takes what is due", async () => {
    await queueMail();
    await asOwner(world.database, "update jobs set due_at = due_at - interval '7 minutes'");
    expect(await says()).to.deep.equal([
      "ok Queue of codes: goes on",
      "fail Queue of mails: is not moving: no worker takes the mails that are due (1, the first for 7 minutes)",
      "ok Queue of tasks: goes on",
    ]);
  });

  it("say that mails wait for long although they are tried", async () => {
    await queueMail();
    await asOwner(world.database, "update jobs set due_at = now() + interval '5 minutes'");
    await asOwner(world.database, "update message_directory set made_at = made_at - interval '20 minutes'");
    expect((await says())[1]).to.equal(
      "warn Queue of mails: mails that were tried in vain still wait after 15 minutes (1)",
    );
  });
});

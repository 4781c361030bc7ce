import { expect } from "chai";
import { messageStatus } from "../../support/message-status.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the queue of messages", () => {
  const vestibule = useVestibule({ office: {} });

  const sms = (to: string, text: string) =>
    ({
      channel: "sms",
      to,
      text,
      officeId: vestibule.office.id,
      until: new Date(Date.now() + 300_000),
    }) as const;
  const outbox = async () => (await vestibule.services.outbox.list()).map(({ text }) => text);

  it("T35 sends what a committed transaction asked for, once, and keeps nothing of it", async () => {
    const { messages, database } = vestibule.services;
    const id = await database.inOffice(vestibule.office.id, (tx) =>
      messages.queue.send(tx, sms("+31612345678", "told")),
    );
    const status = await eventually(
      () => messageStatus(vestibule.services.database, vestibule.office.id, id),
      (found) => found?.state === "sent",
    );
    expect(status?.state).to.equal("sent");
    expect(await outbox()).to.deep.equal(["told"]);
    const rows = await asOwner<{ sealed_content: Buffer | null }>(
      vestibule.database,
      "select sealed_content from messages where id = $1",
      [id],
    );
    expect(rows).to.deep.equal([{ sealed_content: null }]);
  });
});

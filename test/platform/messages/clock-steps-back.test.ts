import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { makeOffice } from "../../support/people.ts";
import { useSmsStandIn } from "../../support/sms-stand-in.ts";
import { backToTheRealTime, HOUR, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("messages while the clock is put back", () => {
  let officeId: string;

  const provider = useSmsStandIn();
  const vestibule = useVestibule({ settings: () => provider.environment });
  before(async () => {
    officeId = (await makeOffice(vestibule.services)).id;
  });

  const send = (to: string) =>
    vestibule.services.database.inOffice(officeId, (tx) =>
      vestibule.services.messages.queue.send(tx, {
        channel: "sms",
        to,
        text: "text",
        officeId,
        until: new Date(Date.now() + 2 * HOUR),
      }),
    );

  it("go out at once, and not when it is as late again as it was", async () => {
    const release = provider.hold();
    travel(HOUR);
    await send("+31612627801");
    await eventually(
      () => Promise.resolve(provider.requests),
      (count) => count === 1,
    );
    backToTheRealTime();
    release();
    await send("+31612627802");
    await eventually(
      () => Promise.resolve(provider.taken.map(({ to }) => to)),
      (taken) => taken.includes("31612627802"),
    );
    expect(provider.taken).to.have.length(2);
  });
});

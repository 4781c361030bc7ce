import { expect } from "chai";
import { OPERATOR } from "../../support/actors.ts";
import {
  justProved,
  makeSmsUser,
  newNumber,
  personOf,
  storedUser,
  VISITOR,
} from "../../support/mobile-numbers.ts";
import { numberDesk } from "../../support/number-desk.ts";
import { travel, SECOND } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("a request for another mobile number", () => {
  const { services, database } = useServices();
  const desk = numberDesk({ services, database });

  it("T121 ends with the sessions of its user, with an event and a notice", async () => {
    const { user } = await makeSmsUser(services);
    await desk.request(user, newNumber());
    await desk.mails();
    await services.administration.users.endSessions(await storedUser(services, user), OPERATOR);
    expect((await desk.stored(user))?.pendingNumber).to.equal(null);
    expect((await desk.events(user)).at(-1)).to.include({
      type: "number.change-cancelled",
      actor: OPERATOR.id,
    });
    expect(await desk.mails()).to.include("Your mobile number stays the same");
  });

  it("T121 is only spoken of where one has ended", async () => {
    const { user } = await makeSmsUser(services);
    await desk.mails();
    await services.administration.users.endSessions(await storedUser(services, user), OPERATOR);
    expect(await desk.events(user)).to.deep.equal([]);
    expect(await desk.mails()).not.to.include("Your mobile number stays the same");
  });

  it("T121 is not made with a password that was proved before the end of sessions", async () => {
    const { user } = await makeSmsUser(services);
    travel(2 * SECOND);
    const before = { visitor: VISITOR, provedAt: Math.floor(Date.now() / SECOND) };
    await services.administration.users.endSessions(await storedUser(services, user), OPERATOR);
    const request = (proof: typeof before) =>
      services.secondFactor.numberService.requestPending(personOf(user), newNumber(), proof);
    expect(await request(before)).to.deep.equal({ type: "refused" });
    expect(await request(justProved())).to.deep.equal({ type: "requested" });
  });
});

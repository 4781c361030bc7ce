import { expect } from "chai";
import { setTimeout as pause } from "node:timers/promises";
import { storedUser } from "../../support/mobile-numbers.ts";
import { TESTER } from "../../support/people.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { givePassword, pageName } from "../../support/second-factor.ts";
import { aliveAmong, tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Proofs are known to the second; a program, and a quick person, signs in within the second of a change. */
describe("T121 a sign-in within the second in which the sessions of the person were ended", () => {
  const vestibule = useVestibule({ office: {}, application: {}, user: {} });
  const endSessions = async () => {
    const { services, user } = vestibule;
    await services.administration.users.endSessions(await storedUser(services, user), TESTER);
  };
  /** A moment after the beginning of a second, so that everything that follows at once is in it. */
  const beginOfSecond = () => pause(1_010 - (Date.now() % 1_000));

  it("succeeds at the first try, and what it gives lives", async () => {
    await beginOfSecond();
    await endSessions();
    const tokens = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
    expect(await aliveAmong(vestibule.browser(), vestibule.application, [tokens])).to.have.length(4);
  });

  it("ends what was given before in the same second", async () => {
    await beginOfSecond();
    const tokens = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
    await endSessions();
    expect(await aliveAmong(vestibule.browser(), vestibule.application, [tokens])).to.deep.equal([]);
  });

  it("is refused when the account is disabled while the right password waits for the next second", async () => {
    const { services, user } = vestibule;
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    await beginOfSecond();
    await endSessions();
    const answer = givePassword(browser, page, user);
    await pause(400);
    await services.administration.users.disable(await storedUser(services, user), TESTER);
    const refused = await answer;
    expect([refused.status, pageName(refused)]).to.deep.equal([400, "password"]);
  });
});

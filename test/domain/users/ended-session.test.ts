import { expect } from "chai";
import { PageError } from "../../../src/kernel/errors.ts";
import type { AccountSession } from "../../../src/domain/users/own-account.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { TESTER } from "../../support/people.ts";
import { duringMoment } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const PROFILE = { name: "Sanne de Wit", language: null, timeZone: null };

/** The requests of a session that were on their way while another one ended it. */
describe("T121 a change by a session that has just ended", () => {
  const vestibule = useServices({ office: {}, user: {} });
  const { services } = vestibule;
  const changes = {
    profile: (session: AccountSession) => services.ownAccount.own.changeProfile(session, PROFILE),
    password: (session: AccountSession, current: string) =>
      services.ownAccount.own.changePassword(session, { current, wanted: "copper-anchor-violin-63" }),
  };

  const sessionOf = async (uid: string, at: number): Promise<AccountSession> => ({
    account: (await services.users.findAccount(vestibule.user.id)) ?? expect.fail(),
    visitor: { address: "127.0.0.1", addressGroup: "127.0.0.1", requestId: "test" },
    browser: [],
    proof: { at, session: uid, hasSkippedCode: false },
    hasProvedFactor: false,
  });
  const outcome = (change: Promise<unknown>) =>
    change.then(
      () => "changed",
      (error: unknown) => (error instanceof PageError ? error.kind : String(error)),
    );
  const endOthers = (kept: string) =>
    services.database.inOffice(vestibule.office.id, (tx) =>
      services.stores.access.endOthers(tx, vestibule.user.id, { uid: kept, grantIds: [] }),
    );

  it("T121 is refused when the other one has ended all others, in the same second, and its own changes pass", async () => {
    const at = Math.ceil(Date.now() / 1000) + 60;
    await duringMoment(new Date(at * 1000 + 500), async () => {
      const [lost, kept] = [await sessionOf("lost", at), await sessionOf("kept", at)];
      expect(await outcome(changes.profile(lost)), "before").to.equal("changed");
      await endOthers("kept");
      expect(await outcome(changes.profile(lost)), "ended").to.equal("expired");
      expect(await outcome(changes.profile(kept)), "kept").to.equal("changed");
      expect(await outcome(changes.profile(await sessionOf("later", at + 1)))).to.equal("changed");
    });
  });

  it("T121 is refused for a new password, however well the current one is known", async () => {
    const at = Math.ceil(Date.now() / 1000) + 120;
    const lost = await sessionOf("lost", at);
    await duringMoment(new Date(at * 1000 + 500), async () => {
      await services.administration.users.endSessions(await storedUser(services, vestibule.user), TESTER);
    });
    expect(await outcome(changes.password(lost, vestibule.user.password))).to.equal("expired");
  });

  it("T121 is no way to try passwords: those that are wanted count like those that are typed to sign in", async () => {
    const { own } = services.ownAccount;
    const user = await vestibule.makeUser({ password: "lantern-harbour-quiet-27" });
    const account = (await services.users.findAccount(user.id)) ?? expect.fail();
    // Ended by an administrator, or by the thief: it was valid when these requests arrived.
    const lost = { ...(await sessionOf("lost", 0)), account };
    const guess = (wanted: string) => outcome(own.changePassword(lost, { current: "any", wanted }));
    expect(await guess(user.password), "the form that has just set it").to.equal("changed");
    for (let tries = 0; tries < 12; tries += 1) {
      expect(await guess(`copper-anchor-violin-${String(tries)}`)).to.equal("expired");
    }
    expect(await guess(user.password), "after twelve guesses").to.equal("expired");
    const wrong = "select from audit_events where type = 'password.wrong' and subject = $1";
    expect((await asOwner(vestibule.database, wrong, [user.id])).length).to.be.at.least(5);
  });
});

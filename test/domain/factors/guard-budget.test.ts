import { expect } from "chai";
import { spend } from "../../support/codes.ts";
import type { SecondFactorCheck } from "../../../src/domain/factors/second-factor-check.ts";
import { TESTER } from "../../support/people.ts";
import { giveApp, guardOf, wrongCode, makeStrictUser } from "../../support/second-factor.ts";
import { DAY, HOUR, MINUTE, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const VISITOR = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "guess" };

/** An attacker who knows the password and guesses on as fast as the guard lets them. */
describe("guessing codes with a known password", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const user = useFresh(() => makeStrictUser(vestibule.services));
  const app = useFresh(() => giveApp(vestibule.services, user));

  const person = () => ({
    id: user.id,
    officeId: user.office.id,
    name: "Sanne",
    mail: "sanne@mail.example",
    language: "en",
  });
  type Attempt = Parameters<SecondFactorCheck["check"]>[1];
  const tryOut = async (attempt: Attempt) =>
    (await vestibule.services.secondFactor.codes.check(person(), attempt, VISITOR)).type;
  const guess = () => tryOut({ type: "totp", binding: "test", code: wrongCode(app.secret) });
  const right = async () => {
    const { database, secondFactor } = vestibule.services;
    const result = await secondFactor.codes.check(
      person(),
      { type: "totp", binding: "test", code: totpNow(app.secret) },
      VISITOR,
    );
    if (result.type === "accepted") {
      await database.inOffice(user.office.id, (tx) => spend(vestibule.services, user, { tx, code: result }));
    }
    return result.type;
  };
  /** When the guard takes the next code, in milliseconds from now; null when it never does. */
  const waitFor = async (): Promise<number | null> => {
    const { failed_since_success, blocked_until: until } = await guardOf(vestibule, user);
    return failed_since_success >= 50 ? null : Math.max(0, (until?.getTime() ?? 0) - Date.now());
  };

  /** Guesses whenever it is possible; answers at which moments codes were looked at. */
  async function attack(days: number): Promise<number[]> {
    const start = Date.now();
    const looks: number[] = [];
    for (let wait = await waitFor(); wait !== null; wait = await waitFor()) {
      travel(wait + SECOND);
      if (Date.now() - start > days * DAY) {
        return looks;
      }
      if ((await guess()) !== "refused") {
        looks.push(Date.now() - start);
      }
    }
    return looks;
  }

  it("T52 gives twenty-one looks at most on the first day, and fifty until the factor is frozen", async () => {
    const looks = await attack(30);
    expect(looks.filter((at) => at < DAY)).to.have.length(21);
    expect(looks).to.have.length(50);
    expect((looks.at(-1) ?? 0) / DAY).to.be.within(9.5, 10.7);
    travel(365 * DAY);
    expect(await guess(), "a year later").to.equal("refused");
    expect(await right(), "a right code").to.equal("refused");
  });

  it("T54 gives a stranger who comes back every day no more than that", async () => {
    let looks = 0;
    for (let day = 0; day < 60; day += 1) {
      for (let tries = 0; tries < 5; tries += 1) {
        looks += (await guess()) === "refused" ? 0 : 1;
      }
      travel(DAY);
    }
    expect(looks).to.equal(50);
  });

  /** What a reset by a link of the mailbox does to the guard, when it is completed. */
  async function reset(): Promise<void> {
    const { database, links, stores } = vestibule.services;
    const { id, officeId } = person();
    const at = new Date(Date.now());
    const data = { mail: person().mail, applicationId: null };
    const token = await database.inOffice(officeId, (tx) =>
      stores.links.make(tx, { purpose: "password-reset", officeId, userId: id, at, data }),
    );
    const link = { purpose: "password-reset", token: token.reveal() } as const;
    const done = await links.passwordReset.complete(link, "copper-anchor-violin-63", VISITOR);
    expect(done.type).to.equal("done");
  }

  /** Guesses on for some days; a block of at least `worth` milliseconds is met with a reset, which may not help. */
  async function attackWithMailbox(days: number, worth: number): Promise<number[]> {
    const start = Date.now();
    const looks: number[] = [];
    while (Date.now() - start <= days * DAY) {
      if (((await waitFor()) ?? 0) >= worth) {
        await reset();
      }
      const wait = await waitFor();
      if (wait === null) {
        return looks;
      }
      travel(wait + 20 * SECOND);
      if ((await guess()) !== "refused") {
        looks.push(Date.now() - start);
      }
    }
    return looks;
  }

  for (const [how, worth, firstDay] of [
    ["resets at every block", SECOND, 21],
    ["keeps the resets for the blocks of a day", 2 * HOUR, 27],
  ] as const) {
    it(`T54 gives an attacker with password and mailbox who ${how} ${String(firstDay)} looks on the first day, fifty in all`, async () => {
      const looks = await attackWithMailbox(30, worth);
      expect(looks.filter((at) => at < DAY)).to.have.length(firstDay);
      expect(looks).to.have.length(50);
      expect((looks.at(-1) ?? 0) / DAY).to.be.within(2, 10.7);
      travel(30 * DAY);
      await reset();
      expect(await guess(), "a month later, with another new password").to.equal("refused");
      expect(await right()).to.equal("refused");
    });
  }

  it("T52 blocks for fifteen minutes, from the tenth failure on for an hour, from the twentieth for a day", async () => {
    const blocks: number[] = [];
    for (let failures = 1; failures <= 24; failures += 1) {
      await guess();
      const wait = (await waitFor()) ?? 0;
      if (wait > 0) {
        blocks.push(Math.round(wait / MINUTE));
        travel(wait + SECOND);
      }
    }
    expect(blocks).to.deep.equal([15, 15, 15, 60, 60, 60, 24 * 60, 24 * 60]);
  });

  it("T52 is forgotten after a right code alone", async () => {
    for (let tries = 0; tries < 12; tries += 1) {
      await guess();
      travel((await waitFor()) ?? 0);
      travel(SECOND);
    }
    expect((await guardOf(vestibule, user)).failed_since_success).to.equal(12);
    travel(30 * DAY);
    expect((await guardOf(vestibule, user)).failed_since_success, "after a month").to.equal(12);
    expect(await right()).to.equal("accepted");
    expect(await guardOf(vestibule, user)).to.deep.equal({
      failed_attempts: 0,
      failed_since_success: 0,
      blocked_until: null,
    });
  });

  it("T52 counts recovery codes and the app together", async () => {
    const kinds: Attempt[] = [
      { type: "recovery", binding: "test", code: "00000000" },
      { type: "totp", binding: "test", code: wrongCode(app.secret) },
      { type: "enrolment", binding: "test", code: "no such code" },
    ];
    const results = [];
    for (let tries = 0; tries < 6; tries += 1) {
      results.push(await tryOut(kinds[tries % 3] ?? { type: "totp", binding: "test", code: "" }));
    }
    expect(results).to.deep.equal(["wrong", "wrong", "wrong", "refused", "refused", "refused"]);
  });

  it("T52 is not unlocked out of the frost by ending the block, only by a reset", async () => {
    await attack(30);
    const { factors } = vestibule.services.administration;
    const found = await vestibule.services.users.findByUsername(user.office.id, user.username);
    if (found === null) {
      throw new Error("The user is gone.");
    }
    await factors.unlock(found, { by: TESTER, reason: "called back" });
    expect(await guess()).to.equal("refused");
    await factors.reset(found, { by: TESTER, reason: "called back" });
    travel(HOUR);
    expect(await guess()).to.equal("wrong");
  });
});

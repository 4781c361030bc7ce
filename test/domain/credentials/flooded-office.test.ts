import { expect } from "chai";
import { countArgon2 } from "../../support/argon2-jobs.ts";
import { COUNTERS } from "../../support/counters.ts";
import { asOwner } from "../../support/database.ts";
import { stranger, TRIES_OF_OFFICE } from "../../support/flood.ts";
import { makeUser, PASSWORD, type TestUser } from "../../support/people.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const UNKNOWN = "no.such.user";

describe("an office that strangers flood with wrong passwords", () => {
  const world = useServices({
    settings: {
      VESTIBULE_GUARD_OFFICE_TRIES: String(TRIES_OF_OFFICE),
      VESTIBULE_GUARD_ADDRESS_TRIES: "10000",
    },
  });
  const { services } = world;
  let user: TestUser;

  const enter = async (username: string, password: string) => {
    const { code: officeCode } = user.office;
    return services.passwords.check({ officeCode, username, password, browser: [], visitor: stranger() });
  };
  const verdict = async (username: string, password: string) => (await enter(username, password)).type;

  beforeEach(async () => {
    user = await makeUser(services, await world.makeOffice());
    for (let tries = 0; tries < TRIES_OF_OFFICE; tries += 1) {
      expect(await verdict(`guess${String(tries)}`, "wrong")).to.equal("wrong");
    }
  });

  it("T125 lets a right password in whose account had no wrong one", async () => {
    expect(await verdict(user.username, PASSWORD)).to.equal("right");
  });

  it("T125 looks at one password of an account, and does not say which, whether the account exists or not", async () => {
    for (const username of [user.username, UNKNOWN]) {
      const { answer, jobs } = await countArgon2(async () => [
        await verdict(username, "first guess"),
        await verdict(username, "second guess"),
        await verdict(username, PASSWORD),
      ]);
      expect(answer, username).to.deep.equal(["too-many", "too-many", "too-many"]);
      expect(jobs, username).to.equal(1);
    }
  });

  it("T125 looks at one of forty passwords that come for an account at the same moment", async () => {
    for (const username of [user.username, UNKNOWN]) {
      const guesses = Array.from({ length: 40 }, (_, index) => `guess number ${String(index)}`);
      const { answer, jobs } = await countArgon2(() =>
        Promise.allSettled(guesses.map((password) => verdict(username, password))),
      );
      expect(jobs, username).to.equal(1);
      const others = answer.filter((each) => each.status === "fulfilled" && each.value !== "too-many");
      expect(others, username).to.deep.equal([]);
    }
  });

  it("T125 says when an account can try again: with its own window, or the office's", async () => {
    travel(10 * MINUTE);
    for (const password of ["a typing mistake", PASSWORD]) {
      const refused = await enter(user.username, password);
      const minutes = refused.type === "too-many" ? (refused.until.getTime() - Date.now()) / MINUTE : 0;
      expect(minutes, password).to.be.within(4, 5);
    }
    travel(5 * MINUTE);
    expect(await verdict(user.username, PASSWORD)).to.equal("right");
  });

  it("T125 does not refuse a user who presses the button twice", async () => {
    const twice = await Promise.allSettled([1, 2].map(() => verdict(user.username, PASSWORD)));
    const said = twice.map((each) => (each.status === "fulfilled" ? each.value : String(each.reason)));
    expect(said).to.include("right").and.not.include("too-many");
  });

  it("T125 has an alarm, long before", async () => {
    const alarms = await asOwner<{ alarm: string }>(
      world.database,
      "select details ->> 'alarm' as alarm from audit_events where type = 'password.throttled' and office_id = $1",
      [user.office.id],
    );
    expect(alarms).to.deep.equal([{ alarm: "office-under-attack" }]);
  });

  it("T125 counts the right password for nothing, and the office's window goes on", async () => {
    const right = await enter(user.username, PASSWORD);
    if (right.type !== "right") {
      throw new Error(right.type);
    }
    await services.database.inOffice(right.officeId, right.record);
    expect(await verdict(user.username, PASSWORD), "again").to.equal("right");
    const [row] = await asOwner<{ used: number }>(
      world.database,
      `select max(used) as used from ${COUNTERS} where scope = 'password-office'`,
    );
    expect(row?.used).to.equal(TRIES_OF_OFFICE);
  });
});

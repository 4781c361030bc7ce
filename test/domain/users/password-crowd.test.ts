import { expect } from "chai";
import { COUNTERS } from "../../support/counters.ts";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { openGuesser, verdictOf, type Guesser } from "../../support/guesser.ts";
import type { Page } from "../../support/http-browser.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { AT_FULL_COST } from "../../support/test-settings.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PEOPLE = 130;

describe("a whole building behind one network address", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({
    settings: { ...AT_FULL_COST, VESTIBULE_PASSWORD_QUEUE: String(PEOPLE) },
    application: {},
  });
  let people: TestUser[];

  before(async () => {
    const one = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    people = await makeCrowd(vestibule, one, PEOPLE);
  });

  const entries = ({ office, username, password }: TestUser) => ({
    officeCode: office.code,
    username,
    password,
  });
  const atTheDoor = (users: readonly TestUser[]) =>
    Promise.all(
      users.map(async (user) => ({
        user,
        door: await openGuesser(vestibule.browser(), vestibule.application),
      })),
    );
  const enter = ({ user, door }: { user: TestUser; door: Guesser }) => door.send(entries(user));
  const countersAbove = async (tries: number) =>
    asOwner(vestibule.database, `select scope, used, pending from ${COUNTERS} where used > $1`, [tries]);
  const isBusy = ({ status, headers }: Page) => status === 503 && Number(headers["retry-after"]) > 0;

  it("T50 refuses nobody for too many tries because the others are signing in at this moment", async () => {
    const doors = await atTheDoor(people);
    const answers = await Promise.all(doors.map(enter));
    const others = answers.filter((answer) => answer.status !== 303 && !isBusy(answer));
    expect(others.map(({ status }) => status)).to.deep.equal([]);
    expect(answers.filter(({ status }) => status === 303).length).to.be.at.least(100);
    const again = await Promise.all(
      doors.filter((_, index) => isBusy(answers[index] ?? others[0] ?? failed())).map(enter),
    );
    expect(again.filter(({ status }) => status !== 303)).to.deep.equal([]);
    expect(await countersAbove(0)).to.deep.equal([]);
  });

  it("T50 counts no right password as a try, however often its form is sent at once", async () => {
    const [user] = people;
    const [door] = await atTheDoor(user === undefined ? [] : [user]);
    if (door === undefined) {
      throw new Error("Nobody is at the door.");
    }
    await Promise.all([1, 2, 3, 4, 5].map(() => enter(door)));
    expect(await countersAbove(0)).to.deep.equal([]);
  });

  it("T50 still stops the address after a hundred wrong passwords, however many come at once", async () => {
    const doors = await atTheDoor(people);
    const answers = await Promise.all(
      doors.map(({ user, door }) => door.send({ ...entries(user), password: "not the password" })),
    );
    const judged = answers.filter((answer) => !isBusy(answer)).map(verdictOf);
    expect(judged.filter((verdict) => verdict === "wrong")).to.have.length(100);
    const [last] = doors.slice(-1);
    expect(last === undefined ? null : verdictOf(await enter(last))).to.equal("too-many");
  });
});

function failed(): never {
  throw new Error("An answer is missing.");
}

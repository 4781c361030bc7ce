import { expect } from "chai";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { openGuesser, verdictOf } from "../../support/guesser.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import type { TestUser } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const TRIES = 30;
const PEOPLE = 60;

describe("a crowd behind one address, at two server processes", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_GUARD_ADDRESS_TRIES: String(TRIES), VESTIBULE_PASSWORD_QUEUE: String(PEOPLE) },
    office: {},
    user: {},
    application: {},
  });
  const other = useOtherProcess(vestibule);
  let people: TestUser[];
  before(async () => {
    people = await makeCrowd(vestibule, vestibule.user, PEOPLE);
  });

  it("T50 has as many tries as at one, with wrong passwords that come at the same moment", async () => {
    const doors = await Promise.all(
      people.map(async (user, index) => {
        const browser = vestibule.browser(index % 2 === 0 ? vestibule.settings.port : other.port);
        return { user, door: await openGuesser(browser, vestibule.application) };
      }),
    );
    const answers = await Promise.all(
      doors.map(({ user: { office, username }, door }) =>
        door.send({ officeCode: office.code, username, password: "not the password" }),
      ),
    );
    const checked = answers.filter(({ status }) => status !== 503).map(verdictOf);
    expect(checked.filter((verdict) => verdict === "wrong")).to.have.length(TRIES);
    const alarms = await asOwner<{ alarm: string }>(
      vestibule.database,
      "select details ->> 'alarm' as alarm from audit_events where type = 'password.throttled'",
    );
    expect(alarms).to.deep.equal([{ alarm: "address-throttled" }]);
  });
});

import { expect } from "chai";
import { watchArgon2 } from "../../support/argon2-jobs.ts";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { SERVERS } from "../../support/four-servers.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { openSignIn } from "../../support/relying-party.ts";
import {
  giveApp,
  makeStrictOffice,
  pageName,
  passPassword,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { AT_FULL_COST } from "../../support/test-settings.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const ATTEMPTS = 20;

describe("many recovery codes at once", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    settings: { ...AT_FULL_COST, VESTIBULE_PASSWORD_CONCURRENCY: "1" },
    application: {},
  });
  let people: TestUser[];

  before(async () => {
    const one = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    await giveApp(vestibule.services, one);
    people = await makeCrowd(vestibule, one, ATTEMPTS);
    await copyCodes(one);
  });

  /** Gives every user the codes of one: a derivation costs the same for each. */
  async function copyCodes({ id }: TestUser): Promise<void> {
    const ids = people.map((person) => person.id);
    for (const [table, columns] of [
      ["factors", "kind, sealed_secret, last_step, confirmed_at"],
      ["recovery_code_sets", "salt, made_at"],
      ["recovery_codes", "hash, used_at"],
    ] as const) {
      await asOwner(
        vestibule.database,
        `insert into ${table} (home, office_id, user_id, ${columns})
         select home, office_id, other, ${columns} from ${table}, unnest($2::uuid[]) as other where user_id = $1`,
        [id, ids],
      );
    }
  }

  it("T44 keep nobody from the sign-in page, and cost one derivation each", async () => {
    const doors = [];
    for (const person of people) {
      const browser = vestibule.browser();
      const challenge = await passPassword(browser, vestibule.application, person);
      doors.push({ browser, page: await browser.get(sibling(challenge, "recovery-code")) });
    }
    const watch = watchArgon2();
    let answered = 0;
    const attempts = doors.map(async ({ browser, page }) => {
      const answer = await sendForm(browser, page, { recoveryCode: "00000000" });
      answered += 1;
      return answer;
    });
    // How many of the twenty were answered when each page came.
    const answeredBefore: number[] = [];
    while (answered < ATTEMPTS) {
      const page = await openSignIn(vestibule.browser(), vestibule.request());
      expect([page.status, pageName(page)]).to.deep.equal([200, "password"]);
      answeredBefore.push(answered);
    }
    const answers = await Promise.all(attempts);
    watch.stop();
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(ATTEMPTS).fill(400));
    expect(watch.begun, "derivations").to.equal(ATTEMPTS);
    expect(watch.most, "at the same time").to.be.at.most(SERVERS);
    const inBetween = answeredBefore.filter((count) => count < ATTEMPTS);
    expect(inBetween.length, "pages that came before the last attempt was answered").to.be.at.least(3);
  });
});

import { expect } from "chai";
import { OPERATOR, makeActor } from "../../support/actors.ts";
import { choosePassword, openLink } from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, type TestUser } from "../../support/people.ts";
import { passPassword } from "../../support/second-factor.ts";
import { HOUR, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW_PASSWORD = "orange-window-bicycle-77";

describe("the link of the first member of support", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  let user: TestUser;
  beforeEach(async () => {
    const { services } = vestibule;
    ({ user } = await makeActor(services, await makeOffice(services), "support"));
  });

  const make = async () => {
    const { services } = vestibule;
    const stored = await storedUser(services, user);
    const made = await services.administration.users.makeFirstLink(stored, OPERATOR);
    return made.type === "made" ? made.link.reveal() : expect.fail(made.type);
  };
  const isLet = async (password: string) =>
    !(await passPassword(vestibule.browser(), vestibule.application, { ...user, password })).body.includes(
      'name="password"',
    );

  it("T94 chooses the password once, starts with the issuer, and is then worth nothing", async () => {
    const link = await make();
    expect(link.startsWith(`${vestibule.issuer}/invitation/`)).to.equal(true);
    const browser = vestibule.browser();
    await choosePassword(browser, await openLink(browser, link), NEW_PASSWORD);
    travel(2 * SECOND);
    expect(await isLet(NEW_PASSWORD)).to.equal(true);
    expect((await openLink(vestibule.browser(), link)).body).to.not.contain('name="newPassword"');
  });

  it("T94 is worth nothing after a day, nor once a newer one was made", async () => {
    const first = await make();
    const second = await make();
    expect((await openLink(vestibule.browser(), first)).body).to.not.contain('name="newPassword"');
    expect((await openLink(vestibule.browser(), second)).body).to.contain('name="newPassword"');
    travel(25 * HOUR);
    expect((await openLink(vestibule.browser(), second)).body).to.not.contain('name="newPassword"');
  });

  it("T94 leaves no credentials that work before it was used", async () => {
    await make();
    for (const password of ["", "support", "dana", "vestibule", "admin", "changeme", "password"]) {
      expect(await isLet(password), password).to.equal(false);
    }
  });
});

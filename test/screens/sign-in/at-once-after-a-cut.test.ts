import { expect } from "chai";
import { CHANGES } from "../../protocol/cuts.ts";
import { asOwner } from "../../support/database.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeApplications, ProvedPerson } from "../../support/proved-person.ts";
import { follow, openSignIn } from "../../support/relying-party.ts";
import { pageName, sendForm } from "../../support/second-factor.ts";
import { useResource } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Each way to a new password, and the two ways to end other proofs of one's own. */
const WALKED = [
  "password changed",
  "password reset",
  "password set",
  "others ended",
  "factor replaced",
] as const;

/** A quick person, and a program, signs in within the second of a change; proofs are known to the second. */
describe("T149 a right password at once after a change", () => {
  const world = useVestibule({ settings: BY_HAND });
  const applications = useResource(() => makeApplications(world));

  const makePerson = (name: string) => ProvedPerson.make(world, `${name}@mail.example`);
  const landing = async (person: ProvedPerson): Promise<string> => {
    const browser = world.browser();
    const page = await openSignIn(browser, person.request(applications.web));
    return pageName(await follow(browser, await person.givePassword(browser, page)));
  };

  WALKED.forEach((cut, place) => {
    it(`leads on and never back to an empty form: ${cut}`, async () => {
      const person = await makePerson(`quick${String(place)}`);
      const own = await person.signedIn(applications.web);
      await asOwner(world.database, "update factors set last_step = 0");
      await CHANGES[cut](person, own);
      expect(await landing(person)).to.not.equal("password");
    });
  });

  it("leads on where the password was renewed in a sign-in of another browser", async () => {
    const person = await makePerson("renewed");
    await asOwner(world.database, "update users set password_expired = true where id = $1", [person.user.id]);
    const browser = world.browser();
    const page = await openSignIn(browser, person.request(applications.web));
    const renewal = await follow(browser, await person.finish(browser, page));
    expect(pageName(renewal)).to.equal("new-password");
    person.password = "copper-anchor-violin-63";
    const done = await sendForm(browser, renewal, { newPassword: person.password });
    expect(done.location).to.contain("code=");
    expect(await landing(person)).to.not.equal("password");
    const silent = await browser.get(person.request(applications.web, { prompt: "none" }).url);
    expect(silent.location).to.contain("code=");
  });
});

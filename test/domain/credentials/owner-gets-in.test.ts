import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { FLOODS, TRIES_OF_OFFICE } from "../../support/flood.ts";
import { openGuesser, type Verdict } from "../../support/guesser.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { choosePassword, linkFor, linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, PASSWORD, TESTER, type TestUser } from "../../support/people.ts";
import { signIn } from "../../support/relying-party.ts";
import { DAY, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";
const NEWER = "walnut-bicycle-harbour-17";

describe("the owner of an account that a stranger keeps attacking", () => {
  const vestibule = useVestibule({
    settings: {
      ...BY_HAND,
      VESTIBULE_GUARD_ADDRESS_TRIES: "15",
      VESTIBULE_GUARD_OFFICE_TRIES: String(TRIES_OF_OFFICE),
    },
    application: {},
  });
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `owner${String(made)}@mail.example`;
    user = await makeUser(vestibule.services, await vestibule.makeOffice(), { mail });
  });

  async function enter(browser: HttpBrowser, password: string): Promise<Verdict> {
    const { office, username } = user;
    const guesser = await openGuesser(browser, vestibule.application);
    return guesser.guess({ officeCode: office.code, username, password });
  }

  /** Signs in, and ends the session. */
  async function familiarBrowser(password = PASSWORD): Promise<HttpBrowser> {
    const browser = vestibule.browser();
    await signIn(browser, vestibule.request(), { ...user, password });
    browser.forget("vestibule-session");
    return browser;
  }

  async function reset(browser: HttpBrowser, password: string): Promise<void> {
    const done = await choosePassword(
      browser,
      await openLink(browser, await linkFor(vestibule, user, mail)),
      password,
    );
    expect(done.body, "the reset").to.contain("Your password has been changed");
  }

  for (const [what, flood] of Object.entries(FLOODS)) {
    describe(`by filling ${what}`, () => {
      const fill = () => flood(vestibule.services, user);

      it("T124 signs in where the account was used before", async () => {
        const browser = await familiarBrowser();
        await fill();
        expect(await enter(vestibule.browser(), PASSWORD), "elsewhere").to.equal("too-many");
        expect(await enter(browser, PASSWORD)).to.equal("right");
      });

      it("T124 signs in after a reset in a browser that was never used before", async () => {
        await fill();
        const browser = vestibule.browser();
        await reset(browser, NEW);
        await fill();
        expect(await enter(vestibule.browser(), NEW), "elsewhere").to.equal("too-many");
        expect(await enter(browser, NEW)).to.equal("right");
      });

      it("T124 signs in on the phone after a reset at the desk, and at the desk after one on the phone", async () => {
        const phone = await familiarBrowser();
        const desk = vestibule.browser();
        await reset(desk, NEW);
        await fill();
        expect(await enter(phone, NEW), "phone").to.equal("right");
        await reset(phone, NEWER);
        await fill();
        expect(await enter(desk, NEWER), "desk").to.equal("right");
      });

      it("T124 signs in with a first password from an invitation", async () => {
        const { services } = vestibule;
        const found = await services.users.findByUsername(user.office.id, user.username);
        expect(found && (await services.links.passwordLinks.send(found, "invitation", TESTER.id))).to.equal(
          true,
        );
        const link = linkIn((await mailsTo(vestibule, mail))[0], `${vestibule.issuer}/invitation/`);
        const browser = vestibule.browser();
        await fill();
        await choosePassword(browser, await openLink(browser, link), NEW);
        await fill();
        expect(await enter(browser, NEW)).to.equal("right");
      });

      it("T124 signs in by a new link when the browser's memory has ended", async () => {
        const browser = await familiarBrowser();
        travel(181 * DAY);
        await fill();
        expect(await enter(browser, PASSWORD), "without a link").to.equal("too-many");
        await reset(browser, NEW);
        await fill();
        expect(await enter(browser, NEW)).to.equal("right");
      });
    });
  }
});

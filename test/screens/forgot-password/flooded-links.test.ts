import { expect } from "chai";
import { stranger } from "../../support/flood.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { askForLink, choosePassword, linkIn, mailsTo, namesOf, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { signIn } from "../../support/relying-party.ts";
import { HOUR, MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("links to a new password that a stranger keeps asking for", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, application: {} });
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    made += 1;
    mail = `owner${String(made)}@mail.example`;
    user = await makeUser(vestibule.services, vestibule.office, { mail });
  });

  /** As often as a stranger likes, each time from another address. */
  async function flood(times = 8): Promise<void> {
    const { passwordLinks } = vestibule.services.links;
    for (let asked = 0; asked < times; asked += 1) {
      await passwordLinks.ask({ ...namesOf(user), applicationId: null, visitor: stranger() });
    }
  }
  const newestLink = async () => {
    const links = (await mailsTo(vestibule, mail)).map((each) =>
      linkIn(each, `${vestibule.issuer}/reset-password/`),
    );
    return links.find((link) => link !== "") ?? "";
  };
  const isUsable = async (browser = vestibule.browser()) =>
    (await openLink(browser, await newestLink())).status === 200;

  it("T124 leave the newest link of the mailbox usable at every moment", async () => {
    for (let minutes = 0; minutes < 150; minutes += 7) {
      await flood();
      await askForLink(vestibule.browser(), namesOf(user));
      expect(await isUsable(), `after ${String(minutes)} minutes`).to.equal(true);
      travel(7 * MINUTE);
    }
  });

  it("T124 do not void the link of an owner who is choosing a password", async () => {
    await flood();
    const browser = vestibule.browser();
    const page = await openLink(browser, await newestLink());
    await flood();
    expect((await choosePassword(browser, page, NEW)).body).to.contain("Your password has been changed");
    travel(5 * MINUTE);
    await flood();
    expect(await isUsable(browser), "once used, always used").to.equal(false);
  });

  it("T6 are five an hour, however they are spread", async () => {
    const sent = async () => (await mailsTo(vestibule, mail)).length;
    for (let tens = 0; tens < 6; tens += 1) {
      await flood(2);
      travel(9 * MINUTE);
    }
    expect(await sent()).to.equal(5);
    travel(HOUR);
    await flood();
    expect(await sent()).to.equal(10);
  });

  it("T8 end after an hour at the latest, and after half of one unless they are the last", async () => {
    await flood(4);
    travel(31 * MINUTE);
    expect(await isUsable(), "the fourth").to.equal(false);
    await flood(1);
    travel(59 * MINUTE);
    expect(await isUsable(), "the fifth").to.equal(true);
    travel(2 * MINUTE);
    expect(await isUsable(), "the fifth, after an hour").to.equal(false);
  });

  describe("from the owner's own network", () => {
    const askUntilRefused = async (browser: HttpBrowser) => {
      for (let asked = 0; asked < 31; asked += 1) {
        const names = { ...namesOf(user), username: `anybody${String(asked)}` };
        const page = await askForLink(browser, names);
        if (page.status === 400) {
          return;
        }
      }
      throw new Error("No request was refused.");
    };

    it("T124 do not keep the owner from one in a browser that was used before", async () => {
      const browser = vestibule.browser();
      await signIn(browser, vestibule.request(), user);
      await askUntilRefused(vestibule.browser());
      expect((await askForLink(browser, namesOf(user))).status).to.equal(200);
      expect(await isUsable()).to.equal(true);
      const colleague = await makeUser(vestibule.services, vestibule.office);
      expect((await askForLink(browser, namesOf(colleague))).status, "a colleague's account").to.equal(400);
      const unknown = { ...namesOf(user), username: "no.such.user" };
      expect((await askForLink(browser, unknown)).status, "an unknown account").to.equal(400);
    });
  });
});

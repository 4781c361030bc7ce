import { expect } from "chai";
import { Secret } from "../../src/kernel/secret.ts";
import { openAccount, send } from "../support/account.ts";
import { asOwner } from "../support/database.ts";
import { HttpBrowser, type Page } from "../support/http-browser.ts";
import { startLoggedProcess } from "../support/logged-process.ts";
import { choosePassword, linkFor, linkIn, mailsTo, openLink } from "../support/mailbox.ts";
import { BY_HAND } from "../support/outbox.ts";
import { makeUser, TESTER, type TestUser } from "../support/people.ts";
import { sha1, useRangeService } from "../support/range-service.ts";
import { follow } from "../support/relying-party.ts";
import { hasCode, pageName, passPassword, sendForm } from "../support/second-factor.ts";
import { SECOND, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const BREACHED = "quarrel-biscuit-lantern-7";
const NEW = "copper-anchor-violin-63";

const TEXTS: Readonly<Record<string, string>> = {
  en: "This password appeared in a known data breach, so attackers try it. Choose another one.",
  nl: "Dit wachtwoord komt voor in een bekend datalek, dus aanvallers proberen het. Kies een ander.",
  de: "Dieses Passwort kommt in einem bekannten Datenleck vor und wird deshalb von Angreifern ausprobiert. Wählen Sie ein anderes.",
  fr: "Ce mot de passe figure dans une fuite de données connue\u00a0: des pirates l’essaient. Choisissez-en un autre.",
};

describe("a password that was in a breach", () => {
  const service = useRangeService();
  const vestibule = useVestibule({
    settings: () => ({ ...BY_HAND, VESTIBULE_BREACHED_PASSWORDS: service.url }),
    office: {},
    application: {},
  });
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `person${String(made)}@mail.example`;
    user = await makeUser(vestibule.services, vestibule.office, { mail });
    service.add(BREACHED, 12);
    service.requests.splice(0);
  });
  afterEach(() => {
    service.answer(null);
  });

  const hash = async () =>
    (await asOwner(vestibule.database, "select password_hash from users where id = $1", [user.id]))[0];
  const found = async () => {
    const { users } = vestibule.services;
    return (await users.findByUsername(user.office.id, user.username)) ?? expect.fail();
  };
  const invitation = async () => {
    await vestibule.services.links.passwordLinks.send(await found(), "invitation", "test");
    return linkIn((await mailsTo(vestibule, mail))[0], `${vestibule.issuer}/invitation/`);
  };

  /** Refused with the reason, and another password is taken on the very page. */
  async function expectRefusal(choose: (password: string) => Promise<Page>, words = TEXTS["en"]) {
    const before = await hash();
    const refused = await choose(BREACHED);
    expect([refused.status, refused.body.includes(words ?? "")]).to.deep.equal([400, true]);
    expect(refused.body).to.not.contain(BREACHED);
    expect(await hash()).to.deep.equal(before);
    expect((await choose(NEW)).status).to.be.oneOf([200, 303]);
    expect(await hash()).to.not.deep.equal(before);
  }

  it("T135 is refused on the page of a mailed link, which stays good", async () => {
    const browser = vestibule.browser();
    const page = await openLink(browser, await linkFor(vestibule, user, mail));
    await expectRefusal((password) => choosePassword(browser, page, password));
  });

  for (const [language, words] of Object.entries(TEXTS)) {
    it(`T135 is refused to those who were invited, in their language (${language})`, async () => {
      const browser = new HttpBrowser(vestibule.issuer, vestibule.settings.port, language);
      const page = await openLink(browser, await invitation());
      await expectRefusal((password) => choosePassword(browser, page, password), words);
    });
  }

  it("T135 is refused on the account page", async () => {
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/password", { user });
    await expectRefusal((newPassword) =>
      send(browser, page, { currentPassword: user.password, newPassword }),
    );
  });

  it("T135 is refused in place of one that has expired", async () => {
    await vestibule.services.administration.users.expirePassword(await found(), TESTER);
    travel(2 * SECOND);
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    expect(pageName(page)).to.equal("new-password");
    await expectRefusal((newPassword) => sendForm(browser, page, { newPassword }));
  });

  it("T135 is refused to an operator who sets it for a user or adds one with it", async () => {
    const { administration } = vestibule.services;
    const access = { password: new Secret(BREACHED), by: TESTER, office: vestibule.office };
    const existing = await found();
    const outcomes = await Promise.allSettled([
      makeUser(vestibule.services, vestibule.office, { password: BREACHED }),
      administration.users.changePassword(existing, access),
    ]);
    expect(
      outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : "done")),
    ).to.deep.equal(
      Array.from(
        { length: 2 },
        () => "Error: The password appeared in a known data breach. Choose another one.",
      ),
    );
  });

  it("T135 is not told to the service when our own rules refuse it already, nor when it is only entered", async () => {
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/password", { user });
    const choose = (newPassword: string) =>
      send(browser, page, { currentPassword: user.password, newPassword });
    expect((await choose("password1234")).body).to.contain("too easy to guess");
    expect((await choose("short")).status).to.equal(400);
    expect(hasCode(await passPassword(vestibule.browser(), vestibule.application, user))).to.equal(true);
    expect(service.requests).to.deep.equal([]);
  });

  it("T135 is taken while the service is away", async () => {
    service.answer((response) => response.writeHead(500).end());
    const browser = vestibule.browser();
    const page = await openLink(browser, await linkFor(vestibule, user, mail));
    expect((await choosePassword(browser, page, BREACHED)).body).to.contain("Your password has been changed");
  });

  it("T135 T108 leaves neither password nor hash in the log, whatever the service does", async () => {
    const server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "trace" });
    const answers = [null, (response: { destroy(): unknown }) => response.destroy()];
    for (const answer of answers) {
      service.answer(answer);
      const browser = new HttpBrowser(vestibule.issuer, server.port);
      const page = await openLink(browser, await linkFor(vestibule, user, mail));
      await follow(browser, await choosePassword(browser, page, BREACHED));
    }
    await server.stop();
    const log = server.log().toLowerCase();
    expect(log.match(/could not be compared with known breaches/g)).to.have.length(1);
    expect(service.requests).to.have.length(2);
    for (const secret of [BREACHED, sha1(BREACHED), sha1(BREACHED).slice(5), sha1(BREACHED).slice(0, 5)]) {
      expect(log).to.not.contain(secret.toLowerCase());
    }
  });
});

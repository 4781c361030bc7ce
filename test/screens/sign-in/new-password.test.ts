import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { TESTER, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import {
  giveApp,
  hasCode,
  makeStrictOffice,
  pageName,
  passPassword,
  sendForm,
  sibling,
  type TestApp,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { aliveAmong, tokensFor } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("an expired password", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application } = vestibule;
  let user: TestUser;
  let app: TestApp;
  beforeEach(async () => {
    user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services), {
      mail: "expired@mail.example",
    });
    app = await giveApp(vestibule.services, user);
  });

  async function expire(): Promise<void> {
    const found = await vestibule.services.users.findByUsername(user.office.id, user.username);
    if (found === null) {
      throw new Error("The user is gone.");
    }
    await vestibule.services.administration.users.expirePassword(found, TESTER);
    travel(2 * SECOND);
  }
  const signedIn = async (password = user.password) => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, { ...user, password });
    return { browser, page: await sendForm(browser, page, { code: totpNow(app.secret) }) };
  };
  const hash = async () =>
    (await asOwner(vestibule.database, "select password_hash from users where id = $1", [user.id]))[0];
  const problem = ({ status, body }: Page) => [
    status,
    /<p class="wrong"[^>]*>.*?<span>(.*?)<\/span>/.exec(body)?.[1],
  ];

  it("makes way for a new one, after the code, and then the application gets its answer", async () => {
    await expire();
    const { browser, page } = await signedIn();
    expect(pageName(page)).to.equal("new-password");
    expect(hasCode(await sendForm(browser, page, { newPassword: NEW }))).to.equal(true);
    travel(31 * SECOND);
    expect(hasCode((await signedIn(NEW)).page), "the next time").to.equal(true);
    expect((await passPassword(vestibule.browser(), application, user)).status, "the old one").to.equal(400);
    const mails = await mailsTo(vestibule, "expired@mail.example");
    expect(mails.map(({ subject }) => subject)).to.include("Your password was changed");
  });

  it("does not let a user who knows it alone choose another", async () => {
    await expire();
    const before = await hash();
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(pageName(page)).to.equal("challenge-totp");
    const sent = await sendForm(
      browser,
      { ...page, body: page.body.replaceAll("challenge-totp", "new-password") },
      { newPassword: NEW },
    );
    expect(pageName(sent)).to.equal("challenge-totp");
    expect((await browser.get(sibling(page, "new-password"))).location).to.match(/challenge-totp$/);
    expect(await hash()).to.deep.equal(before);
  });

  it("T2 makes way only for a good one, and never for itself", async () => {
    await expire();
    const before = await hash();
    const { browser, page } = await signedIn();
    expect(problem(await sendForm(browser, page, { newPassword: "short" }))).to.deep.equal([
      400,
      "The password must have at least 12 characters.",
    ]);
    expect(problem(await sendForm(browser, page, { newPassword: "password12345" }))[1]).to.match(/too easy/);
    expect(problem(await sendForm(browser, page, { newPassword: user.password }))[1]).to.match(
      /current password/,
    );
    expect(await hash()).to.deep.equal(before);
    expect(hasCode(await sendForm(browser, page, { newPassword: NEW }))).to.equal(true);
  });

  it("is replaced once by two tabs at the same moment", async () => {
    await expire();
    const { browser, page } = await signedIn();
    const sent = await Promise.all(
      ["one", "two"].map((word) => sendForm(browser.copy(), page, { newPassword: `${NEW}-${word}` })),
    );
    expect(sent.filter(hasCode).length).to.be.at.least(1);
    const events = await asOwner(
      vestibule.database,
      "select from audit_events where type = 'password.changed' and subject = $1",
      [user.id],
    );
    expect(events).to.have.length(1);
  });

  it("T2 is one that an attacker would guess as well: it is right, and makes way after the code", async () => {
    const { services, database } = vestibule;
    const common = "Password1";
    const hashed = await services.hasher.hash(common);
    await asOwner(database, "update users set password_hash = $2 where id = $1", [user.id, hashed]);
    const { browser, page } = await signedIn(common);
    expect(pageName(page)).to.equal("new-password");
    expect(page.body).to.contain("many people use the same password");
    expect(hasCode(await sendForm(browser, page, { newPassword: NEW }))).to.equal(true);
    travel(31 * SECOND);
    expect(hasCode((await signedIn(NEW)).page), "the next time").to.equal(true);
    const events = await asOwner(
      database,
      "select actor, details from audit_events where type = 'password.expired' and subject = $1",
      [user.id],
    );
    expect(events).to.deep.equal([{ actor: "vestibule", details: { common: true } }]);
  });

  it("T63 ends what was signed in with it", async () => {
    const office = await makeOffice(vestibule.services);
    user = await makeUser(vestibule.services, office);
    const tokens = await tokensFor(vestibule.browser(), application, user);
    await expire();
    expect(await aliveAmong(vestibule.browser(), application, [tokens])).to.deep.equal([]);
  });
});

import { expect } from "chai";
import { NO_CONTACT } from "../../src/kernel/support-contact.ts";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { askForLink, mailsTo } from "../support/mailbox.ts";
import { BY_HAND } from "../support/outbox.ts";
import { makeApplication, makeOffice, makeUser, type TestOffice, type TestUser } from "../support/people.ts";
import { authorizationRequest, openSignIn, sendPassword } from "../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  makeStrictOffice,
  pageName,
  passPassword,
  REQUIRED,
  sibling,
} from "../support/second-factor.ts";
import { plain } from "../support/console.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const OURS = "help@installation.example";
const THEIRS = "+31 20 123 45 67";

/** What a page says of support; empty without it. */
const contactOn = ({ body }: Page): string =>
  (/<aside class="support".*?<\/aside>/s.exec(body)?.[0] ?? "").replaceAll(/\s+/g, " ");

describe("the support contact (T148)", () => {
  const vestibule = useVestibule({
    settings: { ...BY_HAND, VESTIBULE_SUPPORT_EMAIL: OURS, VESTIBULE_SUPPORT_HOURS: "Mon-Fri <9-17>" },
    application: {},
  });
  const { database, services } = vestibule;
  let office: TestOffice;
  let user: TestUser;
  let browser: HttpBrowser;
  beforeEach(async () => {
    office = await makeStrictOffice(services);
    user = await makeUser(services, office);
    browser = vestibule.browser();
  });

  const freeze = ({ id }: TestUser) =>
    asOwner(
      database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success) select home_of(office_id), office_id, id, 0, 60 from users where id = $1
       on conflict (home, office_id, user_id) do update set failed_since_success = 60`,
      [id],
    );
  const frozenPage = async (person: TestUser): Promise<Page> => {
    await giveApp(services, person);
    await freeze(person);
    return passPassword(vestibule.browser(), vestibule.application, person);
  };
  const giveOwn = () =>
    changeOffice(services, office, {
      support: { ...NO_CONTACT, phone: THEIRS, url: "https://help.noord.example/chat" },
    });

  it("stands on a page that tells its reader to ask, with what can be pressed, and is escaped", async () => {
    const page = await frozenPage(user);
    expect(page.body).to.contain("Ask the superuser of your office to reset your second factor.");
    expect(contactOn(page))
      .to.contain(`<a href="mailto:${OURS}">${OURS}</a>`)
      .and.contain("Mon-Fri &lt;9-17&gt;")
      .and.contain("If your office cannot help you");
  });

  it("is the office's own where it has one, and not on a page that asks nothing", async () => {
    await giveOwn();
    const page = await frozenPage(user);
    expect(contactOn(page))
      .to.contain('<a href="tel:+31201234567">+31 20 123 45 67</a>')
      .and.contain('href="https://help.noord.example/chat"')
      .and.not.contain(OURS);
    const code = await makeUser(services, office);
    await giveApp(services, code);
    expect(contactOn(await passPassword(browser, vestibule.application, code))).to.equal("");
  });

  it("is on the pages of the recovery code, of the closed enrolment and of the enrolment code too", async () => {
    await giveApp(services, user);
    const challenge = await passPassword(browser, vestibule.application, user);
    expect(contactOn(await browser.get(sibling(challenge, "recovery-code")))).to.contain(OURS);
    const late = await makeUser(services, office);
    await asOwner(database, "update users set created_at = now() - interval '90 days' where id = $1", [
      late.id,
    ]);
    await changeOffice(services, office, { secondFactor: { ...REQUIRED, from: new Date("2020-01-01") } });
    await asOwner(database, "update offices set second_factor_since = '2020-01-01' where id = $1", [
      office.id,
    ]);
    const closed = await passPassword(vestibule.browser(), vestibule.application, late);
    expect(pageName(closed)).to.equal("enrolment-closed");
    expect(contactOn(closed)).to.contain(OURS);
  });

  it("never sends a superuser to himself: another superuser is named, or support where there is none", async () => {
    const gina = await makeUser(services, office, { role: "superuser" });
    const alone = await frozenPage(gina);
    expect(alone.body)
      .to.contain("Ask support to reset your second factor.")
      .and.not.contain("superuser of your office");
    expect(contactOn(alone)).to.contain("Contact support:");
    await asOwner(database, "update users set role = 'superuser' where id = $1", [user.id]);
    const page = await frozenPage(gina);
    expect(page.body).to.contain("Ask another superuser of your office to reset your second factor.");
    await asOwner(database, "update users set status = 'disabled' where id = $1", [user.id]);
    expect((await frozenPage(gina)).body).to.contain("Ask support to reset");
  });

  it("of an office is told to those only who gave a right password, or whose office the server knows", async () => {
    await giveOwn();
    const unknown = { officeCode: "NO-SUCH-OFFICE", username: "anna" };
    const known = { officeCode: office.code, username: user.username };
    const [one, other] = [
      await askForLink(vestibule.browser(), known),
      await askForLink(vestibule.browser(), unknown),
    ];
    expect(contactOn(one)).to.contain(OURS).and.not.contain(THEIRS);
    expect(plain(one)).to.equal(plain(other));
    const tried = async (names: typeof known) => {
      const page = await openSignIn(browser, authorizationRequest(browser.issuer, vestibule.application));
      return contactOn(await sendPassword(browser, page, { ...names, password: "wrong" }));
    };
    expect(await tried(known)).to.equal(await tried(unknown));
    await vestibule.browser().get(`/o/${office.code}`);
    const linked = vestibule.browser();
    await linked.get(`/o/${office.code}`);
    expect(contactOn(await askForLink(linked, unknown)), "in a browser that has opened its link").to.contain(
      THEIRS,
    );
  });

  it("is on an error page that sends its reader to the application's support, and not on others", async () => {
    const request = authorizationRequest(browser.issuer, { ...vestibule.application, id: "unknown" });
    expect(contactOn(await browser.get(request.url))).to.contain(OURS);
    expect(contactOn(await browser.get("/nowhere"))).to.equal("");
  });

  it("is in a mail that tells its reader to ask, in text and in HTML, by the same rules", async () => {
    await giveOwn();
    const mail = "gina@mail.example";
    const gina = await makeUser(services, office, { role: "superuser", mail });
    await services.database.inOffice(office.id, (tx) =>
      services.messages.notices.send(
        tx,
        { id: gina.id, officeId: office.id, name: "Gina", mail, language: "en" },
        "passwordReset",
        {},
      ),
    );
    const [sent] = await mailsTo(vestibule, mail);
    expect(sent?.text)
      .to.contain("Tell support right away.")
      .and.contain(`Phone: ${THEIRS}`)
      .and.not.contain(OURS);
  });
});

describe("without any support contact", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });

  it("a page says where support is found in a neutral sentence", async () => {
    const office = await makeOffice(vestibule.services);
    const application = await makeApplication(vestibule.services, {}, office.id);
    const browser = vestibule.browser();
    await openSignIn(browser, authorizationRequest(browser.issuer, application));
    const sent = await askForLink(browser, { officeCode: office.code, username: "anna" });
    expect(contactOn(sent)).to.contain(
      "contact the support team of the application that you want to sign in to",
    );
  });
});

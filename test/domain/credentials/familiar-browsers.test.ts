import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { FLOODS, guess, TRIES_OF_OFFICE } from "../../support/flood.ts";
import { openGuesser, type Verdict } from "../../support/guesser.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { choosePassword, linkFor, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, PASSWORD, type TestUser } from "../../support/people.ts";
import { follow, openSignIn, sendPassword, signIn } from "../../support/relying-party.ts";
import { statementsOf } from "../../support/statements.ts";
import { DAY, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";
const COOKIE = "vestibule-browser";

describe("a browser that is familiar to an account", () => {
  const vestibule = useVestibule({
    settings: { ...BY_HAND, VESTIBULE_GUARD_OFFICE_TRIES: String(TRIES_OF_OFFICE) },
    office: {},
    application: {},
  });
  const { services } = vestibule;
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `owner${String(made)}@mail.example`;
    user = await makeUser(services, vestibule.office, { mail });
  });

  /** Signs in, and ends the session. */
  async function signInAs(browser: HttpBrowser, who = user): Promise<void> {
    await signIn(browser, vestibule.request(), who);
    browser.forget("vestibule-session");
  }
  async function newBrowser(): Promise<HttpBrowser> {
    const browser = vestibule.browser();
    await signInAs(browser);
    return browser;
  }
  /** Whether the right password gets past a stranger who has filled the account's counter. */
  async function isFamiliar(browser: HttpBrowser, who = user): Promise<boolean> {
    await FLOODS["the account, from many addresses"](services, who);
    const guesser = await openGuesser(browser, vestibule.application);
    const { office, username, password } = who;
    return (await guesser.guess({ officeCode: office.code, username, password })) === "right";
  }
  /** Wrong passwords in a browser until no more is looked at. */
  async function guessIn(browser: HttpBrowser): Promise<number> {
    const guesser = await openGuesser(browser, vestibule.application);
    const typed = { officeCode: user.office.code, username: user.username };
    let verdict: Verdict = "wrong";
    let looked = 0;
    for (; verdict === "wrong" && looked < 50; looked += 1) {
      verdict = await guesser.guess({ ...typed, password: `guess ${String(made)} ${String(looked)}` });
    }
    return looked - 1;
  }
  const valueOf = (browser: HttpBrowser) =>
    browser.cookies().find(({ name }) => name === COOKIE)?.value ?? "";
  const countRows = async () => {
    const text = "select count(*)::integer as count from familiar_browsers where user_id = $1";
    return (await asOwner<{ count: number }>(vestibule.database, text, [user.id]))[0]?.count;
  };

  it("T138 gets another token at each sign-in, and a copy of the one before is worth nothing", async () => {
    const browser = await newBrowser();
    const stolen = browser.copy();
    await signInAs(browser);
    expect(valueOf(browser)).to.not.equal(valueOf(stolen));
    expect(await isFamiliar(stolen), "the copy").to.equal(false);
    expect(await isFamiliar(browser), "the owner's").to.equal(true);
    expect(await countRows()).to.equal(1);
  });

  it("T138 never keeps a token that was there before its first sign-in", async () => {
    const attacker = await newBrowser();
    const browser = attacker.copy();
    const colleague = await makeUser(services, vestibule.office);
    await signInAs(browser, colleague);
    expect(await isFamiliar(browser, colleague)).to.equal(true);
    expect(await isFamiliar(attacker, colleague), "whose token was planted").to.equal(false);
  });

  it("T138 stays familiar for half a year after each sign-in, not after the first", async () => {
    const browser = await newBrowser();
    travel(100 * DAY);
    await signInAs(browser);
    travel(100 * DAY);
    expect(await isFamiliar(browser)).to.equal(true);
    travel(181 * DAY);
    await asOwner(vestibule.database, "delete from rate_limits");
    expect(await isFamiliar(browser), "unused for half a year").to.equal(false);
  });

  it("T138 stays familiar when sign-ins end in several tabs at the same moment", async () => {
    const browser = await newBrowser();
    const tabs = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const page = await openSignIn(browser, vestibule.request());
        return { page, tab: browser.copy() };
      }),
    );
    const { username, password, office } = user;
    await Promise.all(
      tabs.map(async ({ page, tab }) =>
        follow(tab, await sendPassword(tab, page, { officeCode: office.code, username, password })),
      ),
    );
    // Each of the four answers may be the last that the browser gets.
    for (const { tab } of tabs) {
      tab.forget("vestibule-session");
      expect(await isFamiliar(tab)).to.equal(true);
    }
    expect(await isFamiliar(browser), "the token before").to.equal(false);
  });

  it("T138 costs a sign-in no statement of its own", async () => {
    const browser = await newBrowser();
    const statements = await statementsOf(() => signInAs(browser));
    expect(statements.filter((name) => name.startsWith("familiar"))).to.deep.equal([]);
    expect(statements.filter((name) => name === "sign_in_begin_with_password")).to.have.lengthOf(1);
  });

  it("T138 is familiar to each of the users who share it", async () => {
    const colleagues = [
      user,
      await makeUser(services, vestibule.office),
      await makeUser(services, vestibule.office),
    ];
    const browser = vestibule.browser();
    for (const who of [...colleagues, ...colleagues]) {
      await signInAs(browser, who);
    }
    for (const who of colleagues) {
      expect(await isFamiliar(browser, who), who.username).to.equal(true);
    }
    expect(valueOf(browser).split(".")).to.have.length(3);
  });

  it("T124 is one of twenty at most, the newest", async () => {
    const [first] = [await newBrowser(), await newBrowser()];
    const second = await newBrowser();
    for (let others = 0; others < 19; others += 1) {
      await newBrowser();
    }
    expect(await countRows()).to.equal(20);
    expect(await isFamiliar(first), "the first").to.equal(false);
    expect(await isFamiliar(second), "the third").to.equal(true);
  });

  it("T124 has no more tries than a stranger, and its own", async () => {
    const browser = await newBrowser();
    expect(await guessIn(browser)).to.equal(10);
    expect((await guess(services, user)).type, "a stranger").to.equal("wrong");
  });

  it("T124 shares its tries with all others that knew the password before", async () => {
    const browsers = [await newBrowser(), await newBrowser(), await newBrowser()];
    const desk = vestibule.browser();
    await choosePassword(desk, await openLink(desk, await linkFor(vestibule, user, mail)), NEW);
    const looked = [];
    for (const browser of browsers) {
      looked.push(await guessIn(browser));
    }
    expect(looked).to.deep.equal([10, 0, 0]);
    expect(await isFamiliar(desk, { ...user, password: NEW }), "where the password was chosen").to.equal(
      true,
    );
  });

  it("T124 is none for opening a link without choosing a password", async () => {
    const browser = vestibule.browser();
    const link = await linkFor(vestibule, user, mail);
    await openLink(browser, link);
    const refused = await choosePassword(browser, await openLink(browser, link), "short");
    expect(refused.status).to.equal(400);
    expect(await countRows()).to.equal(0);
    expect(valueOf(browser)).to.equal("");
    expect(await isFamiliar(browser)).to.equal(false);
  });

  it("T124 is none for a right password whose sign-in does not end", async () => {
    await asOwner(vestibule.database, "update users set password_expired = true where id = $1", [user.id]);
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { office, username } = user;
    await sendPassword(browser, page, { officeCode: office.code, username, password: PASSWORD });
    expect(await countRows()).to.equal(0);
    expect(valueOf(browser)).to.equal("");
  });
});

import { expect } from "chai";
import { App, openAccount } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, makeSmsOffice } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  changeOffice,
  clearGuard,
  giveApp,
  guardOf,
  hasCode,
  keyOf,
  makeStrictUser,
  passPassword,
  sendForm,
  sibling,
  wrongCode,
} from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { STEP, totpAt, totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const EXPIRED = "That code has expired. Enter the one shown now.";
const CLOCK = "The clock on your phone may be wrong";

/** A code of some steps before or after now; a step may end meanwhile. */
const codeOf = (secret: string, steps: number) => totpAt(secret, Date.now() / 1000 + steps * STEP);

describe("a code of the authenticator app at the wrong time", () => {
  const world = useVestibule({ settings: BY_HAND, application: {} });
  const { services, application } = world;

  interface Place {
    readonly user: TestUser;
    readonly browser: HttpBrowser;
    readonly page: Page;
    readonly secret: string;
  }

  async function atChallenge(): Promise<Place> {
    const user = await makeStrictUser(services);
    const { secret } = await giveApp(services, user);
    const browser = world.browser();
    return { user, browser, page: await passPassword(browser, application, user), secret };
  }

  /** Every page that takes a code of an app. */
  const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
    "the sign-in": atChallenge,
    "the page that replaces a number": async () => {
      const office = await makeSmsOffice(services);
      const user = await makeUser(services, office);
      const { secret } = await giveApp(services, user);
      await giveNumber(services, user);
      const secondFactor = { demand: "required", from: null, methods: ["sms"] } as const;
      await changeOffice(services, office, { secondFactor });
      const browser = world.browser();
      const challenge = await passPassword(browser, application, user);
      return { user, browser, page: await browser.get(sibling(challenge, "replace-number")), secret };
    },
    "the set-up of an app": async () => {
      const user = await makeStrictUser(services);
      const browser = world.browser();
      const page = await passPassword(browser, application, user);
      return { user, browser, page, secret: keyOf(page) };
    },
    "the account": async () => {
      const user = await makeStrictUser(services);
      const { secret } = await giveApp(services, user);
      const browser = world.browser();
      const page = await openAccount(browser, "/account/app", { user, app: new App(secret) });
      return { user, browser, page, secret: keyOf(page) };
    },
  };

  /** A page to the byte, without what is new each time. */
  const bytesOf = ({ status, headers, body }: Page) => ({
    status,
    names: Object.keys(headers).sort(),
    body: body.replace(/(name="_csrf" value|nonce)="[^"]*"/g, "$1").replace(/>#?[\w-]{16,}</g, "><"),
  });

  const traceOf = async (user: TestUser) => ({
    guard: await guardOf(world, user),
    event: await asOwner(
      world.database,
      `select type, outcome, details from audit_events where subject = $1 order by id desc limit 1`,
      [user.id],
    ),
  });

  for (const [place, open] of Object.entries(PLACES)) {
    it(`T127 is on ${place} answered like a wrong one, to the byte, when it is of the future`, async () => {
      const { user, browser, page, secret } = await open();
      const wrong = await sendForm(browser, page, { code: wrongCode(secret) });
      expect(wrong.status).to.equal(400);
      const afterWrong = await traceOf(user);
      for (const steps of [3, 10, 19]) {
        await clearGuard(world, user);
        const future = await sendForm(browser, page, { code: codeOf(secret, steps) });
        expect(bytesOf(future), String(steps)).to.deep.equal(bytesOf(wrong));
        expect(await traceOf(user), String(steps)).to.deep.equal(afterWrong);
      }
    });

    it(`T127 is on ${place} called expired, at the cost of a try, and the second time in a row the phone's clock is named`, async () => {
      const { user, browser, page, secret } = await open();
      const first = await sendForm(browser, page, { code: codeOf(secret, -4) });
      expect(first.status).to.equal(400);
      expect(first.body).to.include(EXPIRED).and.not.include(CLOCK);
      const second = await sendForm(browser, page, { code: codeOf(secret, -5) });
      expect(second.body).to.include(EXPIRED).and.include(CLOCK);
      expect(await guardOf(world, user)).to.include({ failed_attempts: 2, failed_since_success: 2 });
    });
  }

  describe("on the sign-in", () => {
    const place = useFresh(atChallenge);
    const type = (code: string) => sendForm(place.browser, place.page, { code });
    const expired = (steps: number) => type(codeOf(place.secret, steps));
    /** As if it were the first try; what was typed last is still known. */
    const forgetFailedAttempts = () =>
      asOwner(world.database, "update second_factor_guard set failed_attempts = 0, blocked_until = null");

    it("names the clock for a row only: not after a wrong code, and not after a right one", async () => {
      await expired(-4);
      await type(wrongCode(place.secret));
      await forgetFailedAttempts();
      expect((await expired(-5)).body)
        .to.include(EXPIRED)
        .and.not.include(CLOCK);
      expect(hasCode(await type(totpNow(place.secret)))).to.equal(true);
      const browser = world.browser();
      const page = await passPassword(browser, application, place.user);
      const later = await sendForm(browser, page, { code: codeOf(place.secret, -6) });
      expect(later.body).to.include(EXPIRED).and.not.include(CLOCK);
    });

    it("names the clock for every further one of the row", async () => {
      await expired(-4);
      await expired(-5);
      await forgetFailedAttempts();
      expect((await expired(-6)).body).to.include(CLOCK);
    });
  });

  it("does not begin a row with the set-up of an app that worked in the end", async () => {
    const user = await makeStrictUser(services);
    const browser = world.browser();
    const setUp = await passPassword(browser, application, user);
    const secret = keyOf(setUp);
    expect((await sendForm(browser, setUp, { code: codeOf(secret, -4) })).body).to.include(EXPIRED);
    await sendForm(browser, setUp, { code: totpNow(secret) });
    const again = world.browser();
    const challenge = await passPassword(again, application, user);
    const page = await sendForm(again, challenge, { code: codeOf(secret, -5) });
    expect(page.body).to.include(EXPIRED).and.not.include(CLOCK);
  });
});

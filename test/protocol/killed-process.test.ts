import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser, type Page } from "../support/http-browser.ts";
import { startOtherProcess } from "../support/other-process.ts";
import { seeded } from "../support/seeded.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { follow, openSignIn, redeem, sendPassword, type Request } from "../support/relying-party.ts";
import { refresh, tokensOf, userinfo, type Tokens } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { HALF_DONE } from "../support/half-done.ts";

const ROUNDS = 4;
const PEOPLE = 6;
/** So that some moments are early, while passwords are looked at, and some late, while tokens are changed. */
const MORE_EACH_ROUND = 30;

const random = seeded();
/** Answers of the server that is killed, so far. */
let answers = 0;
/** So often a client rests after an answer, and asks for nothing more before the end. */
const RESTS = 0.15;
const REFRESHES = 20;

/** One sign-in at the server that is killed, with what it has answered. */
interface Trip {
  readonly browser: HttpBrowser;
  readonly request: Request;
  page?: Page;
  password?: Page;
  redirect?: URL;
  /** The last ones. */
  tokens?: Tokens;
  /** Whether something was asked for that is not answered; that may be done or not. */
  isWaiting: boolean;
}

describe("kill -9 in the middle of sign-ins", () => {
  const vestibule = useVestibule({ office: {}, application: {} });
  const { application } = vestibule;
  let users: TestUser[];

  before(async () => {
    users = await Promise.all(
      Array.from({ length: PEOPLE }, () => makeUser(vestibule.services, vestibule.office)),
    );
  });

  it(`keeps what was answered, and leaves nothing half done, whenever it happens (seed ${String(random.seed)})`, async function () {
    this.timeout(120_000);
    const cutOff: Trip[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked = Math.ceil((round + random.next()) * MORE_EACH_ROUND);
      const trips = await tripsAtKilledProcess(asked);
      const label = `round ${String(round)}, killed after ${String(asked)} answers`;
      expect(await halfDone(), label).to.be.empty;
      await Promise.all(trips.map((trip) => expectAnsweredIsKept(trip, label)));
      cutOff.push(...trips.filter(({ isWaiting }) => isWaiting));
    }
    expect(cutOff, "sign-ins that were cut off").to.not.be.empty;
  });

  /** Every user signs in at one process again and again, until it is killed. */
  async function tripsAtKilledProcess(enough: number): Promise<Trip[]> {
    const victim = await startOtherProcess(vestibule);
    const trips: Trip[] = [];
    const before = answers;
    const all = Promise.allSettled(
      users.map(async (user) => {
        for (;;) {
          const browser = new HttpBrowser(vestibule.issuer, victim.port);
          const request = vestibule.request();
          const trip: Trip = { browser, request, isWaiting: false };
          trips.push(trip);
          await walk(trip, user);
        }
      }),
    );
    await eventually(
      () => Promise.resolve(answers),
      (count) => count >= before + enough,
      { everyMs: 1 },
    );
    await victim.kill();
    (await all).forEach((end) => {
      expect(end.status === "rejected" ? String(end.reason) : end.status).to.match(LOST_CONNECTION);
    });
    return trips;
  }

  async function walk(trip: Trip, user: TestUser): Promise<void> {
    const { browser, request } = trip;
    const { username, password, office } = user;
    const page = (trip.page = await answered(trip, openSignIn(browser, request)));
    if (rests()) {
      return;
    }
    const typed = { officeCode: office.code, username, password };
    const sent = (trip.password = await answered(trip, sendPassword(browser, page, typed)));
    if (rests()) {
      return;
    }
    const redirect = new URL((await answered(trip, follow(browser, sent))).location);
    trip.redirect = redirect;
    if (rests()) {
      return;
    }
    let tokens = tokensOf(await answered(trip, redeem(browser, application, { redirect, request })));
    trip.tokens = tokens;
    for (let time = 0; time < REFRESHES && !rests(); time += 1) {
      tokens = tokensOf(await answered(trip, refresh(browser, application, tokens.refresh)));
      trip.tokens = tokens;
    }
  }

  /** Goes on at the process that is still there, from the last answer. */
  async function expectAnsweredIsKept(trip: Trip, label: string): Promise<void> {
    const { request, page, password, redirect, tokens, isWaiting } = trip;
    const browser = trip.browser.copy(vestibule.settings.port);
    if (tokens !== undefined) {
      expect((await userinfo(browser, tokens.access)).status, `${label}: access token`).to.equal(200);
      const { status } = await refresh(browser, application, tokens.refresh);
      expect(status, `${label}: refresh`).to.be.oneOf(isWaiting ? [200, 400] : [200]);
      return;
    }
    if (redirect !== undefined) {
      const { status } = await redeem(browser, application, { redirect, request });
      expect(status, `${label}: code`).to.be.oneOf(isWaiting ? [200, 400] : [200]);
      return;
    }
    if (password !== undefined) {
      const next = await follow(browser, password);
      const outcomes = isWaiting ? /\/cb\?code=|has expired/ : /\/cb\?code=/;
      expect(next.location || next.body, `${label}: password`).to.match(outcomes);
      return;
    }
    if (page !== undefined) {
      const { status } = await browser.get(page.url);
      expect(status, `${label}: page`).to.be.oneOf(isWaiting ? [200, 303] : [200]);
    }
  }

  const halfDone = () => asOwner(vestibule.database, HALF_DONE);
});

const LOST_CONNECTION = /ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|aborted/;

const rests = () => random.next() < RESTS;

async function answered<T>(trip: Trip, asked: Promise<T>): Promise<T> {
  trip.isWaiting = true;
  const answer = await asked;
  answers += 1;
  trip.isWaiting = false;
  return answer;
}

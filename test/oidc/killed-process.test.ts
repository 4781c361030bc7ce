import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { HttpBrowser, type Page } from "../support/http-browser.ts";
import { startOtherProcess } from "../support/other-process.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import {
  authorizationRequest,
  follow,
  openSignIn,
  redeem,
  sendPassword,
  type Request,
} from "../support/relying-party.ts";
import { refresh, tokensOf, userinfo, type Tokens } from "../support/tokens.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

const ROUNDS = 4;
const PEOPLE = 6;
const LONGEST_LIFE_MS = 600;

/** One sign-in at the server that is killed: what it answered, and what was asked last. */
interface Trip {
  readonly browser: HttpBrowser;
  readonly request: Request;
  page?: Page;
  password?: Page;
  redirect?: URL;
  tokens?: Tokens;
  refreshed?: Tokens;
  asked: Step;
  isOver: boolean;
}
type Step = "page" | "password" | "redirect" | "tokens" | "refreshed";

describe("kill -9 in the middle of sign-ins", () => {
  let vestibule: TestVestibule;
  let application: TestApplication;
  let users: TestUser[];
  const survivor = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);

  before(async () => {
    vestibule = await startVestibule({ VESTIBULE_PASSWORD_CONCURRENCY: "4" });
    const office = await makeOffice(vestibule.services);
    users = await Promise.all(Array.from({ length: PEOPLE }, () => makeUser(vestibule.services, office)));
    application = await makeApplication(vestibule.services);
  });
  after(() => vestibule.stop());

  it("keeps what was answered, and nothing is half done, whenever it happens", async function () {
    this.timeout(60_000);
    const cutOff: Trip[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const life = Math.round(Math.random() * LONGEST_LIFE_MS);
      const trips = await tripsAtKilledProcess(life);
      const told = `round ${String(round)}, killed after ${String(life)} ms`;
      await expectNothingHalfDone(told);
      for (const trip of trips) {
        await expectAnsweredIsKept(trip, `${told}, asked for ${trip.asked}`);
      }
      cutOff.push(...trips.filter(({ isOver }) => !isOver));
    }
    expect(cutOff, "sign-ins that were cut off").to.not.be.empty;
  });

  /** Everybody signs in at one process again and again, until it is killed. */
  async function tripsAtKilledProcess(life: number): Promise<Trip[]> {
    const victim = await startOtherProcess(vestibule);
    const trips: Trip[] = [];
    const walks = users.map(async (user) => {
      for (;;) {
        const browser = new HttpBrowser(vestibule.issuer, victim.port);
        const request = authorizationRequest(vestibule.issuer, application);
        const trip: Trip = { browser, request, asked: "page", isOver: false };
        trips.push(trip);
        await walk(trip, user);
      }
    });
    await wait(life);
    await victim.kill();
    const ends = await Promise.allSettled(walks);
    ends.forEach((end) => expect(end.status === "rejected" && lostConnection(end.reason)).to.equal(true));
    return trips;
  }

  async function walk(trip: Trip, user: TestUser): Promise<void> {
    const { browser, request } = trip;
    trip.page = await openSignIn(browser, request);
    trip.asked = "password";
    const { username, password, office } = user;
    trip.password = await sendPassword(browser, trip.page, { officeCode: office.code, username, password });
    trip.asked = "redirect";
    trip.redirect = new URL((await follow(browser, trip.password)).location);
    trip.asked = "tokens";
    trip.tokens = tokensOf(await redeem(browser, application, { redirect: trip.redirect, request }));
    trip.asked = "refreshed";
    trip.refreshed = tokensOf(await refresh(browser, application, trip.tokens.refresh));
    trip.isOver = true;
  }

  /** Goes on at the other process from the last answer. What was asked for and not answered may be done or not. */
  async function expectAnsweredIsKept(trip: Trip, told: string): Promise<void> {
    const { request, page, password, redirect, tokens, refreshed } = trip;
    const browser = trip.browser.copy(vestibule.settings.port);
    if (refreshed !== undefined) {
      expect((await userinfo(browser, refreshed.access)).status, told).to.equal(200);
      expect((await refresh(browser, application, refreshed.refresh)).status, told).to.equal(200);
    } else if (tokens !== undefined) {
      expect((await userinfo(browser, tokens.access)).status, told).to.equal(200);
      expect((await refresh(browser, application, tokens.refresh)).status, told).to.be.oneOf([200, 400]);
    } else if (redirect !== undefined) {
      const { status, body } = await redeem(browser, application, { redirect, request });
      expect(status === 200 ? "tokens" : body["error"], told).to.be.oneOf(["tokens", "invalid_grant"]);
    } else if (password !== undefined) {
      const next = await follow(browser, password);
      expect(next.location === "" ? next.body : next.location, told).to.match(/\/cb\?code=|has expired/);
    } else if (page !== undefined) {
      expect((await browser.get(page.url)).status, told).to.be.oneOf([200, 303]);
    }
  }

  /** A code is spent if and only if its tokens are there; a refresh token is spent if and only if its successor is. */
  async function expectNothingHalfDone(told: string): Promise<void> {
    const torn = await asOwner<{ what: string }>(
      vestibule.database,
      `select 'code' as what from engine_models c where c.kind = 3 and (c.consumed_at is not null) <>
         exists (select from engine_models t where t.kind = 4 and t.grant_id = c.grant_id)
       union all
       select 'refresh token' from engine_models r where r.kind = 5
         group by r.grant_id having count(*) filter (where r.consumed_at is null) <> 1
       union all
       select 'token without its grant' from engine_models t where t.kind in (3, 4, 5) and not exists
         (select from engine_models g where g.kind = 0 and g.id = convert_to(t.grant_id, 'UTF8'))`,
    );
    expect(torn, told).to.be.empty;
  }
});

const lostConnection = (reason: unknown): boolean =>
  reason instanceof Error && /ECONNRESET|ECONNREFUSED|EPIPE|socket hang up/.test(`${reason.message}`);

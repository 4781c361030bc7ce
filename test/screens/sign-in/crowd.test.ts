import { expect } from "chai";
import { OidcModelStore } from "../../../src/protocol/models/oidc-model-store.ts";
import { SignInStore } from "../../../src/screens/sign-in/sign-in-store.ts";
import { watchArgon2 } from "../../support/argon2-jobs.ts";
import { COUNTERS } from "../../support/counters.ts";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { type Page } from "../../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  openSignIn,
  redeem,
  sendPassword,
} from "../../support/relying-party.ts";
import { expectSecured } from "../../support/secured.ts";
import { userinfo } from "../../support/tokens.ts";
import { AT_FULL_COST } from "../../support/test-settings.ts";
import { MOST_SIGN_INS } from "../../../src/protocol/sign-in-cookies.middleware.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { startServices } from "../../support/vestibule.ts";

const CONCURRENCY = 2;
const QUEUE = 100;
const MANY = 100_000;
/** More than the housekeeping takes at once, so that the test is short; it goes on until nothing is left. */
const BATCH = 10_000;

describe("two hundred people at once", function () {
  this.timeout(180_000);
  const vestibule = useVestibule({
    settings: { VESTIBULE_GUARD_ADDRESS_TRIES: "10000", VESTIBULE_GUARD_OFFICE_TRIES: "10000" },
    application: {},
  });

  it("T61 each get their own name, office and tokens", async () => {
    const people: TestUser[] = [];
    for (let index = 0; index < 5; index += 1) {
      const office = await makeOffice(vestibule.services, { name: `Office number ${String(index)}` });
      people.push(...(await makeCrowd(vestibule, await makeUser(vestibule.services, office), 10)));
    }
    const visits = Array.from({ length: 4 }, () => people).flat();
    expect(visits).to.have.length(200);
    const foreign = await makeApplication(vestibule.services, { name: "Foreign", firstParty: false });
    const visit = async (user: TestUser, index: number) => {
      // A quarter goes to an application whose page shows their name.
      const to = index % 4 === 0 ? foreign : vestibule.application;
      const browser = vestibule.browser();
      const asked = authorizationRequest(vestibule.issuer, to, {
        state: `state-${String(index)}`,
        nonce: user.id,
      });
      const page = await openSignIn(browser, asked);
      const { office, username, password } = user;
      const answer = await patiently(() =>
        sendPassword(browser, page, { officeCode: office.code, username, password }),
      );
      const last = await follow(browser, answer);
      if (to === foreign) {
        expect(last.body).to.contain(username).and.contain(office.name);
        expect(namesIn(last, people), "names on the page").to.deep.equal([username]);
        return;
      }
      const redirect = new URL(last.location);
      expect(redirect.searchParams.get("state")).to.equal(`state-${String(index)}`);
      const { body } = await redeem(browser, vestibule.application, { redirect, request: asked });
      expect(claimsOf(body["id_token"])).to.include({ sub: user.id, nonce: user.id });
      const claims = await userinfo(browser, String(body["access_token"]));
      expect(claims.body).to.include({ sub: user.id, preferred_username: `${username}@${office.code}` });
      expect(claims.body["office"]).to.deep.equal({ id: office.id, code: office.code, name: office.name });
    };
    await Promise.all(visits.map(visit));
  });
});

describe("very many people at once", function () {
  this.timeout(180_000);
  const vestibule = useVestibule({
    settings: {
      ...AT_FULL_COST,
      VESTIBULE_PASSWORD_CONCURRENCY: String(CONCURRENCY),
      VESTIBULE_PASSWORD_QUEUE: String(QUEUE),
      VESTIBULE_GUARD_ADDRESS_TRIES: "10000",
      VESTIBULE_GUARD_OFFICE_TRIES: "10000",
    },
    application: {},
  });

  const request = () => vestibule.request();

  const countOf = async (from: string) => {
    const text = `select count(*)::integer as count from ${from}`;
    return (await asOwner<{ count: number }>(vestibule.database, text))[0]?.count ?? -1;
  };
  /** Makes every row of a table older, for what goes by the database's clock. */
  const grow = (table: string, interval: string) =>
    asOwner(vestibule.database, `update ${table} set expires_at = expires_at - $1::interval`, [interval]);

  it("T115 hashes two passwords at a time, lets a hundred wait, and asks all others to come again", async () => {
    const office = await makeOffice(vestibule.services);
    const password = "x7#Lemon-".repeat(7) + "!";
    expect(password).to.have.length(64);
    const crowd = await makeCrowd(vestibule, await makeUser(vestibule.services, office, { password }), 100);
    const visits = Array.from({ length: 3 }, () => crowd).flat();
    const open = await inGroups(visits, 50, async (user) => {
      const browser = vestibule.browser();
      return { user, browser, page: await openSignIn(browser, request()) };
    });
    const watch = watchArgon2();
    // How many hashes were still to come when each look at the health was answered: order instead of time.
    const health: { status: number; unanswered: number }[] = [];
    let unanswered = open.length;
    const watching = (async () => {
      while (unanswered > 0) {
        const { status } = await vestibule.browser().get("/health/live");
        health.push({ status, unanswered });
      }
    })();
    const answers = await Promise.all(
      open.map(async ({ user: { username }, browser, page }) => {
        const answer = await sendPassword(browser, page, { officeCode: office.code, username, password });
        unanswered -= 1;
        return answer;
      }),
    );
    await watching;
    watch.stop();
    const right = answers.filter(({ status }) => status === 303);
    const busy = answers.filter(({ status }) => status === 503);
    expect(right.length + busy.length, "answers of either kind").to.equal(300);
    expect(watch.most, "at the same time").to.equal(CONCURRENCY);
    expect(watch.begun, "hashes").to.equal(right.length);
    expect(right.length).to.be.at.least(QUEUE);
    // How many exactly depends on how fast they come; that there are some, on the queue alone.
    expect(busy).to.not.be.empty;
    busy.slice(0, 20).forEach((page) => expectBusy(page));
    expect(health.filter(({ status }) => status !== 200)).to.be.empty;
    expect(health.filter(({ unanswered: left }) => left > 0).length, "looks in between").to.be.above(3);
  });

  it("T115 counts nobody as wrong who was asked to come again", async () => {
    const wrong = await countOf("audit_events where type in ('password.wrong', 'password.throttled')");
    expect(wrong).to.equal(0);
    expect(await countOf(`${COUNTERS} where used > 0`)).to.equal(0);
  });

  it("T116 forgets a hundred thousand sign-ins that nobody finishes, batch by batch", async () => {
    await vestibule.browser().get(request().url);
    const [model] = await asOwner<{ payload: unknown }>(
      vestibule.database,
      "select payload from oidc_models where kind = 2 limit 1",
    );
    // No server runs here, whose own housekeeping would come in between.
    const { services, database, stop } = await startServices();
    const count = async () => {
      const text = "select count(*)::integer as count from oidc_models where kind = 2";
      return (await asOwner<{ count: number }>(database, text))[0]?.count;
    };
    try {
      // As the requests above leave them; sending each would take minutes and show nothing else.
      await asOwner(
        database,
        `insert into oidc_models (home, kind, id, payload, uid, saved_at, expires_at)
         select n % 32768, 2, sha256(('waiting ' || n)::bytea), $2, 'waiting ' || n, now() - interval '61 minutes', now()
         from generate_series(1, $1::integer) n`,
        [MANY, model?.payload],
      );
      const store = new OidcModelStore(services.database, 1_000);
      await store.purge(100);
      expect(await count()).to.equal(MANY - 100);
      for (let batch = 1; batch <= MANY / BATCH; batch += 1) {
        expect(await count(), `before batch ${String(batch)}`).to.be.above(MANY - batch * BATCH - 1);
        await store.purge(BATCH);
      }
      expect(await count()).to.equal(0);
    } finally {
      await stop();
    }
    // The answer to the next one is as small and as quick to find as that to the first.
    expect((await vestibule.browser().get(request().url)).status).to.equal(303);
  });

  it("T116 forgets sign-ins that nobody finishes", async () => {
    const before = await countOf("oidc_models where kind = 2");
    const answers = await inGroups(Array.from({ length: 300 }), 50, () =>
      vestibule.browser().get(request().url),
    );
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([303]));
    expect(await countOf("oidc_models where kind = 2"), "waiting").to.equal(before + 300);
    expect(await countOf("oidc_models where kind = 1 and account_id is null"), "sessions of nobody").to.equal(
      0,
    );
    // A day longer than it is good for: a page that was left open can say where to go.
    const late = "oidc_models where kind = 2 and expires_at > saved_at + interval '25 hours 1 minute'";
    expect(await countOf(late), "without an end").to.equal(0);
    const store = new OidcModelStore(vestibule.services.database, 1_000);
    const waiting = await countOf("oidc_models where kind = 2");
    await store.purge(1_000);
    expect(await countOf("oidc_models where kind = 2"), "too early").to.equal(waiting);
    await grow("oidc_models", "25 hours 1 minute");
    for (let batch = 0; batch < 50; batch += 1) {
      await store.purge(100);
    }
    expect(await countOf("oidc_models where kind = 2"), "afterwards").to.equal(0);
  });

  it("T116 forgets what was proved in a sign-in that nobody finishes", async () => {
    const { database, hash, offices, secondFactor } = vestibule.services;
    expect(await countOf("sign_ins")).to.be.above(0);
    expect(await countOf("sign_ins where expires_at > created_at + interval '61 minutes'")).to.equal(0);
    await grow("sign_ins", "25 hours 1 minute");
    const store = new SignInStore({
      ...{ database, hash, offices, trusted: secondFactor.trustedBrowsers },
      ...{ lifeMinutes: 60, rules: { frozenFrom: 50, sending: { sms: true, mail: true } } },
    });
    await store.purge(1_000);
    expect(await countOf("sign_ins")).to.equal(0);
  });

  it("T116 sends no more cookies after a hundred sign-ins that were begun than after twenty", async () => {
    const browser = vestibule.browser();
    const sizes: number[] = [];
    for (let begun = 0; begun < 100; begun += 1) {
      const page = await openSignIn(browser, request());
      const sent = browser.cookiesFor(new URL(page.url).pathname);
      const back = browser.cookiesFor(new URL(page.url).pathname.replace("interaction", "authorize"));
      sizes.push(Math.max(sent.length, back.length));
      expect(page.status).to.equal(200);
    }
    expect(Math.max(...sizes))
      .to.equal(sizes[MOST_SIGN_INS - 1])
      .and.to.be.below(2_048);
    expect(sizes[0]).to.be.below(1_000);
    expect(browser.cookiesFor("/").length, "everywhere").to.be.below(1_024);
  });

  function expectBusy(page: Page): void {
    expectSecured(page, "busy");
    expect(page.body).to.contain("One moment, please");
    expect(Number(page.headers["retry-after"])).to.be.within(1, 60);
    expect(page.setCookies).to.be.empty;
  }
});

/** Comes again while the server is busy, as the page asks. */
const patiently = (send: () => Promise<Page>): Promise<Page> =>
  eventually(send, ({ status }) => status !== 503, { seconds: 120, everyMs: 500 });

/** As many at once as a test machine bears. */
async function inGroups<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))));
  }
  return results;
}

const namesIn = ({ body }: Page, people: readonly TestUser[]): string[] =>
  people.map(({ username }) => username).filter((username) => new RegExp(`${username}\\b`).test(body));

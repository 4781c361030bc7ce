import { expect } from "chai";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { homeOf } from "../../src/kernel/home.ts";
import { startWorkers, type RunningWorkers } from "../../src/server/wiring/processes.ts";
import { startBackChannel, type BackChannel } from "../support/back-channel.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { claimsOf, formAction, hiddenField } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("telling applications that a session has ended", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_MESSAGE_WORKERS: "no" } });
  let user: TestUser;
  let channel: BackChannel;
  let application: TestApplication;
  let answers: number[];
  const running: RunningWorkers[] = [];
  beforeEach(async () => {
    answers = [];
    channel = await startBackChannel((response) => response.writeHead(answers.shift() ?? 204).end());
    application = await makeApplication(vestibule.services, { backchannelLogoutUri: channel.url });
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((workers) => workers.stop()));
    await channel.stop();
    await asOwner(vestibule.database, "delete from jobs");
  });

  const work = async () => running.push(await startWorkers(vestibule.services));
  const sidOf = async (browser: HttpBrowser, asked = application) =>
    claimsOf((await tokensFor(browser, asked, user)).id)["sid"];
  const jobs = () =>
    asOwner<{ tries: number; isWaiting: boolean; data: Record<string, string> }>(
      vestibule.database,
      `select attempts as tries, claimed_at is null as "isWaiting", data from jobs where queue = 'sign-outs'`,
    );
  const signOut = async (browser: HttpBrowser) => {
    const page = await browser.get("/sign-out");
    return browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), logout: "yes" });
  };
  const tokens = (count: number) =>
    eventually(
      () => Promise.resolve(channel.tokens),
      ({ length }) => length >= count,
    );
  /** Retries wait for seconds; not here. */
  const hurry = () => asOwner(vestibule.database, "update jobs set due_at = now() where claimed_at is null");

  it("T65 keeps a notice until a worker sends it: no page waits for an application", async () => {
    const browser = vestibule.browser();
    const sid = await sidOf(browser);
    expect((await signOut(browser)).status).to.equal(303);
    expect(channel.tokens).to.be.empty;
    expect(await jobs()).to.deep.equal([
      { tries: 0, isWaiting: true, data: { applicationId: application.id, accountId: user.id, sid } },
    ]);
    await work();
    expect(claimsOf((await tokens(1))[0])).to.include({ sid, sub: user.id, aud: application.id });
    await eventually(jobs, ({ length }) => length === 0);
  });

  it("keeps a notice at the home of its user, with an id that says so", async () => {
    const browser = vestibule.browser();
    await sidOf(browser);
    await signOut(browser);
    const rows = await asOwner<{ home: number; id: string }>(vestibule.database, "select home, id from jobs");
    const home = homeOf(user.id);
    expect(rows.map((row) => [row.home, homeOf(row.id)])).to.deep.equal([[home, home]]);
  });

  it("T65 sends again what failed, with a token of its own, and gives up in the end", async () => {
    const browser = vestibule.browser();
    await sidOf(browser);
    await signOut(browser);
    answers = [500, 302];
    await work();
    for (let tries = 1; tries <= 2; tries += 1) {
      await eventually(jobs, ([job]) => job?.tries === tries && job.isWaiting);
      await hurry();
      await tokens(tries + 1);
    }
    const identifiers = (await tokens(3)).map((token) => claimsOf(token)["jti"]);
    expect(new Set(identifiers).size, "different tokens").to.equal(3);
    const again = vestibule.browser();
    await sidOf(again);
    answers = [500, 500];
    await signOut(again);
    await eventually(jobs, ([job]) => job?.tries === 1 && job.isWaiting);
    await asOwner(vestibule.database, "update jobs set attempts = 8, due_at = now()");
    await eventually(jobs, ({ length }) => length === 0);
    expect(answers, "it was tried, and is not tried again").to.be.empty;
  });

  it("T65 notifies each application once, although two processes send", async () => {
    const sids = new Set<unknown>();
    for (let index = 0; index < 8; index += 1) {
      const browser = vestibule.browser();
      sids.add(await sidOf(browser));
      await signOut(browser);
    }
    await Promise.all([work(), work()]);
    const received = (await tokens(8)).map((token) => claimsOf(token)["sid"]);
    await eventually(jobs, ({ length }) => length === 0);
    expect(channel.tokens).to.have.lengthOf(8);
    expect(new Set(received)).to.deep.equal(sids);
  });

  for (const [what, end] of [
    ["a user is disabled", () => disable()],
    ["a password is set anew", () => endAll()],
    ["an office is closed", () => close()],
  ] as const) {
    it(`T63 notifies the applications when ${what}`, async () => {
      const sid = await sidOf(vestibule.browser());
      const silent = await makeApplication(vestibule.services);
      await sidOf(vestibule.browser(), silent);
      await end();
      expect((await jobs()).map(({ data }) => data)).to.deep.equal([
        { applicationId: application.id, accountId: user.id, sid },
      ]);
      await end();
      expect(await jobs(), "notified once").to.have.lengthOf(1);
    });
  }

  it("T65 signs with the algorithm that the application's ID tokens have", async () => {
    await work();
    for (const [index, idTokenAlgorithm] of ["RS256", "PS256", "EdDSA"].entries()) {
      const asked = await makeApplication(vestibule.services, {
        backchannelLogoutUri: channel.url,
        idTokenAlgorithm,
      });
      const browser = vestibule.browser();
      await sidOf(browser, asked);
      await signOut(browser);
      const token = (await tokens(index + 1))[index] ?? "";
      // Each application reads the key set itself; its key may be younger than the copy of another.
      const jwks = createRemoteJWKSet(new URL(`${vestibule.issuer}/jwks`));
      const { protectedHeader } = await jwtVerify(token, jwks, { audience: asked.id, typ: "logout+jwt" });
      expect(protectedHeader.alg).to.equal(idTokenAlgorithm);
    }
  });

  async function disable(): Promise<void> {
    const { database, stores } = vestibule.services;
    await database.inOffice(user.office.id, (tx) => stores.ranks.disable(tx, user.id, new Date()));
  }

  async function close(): Promise<void> {
    const { database, stores } = vestibule.services;
    await database.inOffice(user.office.id, (tx) => stores.officeClosing.endAll(tx, new Date()));
  }

  async function endAll(): Promise<void> {
    const { database, users } = vestibule.services;
    await database.inOffice(user.office.id, (tx) => users.endSessions(tx, user.id, new Date()));
  }
});

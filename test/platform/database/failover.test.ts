import { expect } from "chai";
import { Client } from "pg";
import {
  makeInstallation,
  migrateCluster,
  serverUrl,
  type ClusterInstallation,
} from "../../support/cluster-installation.ts";
import { eventually } from "../../support/eventually.ts";
import { FailoverLoad, type Trip, type Visitor } from "../../support/failover-load.ts";
import { makeVisitors } from "../../support/failover-people.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { startOtherProcess, type OtherProcess } from "../../support/other-process.ts";
import { makeOwnCluster, type OwnCluster } from "../../support/own-cluster.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { authorizationRequest, openSignIn, signIn } from "../../support/relying-party.ts";
import { givePassword, hasCode, sendForm } from "../../support/second-factor.ts";
import { judge } from "../../support/failover-verdict.ts";

const VISITORS = 6;
/** Sign-ins that are finished before the primary is killed, and after the standby has taken over. */
const ENOUGH = 12;

/** Keeps requests waiting in the database until it is killed: without it, a kill between two answers cuts nothing off. */
async function holdRequests(database: OwnCluster): Promise<void> {
  const holder = new Client({ connectionString: database.url() });
  // It dies with the database.
  holder.on("error", () => undefined);
  await holder.connect();
  await holder.query("begin; lock table oidc_models in exclusive mode");
  await eventually(
    () => database.ask("select from pg_stat_activity where wait_event_type = 'Lock'"),
    (waiting) => waiting.length > 0,
  );
}

describe("a primary that is killed under load, and its standby", () => {
  let primary: OwnCluster;
  let standby: OwnCluster;
  let servers: OtherProcess[] = [];
  let installation: ClusterInstallation;
  let application: TestApplication;
  let people: { readonly withApp: Visitor[]; readonly withoutApp: Visitor[] };
  let load: FailoverLoad;
  let secondsAway: number;

  before(async function () {
    this.timeout(60_000);
    primary = await makeOwnCluster();
    await migrateCluster(primary);
    await primary.stop();
    standby = await primary.standby();
    // An answer to any client means that the standby has it too.
    await primary.set({ synchronous_standby_names: "*" });
    await Promise.all([primary.start(), standby.start()]);
    installation = await makeInstallation({
      server: `${both(serverUrl(primary))}?target_session_attrs=read-write`,
      owner: both(primary.url()),
    });
    await installation.withServices(async (services) => {
      // A public one, whose refresh tokens are spent by their use.
      application = await makeApplication(services, { type: "browser" });
      people = await makeVisitors(services, { ownerUrl: primary.url() });
    });
    servers = await Promise.all([startOtherProcess(installation), startOtherProcess(installation)]);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all([primary.remove(), standby.remove()]);
    installation.remove();
  });

  const both = (url: string) =>
    url.replace(/@.*\//, `@127.0.0.1:${String(primary.port)},127.0.0.1:${String(standby.port)}/`);

  const newBrowser = (port: number) => new HttpBrowser(installation.issuer, port);

  it("serves again by itself", async function () {
    this.timeout(60_000);
    const withApp = [...people.withApp];
    const { withoutApp } = people;
    let turn = 0;
    const next = () => {
      turn += 1;
      return (turn % 2 === 0 ? withApp.shift() : undefined) ?? withoutApp[turn % withoutApp.length] ?? fail();
    };
    const ports = servers.map(({ port }) => port);
    load = new FailoverLoad({ issuer: installation.issuer, ports, application, next }, VISITORS);
    await eventually(
      () => Promise.resolve(load.finished().length),
      (count) => count >= ENOUGH,
      { seconds: 30 },
    );
    await holdRequests(primary);
    const killedAt = performance.now();
    await primary.kill();
    await standby.ask("select pg_promote()");
    const isAfter = ({ startedAt }: Trip) => startedAt > killedAt;
    const served = await eventually(
      () => Promise.resolve(load.finished().filter(isAfter)),
      (trips) => trips.length >= ENOUGH,
      { seconds: 30 },
    );
    await load.end();
    secondsAway = (Math.min(...served.map(({ finishedAt = Infinity }) => finishedAt)) - killedAt) / 1000;
    console.log(`      serving again after ${secondsAway.toFixed(1)} s`);
    expect(
      load.trips.some(({ isWaiting }) => isWaiting),
      "something was cut off",
    ).to.equal(true);
  });

  it("answers nothing but 503 in between", () => {
    expect(new Set(load.refusals)).to.deep.equal(new Set([503]));
  });

  it("has lost, doubled and half done nothing of what was answered", async function () {
    this.timeout(60_000);
    const [chains] = await standby.ask<{ spent: string }>(
      "select count(*) as spent from oidc_models where kind = 5 and consumed_at is not null",
    );
    expect(Number(chains?.spent), "refresh tokens that were used").to.be.above(0);
    const port = servers.at(-1)?.port ?? 0;
    const verdict = await judge(load.trips, { application, port, ask: standby.ask });
    expect(verdict).to.deep.equal({ lost: [], doubled: [], wrong: [] });
  });

  it("has spent every code of an app that was accepted", async () => {
    const accepted = load.trips.filter(({ code }) => code !== undefined).slice(-3);
    expect(accepted).to.not.be.empty;
    for (const { visitor, code = "" } of accepted) {
      const browser = newBrowser(servers[0]?.port ?? 0);
      const page = await openSignIn(browser, authorizationRequest(installation.issuer, application));
      const challenge = await givePassword(browser, page, visitor.user);
      expect(hasCode(await sendForm(browser, challenge, { code })), "a code that was used").to.equal(false);
    }
  });

  for (const [what, settings] of [
    ["as a standby", {}],
    ["fenced off, as a primary that takes no writes", { default_transaction_read_only: "on" }],
  ] as const) {
    it(`works past the old primary when that comes back ${what}`, async function () {
      this.timeout(60_000);
      if (what === "as a standby") {
        await primary.put("standby.signal", "");
      } else {
        await primary.take("standby.signal");
      }
      await primary.set(settings);
      await primary.start();
      let late: OtherProcess | null = null;
      try {
        late = await startOtherProcess(installation);
        const [visitor = fail()] = people.withoutApp;
        const request = authorizationRequest(installation.issuer, application);
        const before = await signIns();
        expect(
          (await signIn(newBrowser(late.port), request, visitor.user)).searchParams.has("code"),
        ).to.equal(true);
        expect((await signIns()) - before).to.equal(1);
      } finally {
        await late?.stop();
        await primary.stop();
      }
    });
  }

  async function signIns(): Promise<number> {
    const rows = await standby.ask<{ count: string }>(
      "select count(*) from audit_events where type = 'sign-in' and outcome = 'ok'",
    );
    return Number(rows[0]?.count);
  }
});

function fail(): never {
  throw new Error("There is a user.");
}

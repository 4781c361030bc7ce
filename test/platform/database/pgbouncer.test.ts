import { expect } from "chai";
import { Client } from "pg";
import { createLog } from "../../../src/kernel/log.ts";
import { connectDatabase } from "../../../src/platform/database/database.ts";
import { keepsSessions } from "../../../src/platform/database/session-check.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { runProcess, runProgram, useInstallation } from "../../cli/installation.ts";
import { openGate } from "../../support/database-gate.ts";
import { eventually } from "../../support/eventually.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { missingPgBouncer, startPgBouncer, type PgBouncer } from "../../support/pgbouncer.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { refresh, tokensFor } from "../../support/tokens.ts";
import { startVestibule } from "../../support/vestibule.ts";

/** Debian's package, as an operator would set it up. */
describe("PgBouncer", () => {
  let database: FreshDatabase;

  before(async function () {
    const missing = missingPgBouncer();
    if (missing !== null) {
      console.log(`      PgBouncer is not tried: this machine lacks ${missing}`);
      this.skip();
    }
    database = await freshDatabase();
  });
  after(async () => {
    if (missingPgBouncer() === null) {
      await database.drop();
    }
  });

  async function behind(
    settings: Readonly<Record<string, string>>,
    work: (pooler: PgBouncer) => Promise<void>,
  ): Promise<void> {
    const pooler = await startPgBouncer([database.url, database.ownerUrl], settings);
    await work(pooler).finally(() => pooler.stop());
  }

  describe("in session mode", () => {
    for (const settings of [
      { pool_mode: "session" },
      { pool_mode: "session", ignore_startup_parameters: "extra_float_digits, options, statement_timeout" },
      // Nothing is cleaned up after a client that left.
      { pool_mode: "session", server_reset_query: "" },
    ]) {
      it(`serves a whole sign-in with ${JSON.stringify(settings)}`, async function () {
        this.timeout(30_000);
        const own = await freshDatabase();
        await behind(settings, async ({ through }) => {
          const vestibule = await startVestibule({
            DATABASE_URL: through(own.ownerUrl),
            VESTIBULE_DATABASE_OWNER_URL: through(own.ownerUrl),
          });
          try {
            const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
            const application = await makeApplication(vestibule.services);
            const browser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
            const signIns = Array.from({ length: 8 }, async () => {
              const tokens = await tokensFor(browser(), application, user);
              return (await refresh(browser(), application, tokens.refresh)).status;
            });
            expect(new Set(await Promise.all(signIns))).to.deep.equal(new Set([200]));
            const [seen] = await vestibule.services.database.query<{ role: string; login: string }>({
              name: "who",
              text: "select current_user as role, session_user as login",
            });
            expect(seen?.role).to.equal("vestibule_app").and.not.equal(seen?.login);
          } finally {
            await vestibule.stop();
          }
        });
        await own.drop();
      });
    }

    it("T235 shows that a worker is gone as soon as its connection is", async () => {
      await behind({ pool_mode: "session" }, async ({ through }) => {
        const gate = await openGate(through(database.url));
        const log = createLog("silent");
        const worker = connectDatabase({ url: new Secret(gate.url), size: 2, log });
        const presence = await worker.markPresence();
        const key = presence.key();
        const isGone = async (): Promise<boolean> => {
          const free = "select pg_try_advisory_xact_lock(hashtext('vestibule workers'), $1) as is";
          return (await asOwner<{ is: boolean }>(database, free, [key]))[0]?.is === true;
        };
        expect(key).to.be.a("number");
        expect(await isGone()).to.equal(false);
        await gate.shut();
        await eventually(isGone, (is) => is);
        await eventually(
          () => Promise.resolve(presence.key()),
          (now) => now === null,
        );
        await worker.close();
      });
    });

    it("counts as a way to sessions of one's own, however busy it is", async () => {
      await behind({ pool_mode: "session" }, async ({ through }) => {
        await whileBusy(through(database.url), async () => {
          expect(await keepsSessions({ url: new Secret(through(database.url)) })).to.equal(true);
        });
      });
    });
  });

  describe("where it mixes sessions", () => {
    const MIXING = [
      { pool_mode: "transaction" },
      { pool_mode: "transaction", server_round_robin: "1" },
      { pool_mode: "transaction", ignore_startup_parameters: "options" },
      { pool_mode: "statement" },
    ];
    for (const settings of MIXING) {
      it(`is found out each time, idle and busy, with ${JSON.stringify(settings)}`, async function () {
        this.timeout(30_000);
        await behind(settings, async ({ through }) => {
          const url = new Secret(through(database.url));
          for (let time = 0; time < 5; time += 1) {
            expect(await keepsSessions({ url }), "idle").to.equal(false);
          }
          await whileBusy(through(database.url), async () => {
            for (let time = 0; time < 5; time += 1) {
              expect(await keepsSessions({ url }), "busy").to.equal(false);
            }
          });
        });
      });
    }

    it("is found out where there is a single session for all requests", async () => {
      await behind({ pool_mode: "transaction", default_pool_size: "1" }, async ({ through }) => {
        expect(await keepsSessions({ url: new Secret(through(database.url)) })).to.equal(false);
      });
    });
  });

  describe("in transaction mode", () => {
    const here = useInstallation();

    before(async () => {
      await here.ask(["office", "list"]);
    });

    const SENTENCE =
      "it is behind a pooler that gives the statements of one connection to several sessions (PgBouncer: pool_mode=transaction). " +
      "Set pool_mode=session for this database, or connect past the pooler.";

    for (const name of ["DATABASE_URL", "VESTIBULE_DATABASE_OWNER_URL"]) {
      it(`is refused at a start in ${name}, with the reason`, async () => {
        await behind({ pool_mode: "transaction" }, async ({ through }) => {
          const environment = { ...here.environment, [name]: through(here.environment[name] ?? "") };
          const { code, out, error } = await runProcess(environment, ["start"]);
          expect({ code, out, error }).to.deep.equal({
            code: 1,
            out: "",
            error: `Cannot use the database of ${name}: ${SENTENCE}\n`,
          });
        });
      });

      it(`is found by doctor in ${name}`, async () => {
        await behind({ pool_mode: "transaction" }, async ({ through }) => {
          const environment = { ...here.environment, [name]: through(here.environment[name] ?? "") };
          const { code, out } = await runProgram(environment, ["doctor"]);
          expect(code).to.equal(1);
          expect(out).to.match(/^fail {2}Connection .* is behind a pooler that .*\n.*Set pool_mode=session/m);
        });
      });
    }
  });
});

/** Other clients take sessions and give them back all the time. */
async function whileBusy(url: string, work: () => Promise<void>): Promise<void> {
  const clients = Array.from({ length: 3 }, () => new Client(url));
  let isOver = false;
  const crowd = clients.map(async (client) => {
    await client.connect();
    while (!isOver) {
      await client.query("select pg_sleep(0.001)");
    }
    await client.end();
  });
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(crowd);
  }
}

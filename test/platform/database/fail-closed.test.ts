import { expect } from "chai";
import { Client } from "pg";
import { eventually } from "../../support/eventually.ts";
import { COUNTERS } from "../../support/counters.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { openGate, type DatabaseGate } from "../../support/database-gate.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import {
  TESTER,
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
  signIn,
} from "../../support/relying-party.ts";
import { expectSecured } from "../../support/secured.ts";
import { startVestibule, type TestVestibule } from "../../support/vestibule.ts";

/** Tables whose loss must stop a sign-in, with what the loss is. */
const TABLES = {
  rate_limits: "the counters of wrong passwords",
  audit_events: "the audit log",
  sign_ins: "the memory of the sign-in",
  familiar_browsers: "the memory of browsers",
  oidc_models: "sessions and codes",
  second_factor_guard: "the second-factor guard",
};

describe("a database that fails", () => {
  let database: FreshDatabase;
  let gate: DatabaseGate;
  let vestibule: TestVestibule;
  let application: TestApplication;
  let foreign: TestApplication;
  let user: TestUser;

  before(async () => {
    database = await freshDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await asOwner(database, `alter database ${name} set lock_timeout = '500ms'`);
    gate = await openGate(database.url);
    vestibule = await startVestibule({
      DATABASE_URL: gate.url,
      VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
    });
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services, { code: "NOORD" }));
    application = await makeApplication(vestibule.services);
    foreign = await makeApplication(vestibule.services, { name: "Foreign", firstParty: false });
  });
  after(async () => {
    await vestibule.stop();
    await gate.shut();
    await database.drop();
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const request = (changes: Record<string, string> = {}, of = application) =>
    authorizationRequest(vestibule.issuer, of, changes);
  const enter = async (browser: HttpBrowser, page: Page, password = user.password) =>
    follow(
      browser,
      await sendPassword(browser, page, { officeCode: user.office.code, username: user.username, password }),
    );

  async function without(table: string, work: () => Promise<void>): Promise<void> {
    await asOwner(database, `alter table ${table} rename to ${table}_away`);
    try {
      await work();
    } finally {
      await asOwner(database, `alter table ${table}_away rename to ${table}`);
    }
  }

  /** Holds a lock that nothing passes, until `work` is done. */
  async function locked(table: string, work: () => Promise<void>): Promise<void> {
    const client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    try {
      await client.query(`begin; lock table ${table} in access exclusive mode`);
      await work();
    } finally {
      await client.end();
    }
  }

  /** Nobody is signed in, and the page says so without saying why. */
  function expectFriendly(answer: Page, what: string): void {
    expect(answer.status, what).to.be.oneOf([500, 503]);
    expectSecured(answer, what);
    expect(answer.body, what).to.contain("<h1>").and.contain("Reference:");
    expect(answer.location, what).to.equal("");
    expect(answer.setCookies.join(), what).to.not.match(/session=[^;]/);
  }

  async function expectNobodySignedIn(browser: HttpBrowser, what: string): Promise<void> {
    const { location } = await browser.get(request({ prompt: "none" }).url);
    expect(new URL(location).searchParams.get("error"), what).to.equal("login_required");
  }

  const countOf = async (from: string) => {
    const rows = await asOwner<{ count: number }>(database, `select count(*)::integer as count from ${from}`);
    return rows[0]?.count ?? -1;
  };

  for (const [table, what] of Object.entries(TABLES)) {
    it(`T110 signs nobody in without ${what}`, async () => {
      const browser = newBrowser();
      const page = await openSignIn(browser, request());
      const browsers = await countOf("familiar_browsers");
      await without(table, async () => {
        expectFriendly(await enter(browser, page), table);
      });
      await expectNobodySignedIn(browser, table);
      expect(await countOf("oidc_models where kind in (1, 3)"), "sessions and codes").to.equal(0);
      expect(await countOf("familiar_browsers"), "familiar browsers").to.equal(browsers);
      const again = newBrowser();
      const repaired = await enter(again, await openSignIn(again, request()));
      expect(repaired.location, "afterwards").to.match(/^https:\/\/app\.test\/cb\?code=/);
      await asOwner(database, "delete from oidc_models where kind in (1, 3)");
    });
  }

  for (const table of ["rate_limits", "audit_events"]) {
    it(`T110 signs nobody in while ${table} does not answer`, async () => {
      const browser = newBrowser();
      const page = await openSignIn(browser, request());
      await locked(table, async () => {
        const answer = await enter(browser, page);
        expectFriendly(answer, table);
        expect(answer.status).to.equal(503);
      });
      await expectNobodySignedIn(browser, table);
    });
  }

  it("T110 counts a wrong password also when the audit log cannot be written", async () => {
    const guesser = newBrowser();
    const page = await openSignIn(guesser, request());
    await asOwner(database, "delete from rate_limits");
    await without("audit_events", async () => {
      expectFriendly(await enter(guesser, page, "wrong"), "wrong password");
    });
    expect(await countOf(`${COUNTERS} where used = 1`)).to.equal(3);
  });

  it("T110 changes nobody and gives no consent without the audit log", async () => {
    const browser = newBrowser();
    await signIn(browser, request(), user);
    const consent = await follow(browser, await browser.get(request({}, foreign).url));
    const found = await vestibule.services.users.findByUsername(user.office.id, user.username);
    const { users } = vestibule.services.administration;
    const grants = await countOf("oidc_models where kind = 0");
    await without("audit_events", async () => {
      const fields = { _csrf: hiddenField(consent, "_csrf"), decision: "allow" };
      expectFriendly(await browser.post(formAction(consent), fields), "consent");
      const disabled =
        found === null ? "nobody" : await users.disable(found, TESTER).then(({ type }) => type, String);
      expect(disabled).to.contain("audit_events");
    });
    expect(await countOf("oidc_models where kind = 0"), "grants").to.equal(grants);
    expect(await countOf("users where status = 'disabled'"), "disabled users").to.equal(0);
  });

  it("T110 begins no sign-in that it cannot store, and gives no cookie for it", async () => {
    await without("oidc_models", async () => {
      const answer = await newBrowser().get(request().url);
      expectFriendly(answer, "authorization request");
      expect(answer.setCookies).to.be.empty;
    });
  });

  it("T110 says that it is unavailable while the database is down, and recovers by itself", async function () {
    this.timeout(40_000);
    const browser = newBrowser();
    const page = await openSignIn(browser, request());
    await gate.shut();
    try {
      for (const answer of [
        await enter(browser, page),
        await newBrowser().get(request({ office: "noord" }).url),
      ]) {
        expectFriendly(answer, "page");
        expect(answer.status).to.equal(503);
        expect(answer.body).to.contain("Temporarily unavailable");
      }
      const fields = { grant_type: "refresh_token", refresh_token: "x" };
      const token = await postAs(newBrowser(), application, { url: "/token", fields });
      expect(token.status).to.equal(503);
      expect(token.body).to.not.match(/ECONN|postgres|127\.0\.0\.1/);
      expect((await newBrowser().get("/health/ready")).status, "ready").to.equal(503);
      expect((await newBrowser().get("/health/live")).status, "live").to.equal(200);
    } finally {
      await gate.open();
    }
    await until(async () => (await newBrowser().get("/health/ready")).status === 200);
    const repaired = await enter(browser, page);
    expect(repaired.location, "the same open page").to.match(/^https:\/\/app\.test\/cb\?code=/);
  });

  it("T110 hears of a changed application again after the database was down", async function () {
    this.timeout(40_000);
    const { applicationService } = vestibule.services;
    const { application: known } = await makeApplication(vestibule.services, { name: "Before" });
    const shown = async () => {
      const asked = request({}, { ...application, id: known.id });
      return (await openSignIn(newBrowser(), asked)).body;
    };
    expect(await shown()).to.contain("Before");
    await gate.shut();
    await gate.open();
    await until(async () => (await newBrowser().get("/health/ready")).status === 200);
    await applicationService.change(known, { ...known, name: "Afterwards" }, "test");
    await until(async () => (await shown()).includes("Afterwards"));
  });
});

const until = (isSo: () => Promise<boolean>) => eventually(isSo, Boolean, { everyMs: 50 });

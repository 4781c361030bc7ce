import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { Client } from "pg";
import { connectDatabase } from "../../../src/platform/database/database.ts";
import { eventTypeOf } from "../../../src/domain/events/event-catalogue.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import type { User } from "../../../src/domain/users/user.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { openGuesser } from "../../support/guesser.ts";
import { TESTER, makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  signIn,
} from "../../support/relying-party.ts";
import { makeStrictUser, passPassword } from "../../support/second-factor.ts";
import { postAs } from "../../support/program.ts";
import { refresh, tokensFor } from "../../support/tokens.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

interface Event {
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly outcome: string;
  readonly office_id: string | null;
  readonly actor: string;
  readonly subject: string | null;
  readonly application_id: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

describe("the audit log", () => {
  const vestibule = useVestibule({ office: {}, application: {} });
  const { application, office, services } = vestibule;
  const foreign = useResource(() => makeApplication(services, { name: "Foreign", firstParty: false }));

  const request = (of = application) => authorizationRequest(vestibule.issuer, of);

  const allEvents = () =>
    asOwner<Event>(
      vestibule.database,
      `select id, at, type, outcome, office_id, actor, subject, application_id, host(address) as address, request_id, details
       from audit_events order by id`,
    );

  /** What is written while `work` runs, each event complete in what every event has. */
  async function eventsOf(work: () => Promise<unknown>, wanted: number): Promise<Event[]> {
    const before = (await allEvents()).length;
    const from = Date.now();
    await work();
    // What oidc-provider reports is written after its answer.
    const events = await eventually(
      async () => (await allEvents()).slice(before),
      ({ length }) => length >= wanted,
    );
    for (const event of events) {
      expect(event.at.getTime(), event.type).to.be.within(from - 1_000, Date.now() + 1_000);
      expect(event.actor, event.type).to.not.equal("");
      const owner = event.office_id === null ? "platform" : "office";
      expect(eventTypeOf(event.type)?.owners ?? [owner], event.type).to.include(owner);
    }
    return events;
  }

  /** Events of a request say where it came from. */
  function expectOfRequest(event: Event | undefined, expected: Partial<Event>): void {
    expect(event).to.include({ address: "127.0.0.1", ...expected });
    expect(event?.request_id).to.match(/^[\w-]{12}$/);
  }

  it("T109 records a sign-in: who, of which office, from where, into what, by which means", async () => {
    const user = await makeUser(services, office);
    const events = await eventsOf(() => signIn(vestibule.browser(), request(), user), 1);
    expect(events).to.have.length(1);
    expectOfRequest(events[0], {
      type: "sign-in",
      outcome: "ok",
      office_id: office.id,
      actor: user.id,
      subject: user.id,
      application_id: application.id,
    });
    expect(events[0]?.details).to.deep.equal({ methods: "pwd" });
  });

  it("T109 tells of a wrong password, and of a name that nobody has without the name", async () => {
    const user = await makeUser(services, office);
    const guesser = await openGuesser(vestibule.browser(), application);
    const typed = { officeCode: office.code, username: user.username, password: "wrong" };
    const known = await eventsOf(() => guesser.send(typed), 1);
    const refused = { type: "password.wrong", outcome: "refused", actor: "visitor" };
    expectOfRequest(known[0], { ...refused, office_id: office.id, subject: user.id });
    const mistake = { ...typed, username: "my secret password" };
    const unknown = await eventsOf(() => guesser.send(mistake), 1);
    expectOfRequest(unknown[0], { ...refused, office_id: office.id, subject: null });
    expect(unknown[0]?.details["unknownName"]).to.match(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(unknown)).to.not.contain("secret");
    const elsewhere = await eventsOf(() => guesser.send({ ...mistake, officeCode: "my secret" }), 1);
    expectOfRequest(elsewhere[0], { ...refused, office_id: null, subject: null });
    expect(JSON.stringify(elsewhere)).to.not.contain("secret");
  });

  it("T109 raises an alarm when an account is throttled", async () => {
    const user = await makeUser(services, office);
    const guesser = await openGuesser(vestibule.browser(), application);
    const events = await eventsOf(async () => {
      for (let index = 0; index < 12; index += 1) {
        const typed = {
          officeCode: office.code,
          username: user.username,
          password: `guess ${String(index)}`,
        };
        await guesser.send(typed);
      }
    }, 11);
    const alarms = events.filter(({ outcome }) => outcome === "alarm");
    expect(alarms).to.have.length(1);
    expectOfRequest(alarms[0], {
      type: "password.throttled",
      office_id: office.id,
      subject: user.id,
    });
    expect(alarms[0]?.details).to.deep.equal({ alarm: "account-throttled" });
  });

  it("T109 records a sign-in that was cancelled, of a consent and of its refusal", async () => {
    const user = await makeUser(services, office);
    const browser = vestibule.browser();
    const strict = await makeStrictUser(services);
    const page = await passPassword(browser, application, strict);
    const cancelled = await eventsOf(
      () => browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), cancel: "1" }),
      1,
    );
    expectOfRequest(cancelled[0], {
      type: "sign-in.cancelled",
      outcome: "ok",
      application_id: application.id,
      office_id: strict.office.id,
      actor: strict.id,
    });
    await signIn(browser, request(), user);
    for (const [decision, outcome] of Object.entries({ deny: "refused", allow: "ok" })) {
      const consent = await follow(browser, await browser.get(request(foreign).url));
      const fields = { _csrf: hiddenField(consent, "_csrf"), decision };
      const [event] = await eventsOf(() => browser.post(formAction(consent), fields), 1);
      expectOfRequest(event, { type: "consent", outcome, office_id: office.id, actor: user.id });
      expect(event?.details["scopes"]).to.contain("openid");
    }
  });

  it("T109 records a sign-out", async () => {
    const user = await makeUser(services, office);
    const browser = vestibule.browser();
    await signIn(browser, request(), user);
    const page = await browser.get("/sign-out");
    const fields = { xsrf: hiddenField(page, "xsrf"), logout: "yes" };
    const events = await eventsOf(() => browser.post(formAction(page), fields), 1);
    expectOfRequest(events[0], {
      type: "sign-out",
      outcome: "ok",
      office_id: office.id,
      actor: user.id,
    });
  });

  it("T109 raises an alarm when a replaced refresh token comes again", async () => {
    const user = await makeUser(services, office);
    const rotating = await makeApplication(services, { rotateRefreshTokens: true });
    const tokens = await tokensFor(vestibule.browser(), rotating, user);
    await refresh(vestibule.browser(), rotating, tokens.refresh);
    travel(11 * SECOND);
    const events = await eventsOf(() => refresh(vestibule.browser(), rotating, tokens.refresh), 1);
    expectOfRequest(events[0], {
      type: "token.reused",
      outcome: "alarm",
      actor: user.id,
      office_id: office.id,
      application_id: rotating.id,
    });
  });

  for (const whose of ["the platform", "an office"] as const) {
    it(`T109 raises an alarm when a client guesses the secret of an application of ${whose}, in its log`, async () => {
      const officeId = whose === "an office" ? office.id : null;
      const { id } = await makeApplication(services, {}, officeId);
      const events = await eventsOf(async () => {
        for (let index = 0; index < 20; index += 1) {
          const request = { url: "/token", fields: { grant_type: "refresh_token", refresh_token: "x" } };
          await postAs(vestibule.browser(), { id, secret: `guess ${String(index)}` }, request);
        }
      }, 1);
      expect(events).to.have.length(1);
      const found = { type: "application.wrong-secret", outcome: "alarm", subject: id, office_id: officeId };
      expectOfRequest(events[0], found);
    });
  }

  it("T109 records each change of a user, an office and an application, and who made it", async () => {
    const { officeService, offices, administration, applicationService, users } = services;
    const events = await eventsOf(async () => {
      const made = await makeOffice(services);
      const found = await offices.find(made.id);
      await officeService.change({ ...notNull(found), name: "Other" }, "test");
      const user = await userOf(users.findByUsername(made.id, (await makeUser(services, made)).username));
      await administration.users.disable(user, TESTER);
      await administration.users.enable(user, TESTER);
      const password = new Secret("orange-window-bicycle-77");
      const access = { password, by: TESTER, office: made };
      await administration.users.changePassword(user, access);
      const { application: added } = await makeApplication(services, {}, made.id);
      await applicationService.change(added, { ...added, name: "Other" }, "test");
      await applicationService.rotateSecret(added, "test");
    }, 9);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "office.added",
      "office.changed",
      "user.added",
      "user.disabled",
      "user.enabled",
      "password.changed",
      "application.added",
      "application.changed",
      "application.secret-rotated",
    ]);
    expect(new Set(events.map(({ office_id: id }) => id)).size).to.equal(1);
    events.forEach((event) => {
      expect(event).to.include({ outcome: "ok", actor: "test" });
      expect(event.subject).to.be.a("string");
    });
  });

  it("T109 cannot be changed, emptied or switched off with the rights of the server", async () => {
    const user = await makeUser(services, office);
    const before = await allEvents();
    const client = new Client({ connectionString: vestibule.database.url, options: "-c role=vestibule_app" });
    await client.connect();
    // PostgreSQL answers this one with a warning alone, so it comes before those that it would allow.
    await client.query("grant all on audit_events to vestibule_app");
    const attacks = [
      "update audit_events set actor = 'somebody else'",
      "update audit_events set outcome = 'ok' where false",
      "delete from audit_events",
      "truncate audit_events",
      "drop table audit_events",
      "alter table audit_events disable row level security",
      "alter table audit_events add column x integer",
      "create trigger t before insert on audit_events for each row execute function suppress_redundant_updates_trigger()",
      "create rule r as on insert to audit_events do instead nothing",
      "drop policy audit_events_of_office on audit_events",
      "insert into audit_events (home, at, type, outcome, actor) values (0, now(), 'x', 'ok', 'x') on conflict (home, id) do update set actor = 'y'",
      "insert into audit_events (home, at, office_id, type, outcome, actor) values (home_of(vestibule_office()), now(), vestibule_office(), 'sign-in', 'ok', 'x')",
      "insert into audit_unsealed (home, chain, event_id) values (home_of(vestibule_chain()), vestibule_chain(), 1)",
      "insert into alarms_untold (home, at, type) values (0, now(), 'sign-in')",
    ];
    try {
      for (const attack of attacks) {
        await client.query(`select set_config('vestibule.office', '${office.id}', false)`);
        const fault = await client.query(attack).then(
          () => "done",
          (error: unknown) => (error instanceof Error ? error.message : ""),
        );
        expect(fault, attack).to.match(/permission denied|must be owner/);
      }
    } finally {
      await client.end();
    }
    expect(await allEvents()).to.deep.equal(before);
    expect(before.some(({ subject }) => subject === user.id)).to.equal(true);
  });

  it("T109 shows an office its own events alone, and takes none for another", async () => {
    const other = await makeOffice(services);
    const database = connectDatabase({
      url: new Secret(vestibule.database.url),
      size: 2,
      log: createLog("silent"),
    });
    try {
      const seen = await database.inOffice(other.id, (tx) =>
        tx.query<{ office_id: string }>({
          name: "seen",
          text: ofAllHomes("select office_id from audit_events"),
        }),
      );
      expect(new Set(seen.map(({ office_id: id }) => id))).to.deep.equal(new Set([other.id]));
      const forged = database.inOffice(other.id, (tx) =>
        tx.query(
          {
            name: "forged",
            text: "select add_audit_events(0::smallint, now(), $1, 'sign-in', 'ok', 'x', array[null], null, null, null, '{}')",
          },
          [office.id],
        ),
      );
      expect(await forged.then(String, String)).to.contain("in a transaction of its office");
    } finally {
      await database.close();
    }
  });
});

function notNull<T>(value: T | null): T {
  if (value === null) {
    throw new Error("Nothing there.");
  }
  return value;
}

const userOf = async (found: Promise<User | null>): Promise<User> => notNull(await found);

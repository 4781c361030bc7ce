import { expect } from "chai";
import { WebhookDelivery } from "../../../src/domain/webhooks/webhook-delivery.ts";
import { WebhookTurnStore } from "../../../src/domain/webhooks/webhook-turn-store.ts";
import { LANES, NO_OFFICE } from "../../../src/kernel/home.ts";
import { makeActor, OPERATOR, storedOffice } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeApplication, makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { receiverOf } from "../../support/webhook-receiver.ts";

describe("a closed office", function () {
  this.timeout(60_000);
  const { services, database } = useServices({
    settings: { ...BY_HAND, VESTIBULE_CLOSED_OFFICE_DAYS: "30" },
  });
  const office = useFresh(() => makeOffice(services, { name: "Kantoor Verdwenen" }));
  const settings = () => services.administration.settings;
  const owner = <Row extends object>(text: string, values: unknown[] = []) =>
    asOwner<Row>(database, text, values);

  const close = async () => settings().close(await storedOffice(services, office), OPERATOR);
  const makeDue = () =>
    owner("update offices set purge_at = now() - interval '1 second' where id = $1", [office.id]);
  const sealAll = async () => {
    while ((await services.stores.auditSeals.seal(100)) > 0);
  };

  /** Three users with factors, numbers, links and events. */
  async function fill(of: TestOffice = office): Promise<void> {
    const superuser = await makeActor(services, of, "superuser");
    for (const username of ["anna.weg", "bram.weg", "carla.weg"]) {
      const mail = `${username}@verdwenen.example`;
      const user = await makeUser(services, of, { username, name: "Anna Verdwenen", mail });
      await giveApp(services, user);
      const why = { by: superuser, reason: "Anna Verdwenen has a new telephone" };
      const stored = await storedUser(services, user);
      await services.administration.factors.enterNumber(stored, "+31612349876", why);
    }
    await makeApplication(services, { name: "Verdwenen Ledger" }, of.id);
    const visitor = { address: "192.0.2.77", addressGroup: "192.0.2.77", requestId: "r" };
    await services.audit.addAlone({
      type: "sign-out",
      outcome: "ok",
      officeId: of.id,
      actor: "visitor",
      visitor,
    });
  }

  async function rowsWith(texts: readonly string[]): Promise<string[]> {
    const tables = await owner<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'",
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await owner(`select t::text as row from ${name} t where t::text like any($1)`, [
        texts.map((text) => `%${text}%`),
      ]);
      found.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
    }
    return found;
  }

  it("T152 leaves nothing but its code, the ids of its users, and an audit log that verifies", async () => {
    await fill();
    const other = await makeOffice(services, { name: "Buren" });
    await makeUser(services, other, { username: "buur" });
    await close();
    await sealAll();
    await owner("delete from outbox_messages");
    const texts = ["erdwenen", "31612349876", "anna.weg", "192.0.2.77"];
    expect(await rowsWith(texts)).to.not.be.empty;
    await makeDue();
    expect(await services.officePurge.run(2)).to.equal(true);
    await services.auditLog.erased.run(100);
    expect(await rowsWith(texts)).to.deep.equal([]);
    const stored = await storedOffice(services, office);
    expect(stored).to.include({ code: office.code, name: office.code, isPurged: true, purgeAt: null });
    expect(
      await owner("select from subjects where office_id = $1 and erased_at is null", [office.id]),
    ).to.deep.equal([]);
    await sealAll();
    expect(await services.auditLog.verification.verify(office.id)).to.include({ fault: null, unsealed: 0 });
    expect(await services.users.findByUsername(other.id, "buur")).to.not.equal(null);
    expect((await settings().open(stored, OPERATOR)).type).to.equal("not-permitted");
    expect(await services.officePurge.run(100), "done").to.equal(false);
  });

  it("T152 is deleted to the end when a process ends in the middle", async () => {
    await fill();
    await close();
    await makeDue();
    const { officePurges } = services.stores;
    await services.database.inOffice(office.id, (tx) => officePurges.begin(tx, office.id));
    // One user is gone, and the process with it.
    await officePurges.purge(office.id, 1);
    const left = () => owner("select from users where office_id = $1", [office.id]);
    expect(await left()).to.not.be.empty;
    expect((await settings().open(await storedOffice(services, office), OPERATOR)).type).to.equal(
      "not-permitted",
    );
    await services.officePurge.run(100);
    expect(await left()).to.deep.equal([]);
    expect((await storedOffice(services, office)).purgeAt).to.equal(null);
  });

  /** One turn of what is due at the home of the platform, with a receiver that takes everything. */
  async function takeTurn(): Promise<void> {
    const turns = new WebhookTurnStore(services.database);
    const delivery = new WebhookDelivery({
      ...{ turns, deliveries: services.stores.webhookDeliveries, events: services.stores.events },
      ...{ audit: services.audit, box: services.box, log: services.log },
      connect: () => receiverOf(() => Promise.resolve(new Response(null, { status: 204 }))),
    });
    const lane = NO_OFFICE % LANES;
    const jobs = await turns.claim("webhooks", { lane, limit: 10, seconds: 120 });
    await Promise.all(jobs.map(({ data }) => delivery.run({ data, retries: 0, isLast: false })));
  }

  /** What programs get of the events of no office. */
  const publicEvents = async () => {
    await sealAll();
    const question = {
      after: { position: 0, mark: null },
      types: ["office.deleted"],
      outcome: null,
      limit: 100,
    };
    const { events } = await services.stores.events.page(null, question);
    return events.map(({ event }) => event).filter(({ subject }) => subject === office.id);
  };

  it("T236 reaches the platform's webhooks, whose deliveries stay, for its own are deleted with it", async () => {
    await sealAll();
    const draft = { name: "Platform", url: "https://hooks.example/", types: ["office.deleted"] };
    const { webhook } = await services.webhooks.service.add(null, draft, OPERATOR);
    await close();
    await makeDue();
    await services.officePurge.run(100);
    const [event, ...more] = await publicEvents();
    expect(event).to.deep.include({ type: "office.deleted", office: null, subject: office.id });
    expect(more).to.deep.equal([]);
    await takeTurn();
    const sent = await services.webhooks.service.deliveries(webhook);
    expect(sent.map(({ eventId, state }) => ({ eventId, state }))).to.deep.equal([
      { eventId: event?.id, state: "delivered" },
    ]);
  });

  it("T236 reaches the platform once, also when the process ended before, or two servers delete it", async () => {
    await close();
    await makeDue();
    const { officePurges } = services.stores;
    await services.database.inOffice(office.id, (tx) => officePurges.begin(tx, office.id));
    expect(await publicEvents()).to.deep.equal([]);
    await Promise.all([services.officePurge.run(100), services.officePurge.run(100)]);
    expect(await publicEvents()).to.have.length(1);
  });

  it("T152 is deleted by no one before it was decided", async () => {
    const error: unknown = await services.stores.officePurges
      .purge(office.id, 1)
      .catch((reason: unknown) => reason);
    expect(String(error)).to.contain("Only an office that is being deleted");
  });

  it("is deleted after the days of the setting; its superusers hear of the day, and it can be opened until then", async () => {
    await makeActor(services, office, "superuser");
    await close();
    const { purgeAt } = await storedOffice(services, office);
    const days = ((purgeAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(days).to.be.closeTo(30, 0.1);
    const mails = (await settledOutbox({ database, services })).filter(
      ({ subject }) => subject === "Your office was closed",
    );
    expect(mails.map(({ text }) => text).join())
      .to.contain("Kantoor Verdwenen")
      .and.match(/On \w+ \d+, \d{4}/);
    expect(await services.officePurge.run(100)).to.equal(false);
    await settings().open(await storedOffice(services, office), OPERATOR);
    expect(await storedOffice(services, office)).to.include({ status: "open", purgeAt: null });
  });
});

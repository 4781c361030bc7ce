import { expect } from "chai";
import { EventStore } from "../../../src/domain/events/event-store.ts";
import { WebhookDeliveryStore } from "../../../src/domain/webhooks/webhook-delivery-store.ts";
import { WebhookDelivery } from "../../../src/domain/webhooks/webhook-delivery.ts";
import { turnSchema, WebhookTurnStore } from "../../../src/domain/webhooks/webhook-turn-store.ts";
import type { Webhook } from "../../../src/domain/webhooks/webhook.ts";
import { homeOf, LANES } from "../../../src/kernel/home.ts";
import { aroundMethod } from "../../support/around-method.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { receiverOf } from "../../support/webhook-receiver.ts";

const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;
const SEAL = { name: "test_seal", text: "select seal_audit_events($1::smallint, $2, 1000)" };

describe("the turns of webhooks", function () {
  this.timeout(60_000);
  const world = useServices({ office: {} });
  afterEach(() => asOwner(world.database, "delete from webhooks"));

  const service = () => world.services.webhooks.service;
  const add = (subject: string) =>
    world.services.audit.addAlone({
      ...{ type: "user.disabled", outcome: "ok", officeId: world.office.id, actor: "command line", subject },
    });
  /** A worker that takes a turn when the test says so. */
  const worker = (statusFor: (subject: string) => number = () => 204) => {
    const { database, audit, box, log } = world.services;
    const [sent, urls]: [string[], string[]] = [[], []];
    const turns = new WebhookTurnStore(database);
    const delivery = new WebhookDelivery({
      ...{ turns, deliveries: new WebhookDeliveryStore(), events: new EventStore(database), audit, box, log },
      connect: () =>
        receiverOf((url, { body }) => {
          urls.push(url);
          const { subject } = JSON.parse(body as string) as { subject: string };
          sent.push(subject);
          return Promise.resolve(new Response(null, { status: statusFor(subject) }));
        }),
    });
    /** Serves the webhooks that are due. Returns how many. */
    const work = async () => {
      const lane = homeOf(world.office.id) % LANES;
      const jobs = await turns.claim("webhooks", { lane, limit: 10, seconds: 120 });
      for (const { data } of jobs) {
        await delivery.run({ data, retries: 0, isLast: false });
      }
      return jobs.length;
    };
    return { work, delivery, sent, urls };
  };
  const hook = async (): Promise<Webhook> => {
    const draft = { name: "Directory", url: "https://hooks.example/", types: ["user.disabled"] };
    return (await service().add(world.office.id, draft, OPERATOR)).webhook;
  };
  const seal = async () => {
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
  };

  it("T188 come again for what was sealed while one was served, whichever transaction ends first", async () => {
    await hook();
    await seal();
    const { work, sent } = worker();
    await add("anna");
    await world.services.database.inOffice(world.office.id, async (tx) => {
      await tx.query(SEAL, [homeOf(world.office.id), world.office.id]);
      await work();
    });
    await work();
    expect(sent).to.deep.equal(["anna"]);
  });

  it("T188 and a change of the webhook wait for each other one after the other, never both", async () => {
    const made = await hook();
    await seal();
    await add("anna");
    await seal();
    const waiting = async () =>
      (
        await asOwner(
          world.database,
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      ).length;
    const changes: Promise<Webhook>[] = [];
    const restore = aroundMethod(WebhookDeliveryStore, "settle", async (call) => {
      const answer = await call();
      changes.push(service().change(made, { url: "https://other.example/" }, OPERATOR));
      await eventually(waiting, (count) => count > 0);
      return answer;
    });
    try {
      await worker(() => 500).work();
      const [changed] = await Promise.all(changes);
      expect(changed?.url).to.equal("https://other.example/");
    } finally {
      restore();
    }
  });

  it("T188 come again for what was asked to be sent while one was served", async () => {
    const webhook = await hook();
    const { work, sent } = worker();
    await world.services.database.inOffice(world.office.id, async (tx) => {
      const test = { webhook: webhook.id, id: webhook.id, eventId: "evt_test_1" };
      await new WebhookDeliveryStore().addTest(tx, test);
      await work();
    });
    await work();
    expect(sent).to.have.length(1);
  });

  /** Ends the pauses of the webhook and of what waits. */
  const endPauses = async () => {
    await asOwner(world.database, "update webhook_deliveries set due_at = now() where state = 'waiting'");
    await asOwner(world.database, "update webhooks set due_at = now(), paused_until = null");
  };
  const pause = async () => {
    const [row] = await asOwner<{ seconds: number }>(
      world.database,
      `select extract(epoch from paused_until - (select max(tried_at) from webhook_deliveries))::float8 as seconds from webhooks`,
    );
    return row?.seconds;
  };

  it("T188 pause when a receiver takes nothing, also from what happens then, and try one event a minute", async () => {
    await hook();
    const { work, sent } = worker(() => 500);
    const publish = async (name: string) => {
      await Promise.all(Array.from({ length: 20 }, (_, index) => add(`${name} ${String(index)}`)));
      await seal();
    };
    await publish("early");
    await work();
    expect(sent).to.have.length(16);
    expect(await pause()).to.be.within(5, 59);
    await publish("late");
    expect(await work(), "new events do not end the pause").to.equal(0);
    for (const count of [17, 18]) {
      await endPauses();
      await work();
      expect(sent).to.have.length(count);
      expect(await pause()).to.be.at.least(60);
    }
    expect(new Set(sent).size, "those that were not tried yet").to.equal(18);
  });

  it("T188 are not kept from sending by one event that the receiver does not take", async () => {
    await hook();
    const { work, sent } = worker((subject) => (subject === "bad" ? 400 : 204));
    await add("bad");
    await seal();
    await work();
    await add("good");
    await seal();
    await endPauses();
    await work();
    expect(sent.slice(0, 2)).to.deep.equal(["bad", "good"]);
  });

  it("go on at once for a test, at a new address, and when they are switched on", async () => {
    const webhook = await hook();
    const { work, sent, urls } = worker(() => 500);
    await add("anna");
    await seal();
    await work();
    expect(await work()).to.equal(0);
    await service().test(webhook);
    expect(await work()).to.equal(1);
    expect(await work()).to.equal(0);
    await service().change(webhook, { url: "https://other.example/" }, OPERATOR);
    expect(await work()).to.equal(1);
    expect(urls.at(-1)).to.equal("https://other.example/");
    await service().change(webhook, { state: "off" }, OPERATOR);
    await service().change(webhook, { state: "on" }, OPERATOR);
    expect(await work()).to.equal(1);
    expect(sent.length).to.be.at.least(4);
  });

  it("T189 do not count an event that the log has lost as a failure of the receiver", async () => {
    const webhook = await hook();
    const { work, sent } = worker(() => 500);
    await add("anna");
    await seal();
    await work();
    await asOwner(world.database, "update webhooks set failing_since = null");
    await asOwner(world.database, "delete from audit_seals where chain = $1", [world.office.id]);
    await endPauses();
    await work();
    expect(sent).to.have.length(1);
    expect((await service().deliveries(webhook))[0]).to.include({ state: "given-up", fault: "gone" });
    expect(await service().find(webhook.officeId, webhook.id)).to.include({ failingSince: null });
    const paused = "select from webhooks where paused_until is not null";
    expect(await asOwner(world.database, paused)).to.deep.equal([]);
  });

  describe("and their claims", () => {
    const LEASE = { seconds: 15, longest: 120 };
    const lane = () => homeOf(world.office.id) % LANES;
    const turns = () => new WebhookTurnStore(world.services.database);
    const claim = () => turns().claim("webhooks", { lane: lane(), limit: 10, seconds: LEASE.seconds });
    /** As if so many seconds had passed. */
    const pass = (seconds: number) =>
      asOwner(
        world.database,
        `update webhooks set claimed_at = claimed_at - $1 * interval '1 second',
           claimed_until = claimed_until - $1 * interval '1 second', due_at = due_at - $1 * interval '1 second'`,
        [seconds],
      );
    beforeEach(async () => {
      await hook();
    });

    it("T235 are short and renewed while a turn lasts, which is shorter than what renewals allow", () => {
      const { rules } = worker().delivery;
      expect(rules.claimSeconds).to.be.at.most(15);
      expect(rules.longestSeconds).to.be.above(60);
    });

    it("T235 pass to another worker when they were not renewed, and not when they were", async () => {
      const jobs = await claim();
      expect(jobs).to.have.length(1);
      await pass(10);
      await turns().renew(jobs, LEASE);
      await pass(10);
      expect(await claim(), "renewed").to.deep.equal([]);
      await pass(6);
      const next = await claim();
      expect(next).to.have.length(1);
      await turns().renew(jobs, LEASE);
      await pass(16);
      expect(await claim(), "the first worker renews nothing of the second").to.have.length(1);
    });

    it("T235 are renewed for as long as the rules say, by a worker that hangs and is not dead", async () => {
      const jobs = await claim();
      for (let seconds = 0; seconds < LEASE.longest; seconds += 10) {
        await turns().renew(jobs, LEASE);
        await pass(10);
      }
      await turns().renew(jobs, LEASE);
      await pass(6);
      expect(await claim()).to.have.length(1);
    });

    it("T235 that ended are not renewed: what comes next is served at once", async () => {
      const jobs = await claim();
      for (const { data } of jobs) {
        await worker().delivery.run({ data, retries: 0, isLast: false });
      }
      await turns().renew(jobs, LEASE);
      await add("anna");
      await seal();
      expect(await claim()).to.have.length(1);
    });

    it("T235 that are renewed keep that something became due meanwhile", async () => {
      const jobs = await claim();
      await add("anna");
      await seal();
      await turns().renew(jobs, LEASE);
      for (const { data } of jobs) {
        await turns().inOfficeOf(turnSchema.parse(data), (tx) =>
          turns().end(tx, turnSchema.parse(data), { next: null, pauseSeconds: null }),
        );
      }
      expect(await claim()).to.have.length(1);
    });
  });
});

import { expect } from "chai";
import { EventStore } from "../../../src/domain/events/event-store.ts";
import { WebhookDeliveryStore } from "../../../src/domain/webhooks/webhook-delivery-store.ts";
import { WebhookDelivery } from "../../../src/domain/webhooks/webhook-delivery.ts";
import { turnSchema, WebhookTurnStore } from "../../../src/domain/webhooks/webhook-turn-store.ts";
import { homeOf, LANES } from "../../../src/kernel/home.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { connectDatabase, type Database } from "../../../src/platform/database/database.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { receiverOf } from "../../support/webhook-receiver.ts";

const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;
const SUBJECTS = 40;
/** Requests of one turn at the same time. */
const AT_ONCE = 16;
const LEASE = { seconds: 15, longest: 120 };

describe("claims of webhooks whose worker is gone", function () {
  this.timeout(60_000);
  const world = useServices({ office: {} });
  const opened: Database[] = [];
  const lane = () => homeOf(world.office.id) % LANES;

  beforeEach(async () => {
    const draft = { name: "Directory", url: "https://hooks.example/", types: ["user.disabled"] };
    await world.services.webhooks.service.add(world.office.id, draft, OPERATOR);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await asOwner(world.database, "delete from webhooks");
  });

  /** A worker with connections of its own, which takes a turn when the test says so. */
  async function worker({ isMarked = true } = {}) {
    const { audit, box, log } = world.services;
    const url = new Secret(world.database.url);
    const database = connectDatabase({ url, size: 3, log, name: "vestibule jobs" });
    opened.push(database);
    const presence = isMarked ? await database.markPresence() : undefined;
    const turns = new WebhookTurnStore(database, presence);
    const sent: string[] = [];
    /** What happens at a request, and the status that it gets. */
    const receiver = { answer: (_count: number): Promise<number> => Promise.resolve(204) };
    const delivery = new WebhookDelivery({
      ...{ turns, deliveries: new WebhookDeliveryStore(), events: new EventStore(database), audit, box, log },
      connect: () =>
        receiverOf(async (_url, { body }) => {
          sent.push((JSON.parse(body as string) as { subject: string }).subject);
          return new Response(null, { status: await receiver.answer(sent.length) });
        }),
    });
    const claim = () => turns.claim("webhooks", { lane: lane(), limit: 10, seconds: LEASE.seconds });
    const work = async () => {
      for (const { data } of await claim()) {
        await delivery.run({ data, retries: 0, isLast: false });
      }
    };
    /** Ends the connection that says that the worker lives; its others stay. */
    const blink = async () => {
      const before = presence?.key();
      const ended = await asOwner(
        world.database,
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = $1
           and database = (select oid from pg_database where datname = current_database())`,
        [before],
      );
      expect(ended).to.have.length(1);
      await eventually(
        () => Promise.resolve(presence?.key()),
        (key) => key !== before,
      );
    };
    return { database, presence, turns, claim, work, sent, receiver, blink };
  }

  const publish = async () => {
    for (let index = 0; index < SUBJECTS; index += 1) {
      await world.services.audit.addAlone({
        ...{ type: "user.disabled", outcome: "ok", officeId: world.office.id, actor: "command line" },
        subject: `user ${String(index)}`,
      });
    }
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
  };
  const deliveries = (state: string) =>
    asOwner(world.database, "select from webhook_deliveries where state = $1", [state]);

  it("T235 pass to another worker at once, without waiting for the end of the claim", async () => {
    const [one, other] = [await worker(), await worker()];
    expect(await one.claim()).to.have.length(1);
    expect(await other.turns.dueLanes(), "while it lives").to.deep.equal([]);
    expect(await other.claim(), "while it lives").to.deep.equal([]);
    await one.database.close();
    // PostgreSQL takes a moment to see the end of a connection.
    const lanes = await eventually(other.turns.dueLanes.bind(other.turns), (due) => due.length > 0);
    expect(lanes).to.deep.equal([lane()]);
    expect(await other.claim()).to.have.length(1);
    expect(await other.claim(), "a claim of its own").to.deep.equal([]);
    expect(await other.turns.dueLanes()).to.deep.equal([]);
  });

  it("T235 wait for a pause of the webhook, and are not those of one that was switched off", async () => {
    const [one, other] = [await worker(), await worker()];
    await one.claim();
    await one.database.close();
    for (const text of ["paused_until = now() + interval '1 minute'", "paused_until = null, state = 'off'"]) {
      await asOwner(world.database, `update webhooks set ${text}`);
      expect(await other.turns.dueLanes(), text).to.deep.equal([]);
      expect(await other.claim(), text).to.deep.equal([]);
    }
  });

  it("T235 pass after their time, as before, where a worker has no mark in the database", async () => {
    const [one, other] = [await worker({ isMarked: false }), await worker()];
    expect(await one.claim()).to.have.length(1);
    await one.database.close();
    expect(await other.claim()).to.deep.equal([]);
    await asOwner(
      world.database,
      "update webhooks set claimed_until = now(), due_at = now() - interval '1 second'",
    );
    expect(await other.claim()).to.have.length(1);
  });

  it("T235 of one whose connection ended for a moment: it sends no more, and another sends the rest", async () => {
    const [one, other] = [await worker(), await worker()];
    await publish();
    let blink: Promise<void> | null = null;
    one.receiver.answer = async () => {
      blink ??= one.blink();
      await blink;
      return 204;
    };
    await one.work();
    expect(one.sent.length, "those that were on their way").to.equal(AT_ONCE);
    const done = one.sent.length;
    expect(await deliveries("delivered"), "what it knows is recorded while none has it").to.have.length(done);
    await other.work();
    expect(new Set([...one.sent, ...other.sent]).size).to.equal(SUBJECTS);
    expect(other.sent).to.have.length(SUBJECTS - done);
    await eventually(
      () => Promise.resolve(one.presence?.key()),
      (key) => typeof key === "number",
    );
  });

  it("T235 that passed: what the first worker comes to know later changes nothing of what the second has done", async () => {
    const [one, other] = [await worker(), await worker()];
    await publish();
    one.receiver.answer = async (count) => {
      if (count === 1) {
        await one.blink();
        await other.work();
      }
      return 500;
    };
    await one.work();
    expect(other.sent).to.have.length(SUBJECTS);
    expect(await deliveries("delivered")).to.have.length(SUBJECTS);
    expect(await deliveries("waiting")).to.deep.equal([]);
    const failing = "select from webhooks where failing_since is not null or paused_until is not null";
    expect(await asOwner(world.database, failing)).to.deep.equal([]);
  });

  it("name their worker for as long as they last", async () => {
    const one = await worker();
    const [claimed] = await one.claim();
    expect(turnSchema.parse(claimed?.data).worker).to.equal(one.presence?.key());
  });
});

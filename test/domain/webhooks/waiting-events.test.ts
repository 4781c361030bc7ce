import { expect } from "chai";
import { WebhookDeliveryStore } from "../../../src/domain/webhooks/webhook-delivery-store.ts";
import type { WebhookRef } from "../../../src/domain/webhooks/webhook-store.ts";
import { WebhookDelivery } from "../../../src/domain/webhooks/webhook-delivery.ts";
import { WebhookTurnStore } from "../../../src/domain/webhooks/webhook-turn-store.ts";
import { EventStore } from "../../../src/domain/events/event-store.ts";
import { homeOf, LANES } from "../../../src/kernel/home.ts";
import type { Queryable } from "../../../src/platform/database/database.ts";
import { asOwner } from "../../support/database.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { makeWebhook, receiverOf } from "../../support/webhook-receiver.ts";

const WAITING = 1_000;
const SUBJECTS = 50;
const READ = {
  name: "test_rows_read",
  text: `select coalesce(seq_tup_read, 0)::integer + coalesce(idx_tup_fetch, 0)::integer as rows
         from pg_stat_xact_user_tables where relname = 'webhook_deliveries'`,
};

describe("events of a webhook that wait", function () {
  this.timeout(60_000);
  const world = useServices({ office: {} });
  const store = new WebhookDeliveryStore();
  const event = (position: number) => ({
    position,
    event: {
      ...{ id: `evt_1_${String(position)}_0`, type: "user.disabled", at: "2026-01-01T00:00:00.000Z" },
      ...{ outcome: "ok" as const, office: null, actor: { kind: "system" as const, id: null } },
      ...{ subject: `user ${String(position % SUBJECTS)}`, application: null, requestId: null, data: {} },
    },
  });
  const readBy = async (tx: Queryable, work: () => Promise<unknown>): Promise<number> => {
    const rows = async () => (await tx.query<{ rows: number }>(READ))[0]?.rows ?? 0;
    const before = await rows();
    await work();
    return (await rows()) - before;
  };
  const hook = async (): Promise<WebhookRef> => ({
    id: await makeWebhook(world.services, { id: world.office.id }),
    officeId: world.office.id,
  });

  it("are read once each, also where the statistics know of none, and the first of each subject is due", async () => {
    const webhook = await hook();
    await asOwner(world.database, "vacuum (analyze) webhook_deliveries");
    await world.services.database.inOffice(world.office.id, async (tx) => {
      await store.add(
        tx,
        webhook,
        Array.from({ length: WAITING }, (_, position) => event(position)),
      );
      const due = await store.due(tx, webhook.id, WAITING);
      expect(due.map(({ position }) => position)).to.deep.equal(
        Array.from({ length: SUBJECTS }, (_, n) => n),
      );
      const settled = due.map(({ id }) => ({
        ...{ id, state: "delivered" as const, retrySeconds: null, status: 204, durationMs: 1, fault: null },
      }));
      for (const [name, work] of [
        ["due", () => store.due(tx, webhook.id, 16)],
        ["probe", () => store.probe(tx, webhook.id)],
        ["next", () => store.nextDue(tx, webhook.id)],
        ["settle", () => store.settle(tx, { id: webhook.id, claim: 0 }, settled)],
      ] as const) {
        expect(await readBy(tx, work), name).to.be.within(1, 3 * WAITING);
      }
    });
  });

  it("are called for sixteen at a time, and a receiver that takes none is called no more", async () => {
    await asOwner(world.database, "delete from webhooks");
    const { database, audit, box, log, stores, webhooks } = world.services;
    const by = { id: "command line", officeId: null, role: "operator" } as const;
    const draft = { name: "Directory", url: "https://hooks.example/", types: ["user.disabled"] };
    await webhooks.service.add(world.office.id, draft, by);
    const subjects = Array.from({ length: 100 }, (_, number) => `user ${String(number)}`);
    const event = { type: "user.disabled", outcome: "ok", officeId: world.office.id, actor: "test" } as const;
    await audit.inOffice(world.office.id, (tx) => audit.addEach(tx, event, subjects));
    while ((await stores.auditSeals.seal(1_000)) > 0);
    const turns = new WebhookTurnStore(database);
    let [status, calls, running, most] = [500, 0, 0, 0];
    const delivery = new WebhookDelivery({
      ...{ turns, deliveries: store, events: new EventStore(database), audit, box, log },
      connect: () =>
        receiverOf(async () => {
          [calls, running] = [calls + 1, running + 1];
          most = Math.max(most, running);
          await Promise.resolve();
          running -= 1;
          return new Response(null, { status });
        }),
    });
    const work = async () => {
      const lane = homeOf(world.office.id) % LANES;
      await asOwner(
        world.database,
        "update webhooks set due_at = now(), paused_until = null, failing_since = null",
      );
      await asOwner(world.database, "update webhook_deliveries set due_at = now()");
      const jobs = await turns.claim("webhooks", { lane, limit: 10, seconds: 120 });
      await Promise.all(jobs.map(({ data }) => delivery.run({ data, retries: 0, isLast: false })));
    };
    await work();
    expect(calls).to.equal(16);
    status = 204;
    await work();
    expect(calls).to.equal(16 + subjects.length);
    expect(most).to.equal(16);
  });
});

import { expect } from "chai";
import { EventStore } from "../../../src/domain/events/event-store.ts";
import { WebhookDeliveryStore } from "../../../src/domain/webhooks/webhook-delivery-store.ts";
import { WebhookDelivery } from "../../../src/domain/webhooks/webhook-delivery.ts";
import { WebhookTurnStore } from "../../../src/domain/webhooks/webhook-turn-store.ts";
import type { Webhook } from "../../../src/domain/webhooks/webhook.ts";
import { homeOf, LANES } from "../../../src/kernel/home.ts";
import { asOwner } from "../../support/database.ts";
import { useServices } from "../../support/use-vestibule.ts";

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
  /** A worker that asks only when it should. Every request gets `answer`. */
  const worker = (answer: () => Promise<Response> = () => Promise.resolve(new Response())) => {
    const { database, audit, box, log } = world.services;
    const sent: string[] = [];
    const turns = new WebhookTurnStore(database);
    const delivery = new WebhookDelivery({
      ...{ turns, deliveries: new WebhookDeliveryStore(), events: new EventStore(database), audit, box, log },
      fetch: (_url, { body }) => {
        sent.push((JSON.parse(String(body)) as { subject: string }).subject);
        return answer();
      },
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
    return { work, sent };
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

  it("T188 come again for what was asked to be sent while one was served", async () => {
    const webhook = await hook();
    const { work, sent } = worker();
    await world.services.database.inOffice(world.office.id, async (tx) => {
      await new WebhookDeliveryStore().addTest(tx, webhook, "evt_test_1");
      await work();
    });
    await work();
    expect(sent).to.have.length(1);
  });
});

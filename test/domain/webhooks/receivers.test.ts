import { expect } from "chai";
import type { Webhook } from "../../../src/domain/webhooks/webhook.ts";
import { firstSealed, newWebhookSecret } from "../../../src/domain/webhooks/webhook-secret.ts";
import { tryDelivery } from "../../../src/domain/webhooks/webhook-try.ts";
import { now, secondsAfter } from "../../../src/kernel/clock.ts";
import { startWorkers, type RunningWorkers } from "../../../src/server/wiring/processes.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { receiverOf, startReceiver, type WebhookReceiver } from "../../support/webhook-receiver.ts";

const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;

describe("receivers of events", function () {
  this.timeout(60_000);
  const world = useServices({ office: {} });
  const running: RunningWorkers[] = [];
  const receivers: WebhookReceiver[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((workers) => workers.stop()));
    await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
    await asOwner(world.database, "delete from webhooks");
  });

  const service = () => world.services.webhooks.service;
  const listen = async (...args: Parameters<typeof startReceiver>) => {
    const receiver = await startReceiver(...args);
    receivers.push(receiver);
    return receiver;
  };
  const hook = async (url: string): Promise<Webhook> => {
    const draft = { name: "Directory", url, types: ["user.disabled"] };
    return (await service().add(world.office.id, draft, OPERATOR)).webhook;
  };
  const publish = async (subjects: readonly string[]) => {
    const event = { type: "user.disabled", outcome: "ok", officeId: world.office.id, actor: "test" } as const;
    await world.services.audit.inOffice(world.office.id, (tx) =>
      world.services.audit.addEach(tx, event, subjects),
    );
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
  };
  const work = async () => running.push(await startWorkers(world.services));
  const rested = (webhook: Webhook) =>
    eventually(
      () =>
        asOwner<{ busy: boolean; pause: number | null }>(
          world.database,
          "select claimed_until is not null as busy, extract(epoch from paused_until - now())::float8 as pause from webhooks where id = $1",
          [webhook.id],
        ),
      ([row]) => row?.busy === false,
    );

  it("T252 get many events over few connections, and none is left open after them", async () => {
    const receiver = await listen();
    const webhook = await hook(receiver.url);
    await publish(Array.from({ length: 300 }, (_, index) => `user ${String(index)}`));
    await work();
    await eventually(
      () => Promise.resolve(receiver.received),
      ({ length }) => length === 300,
    );
    await rested(webhook);
    await eventually(
      () => Promise.resolve(receiver.connections()),
      ({ open }) => open === 0,
    );
    // A turn that found nothing more may have followed the first one.
    expect(receiver.connections().all).to.be.within(1, 16);
  });

  it("T253 that ask for a pause get it, although they take others, and keep the order", async () => {
    const receiver = await listen((response, { subject }) =>
      subject === "anna"
        ? response.writeHead(429, { "retry-after": "1800" }).end()
        : response.writeHead(204).end(),
    );
    const webhook = await hook(receiver.url);
    await publish(["ben", "anna", "anna"]);
    await work();
    await eventually(
      () => service().deliveries(webhook),
      (all) => all.some(({ status }) => status === 429),
    );
    const [row] = await rested(webhook);
    expect(row?.pause).to.be.within(1_700, 1_800);
    expect(receiver.received.map(({ subject }) => subject).toSorted()).to.deep.equal(["anna", "ben"]);
    const waiting = (await service().deliveries(webhook)).find(({ status }) => status === 429);
    const seconds = ((waiting?.dueAt?.getTime() ?? 0) - (waiting?.triedAt?.getTime() ?? 0)) / 1000;
    expect(seconds).to.equal(1_800);
  });

  it("T253 are left alone for as long as they say, up to an hour, and never longer than an event waits", async () => {
    const { box } = world.services;
    const id = "0b9e9d5e-1c1b-4b57-8d5b-0f5d2c8d9a10";
    const sealed = firstSealed(box, id, newWebhookSecret());
    const tryWith = (status: number, retryAfter: string, addedAt = now()) =>
      tryDelivery(
        { id, url: "https://hooks.example/", sealed },
        { id, position: 1, eventId: "evt_1", attempts: 1, addedAt, body: "{}" },
        {
          box,
          receiver: receiverOf(() =>
            Promise.resolve(new Response(null, { status, headers: { "retry-after": retryAfter } })),
          ),
        },
      );
    const asked = async (status: number, retryAfter: string) => {
      const { retrySeconds, askedSeconds } = await tryWith(status, retryAfter);
      return [retrySeconds, askedSeconds];
    };
    expect(await asked(429, "600")).to.deep.equal([600, 600]);
    expect(await asked(503, "10"), "the usual pause is longer").to.deep.equal([30, 10]);
    expect(await asked(429, "86400")).to.deep.equal([3_600, 3_600]);
    expect(await asked(429, "9".repeat(400))).to.deep.equal([3_600, 3_600]);
    expect(await asked(429, "Thu, 01 Jan 2099 00:00:00 GMT")).to.deep.equal([3_600, 3_600]);
    for (const nothing of ["soon", "-5", "0", "Thu, 01 Jan 1970 00:00:00 GMT", ""]) {
      expect(await asked(429, nothing), nothing).to.deep.equal([30, null]);
    }
    expect(await asked(500, "600"), "a fault asks for nothing").to.deep.equal([30, null]);
    const old = await tryWith(429, "3600", secondsAfter(now(), -3 * 24 * 3_600 + 60));
    expect(old).to.include({ state: "given-up", retrySeconds: null });
    expect(await tryWith(204, "600")).to.include({ state: "delivered", askedSeconds: null });
  });
});

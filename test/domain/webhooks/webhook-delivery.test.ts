import { expect } from "chai";
import type { Webhook } from "../../../src/domain/webhooks/webhook.ts";
import { now } from "../../../src/kernel/clock.ts";
import type { Secret } from "../../../src/kernel/secret.ts";
import { isSigned } from "../../../src/platform/messages/standard-webhook.ts";
import { startWorkers, type RunningWorkers } from "../../../src/server/wiring/processes.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { startReceiver, type Received, type WebhookReceiver } from "../../support/webhook-receiver.ts";
import { useServices } from "../../support/use-vestibule.ts";

const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;

describe("the delivery of events to webhooks", function () {
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
  const work = async () => running.push(await startWorkers(world.services));
  const listen = async (...args: Parameters<typeof startReceiver>) => {
    const receiver = await startReceiver(...args);
    receivers.push(receiver);
    return receiver;
  };
  const hook = (url: string, types: string[] = [], officeId: string | null = world.office.id) =>
    service().add(officeId, { name: "Directory", url, types }, OPERATOR);
  const add = (subject: string, officeId: string | null = world.office.id) =>
    world.services.audit.addAlone({
      ...{ type: "user.disabled", outcome: "ok", officeId, actor: "command line", subject },
    });
  const seal = async () => {
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
  };
  const publish = async (...subjects: string[]) => {
    for (const subject of subjects) {
      await add(subject);
    }
    await seal();
  };
  const came = (receiver: WebhookReceiver, count: number): Promise<Received[]> =>
    eventually(
      () => Promise.resolve(receiver.received),
      ({ length }) => length >= count,
    );
  const log = ({ id, officeId }: Webhook) => service().deliveries({ id, officeId } as Webhook);
  /** Pauses last for seconds to hours; not here. */
  const hurry = async () => {
    await asOwner(world.database, "update webhook_deliveries set due_at = now() where state = 'waiting'");
    await asOwner(
      world.database,
      "update webhooks set due_at = now(), paused_until = null where claimed_until is null",
    );
  };
  const tried = (webhook: Webhook, times: number) =>
    eventually(
      () => log(webhook),
      ([newest]) => (newest?.attempts ?? 0) >= times,
    );
  const rest = (webhook: Webhook) =>
    eventually(
      () =>
        asOwner<{ busy: boolean }>(
          world.database,
          "select claimed_until is not null as busy from webhooks where id = $1",
          [webhook.id],
        ),
      ([row]) => row?.busy === false,
    );

  it("T187 signs each request with the webhook's own secret, as Standard Webhooks has it", async () => {
    const receiver = await listen();
    const { webhook, secret } = await hook(receiver.url, ["user.disabled"]);
    await publish("anna");
    await work();
    const [event] = await came(receiver, 1);
    const claimed = {
      id: String(event?.headers["webhook-id"]),
      timestamp: String(event?.headers["webhook-timestamp"]),
      signatures: String(event?.headers["webhook-signature"]),
      body: event?.body ?? "",
    };
    expect(secret.reveal()).to.match(/^whsec_/);
    expect(isSigned(claimed, secret, now())).to.equal(true);
    expect(isSigned({ ...claimed, body: `${claimed.body} ` }, secret, now())).to.equal(false);
    expect(isSigned({ ...claimed, id: "evt_1_1" }, secret, now())).to.equal(false);
    expect(JSON.parse(event?.body ?? "")).to.include({
      id: claimed.id,
      type: "user.disabled",
      subject: "anna",
    });
    const [delivery] = await tried(webhook, 1);
    expect(delivery).to.include({ state: "delivered", status: 204, attempts: 1, fault: null, dueAt: null });
  });

  it("T187 signs with both secrets for a day after a rotation, and stores neither in the open", async () => {
    const receiver = await listen();
    const { webhook, secret } = await hook(receiver.url, ["user.disabled"]);
    const next = await service().rotateSecret(webhook, OPERATOR);
    await work();
    await publish("anna");
    const claimed = ({ headers, body }: Received) => ({
      id: String(headers["webhook-id"]),
      timestamp: String(headers["webhook-timestamp"]),
      signatures: String(headers["webhook-signature"]),
      body,
    });
    const [first] = await came(receiver, 1);
    expect(
      [secret, next].map((one) => first !== undefined && isSigned(claimed(first), one, now())),
    ).to.deep.equal([true, true]);
    const rows = await asOwner<{ text: string }>(world.database, "select w::text as text from webhooks w");
    const bare = (one: Secret) => Buffer.from(one.reveal().slice("whsec_".length)).toString("hex");
    expect(rows[0]?.text).to.not.contain(bare(secret)).and.not.contain(next.reveal());
    const replaced = (await service().find(webhook.officeId, webhook.id)) ?? webhook;
    const third = await service().rotateSecret(replaced, OPERATOR);
    await publish("ben");
    const [, second] = await came(receiver, 2);
    expect(
      [secret, next, third].map((one) => second !== undefined && isSigned(claimed(second), one, now())),
    ).to.deep.equal([false, true, true]);
  });

  it("T188 keeps the order of each subject: what fails holds up its own subject and no other", async () => {
    let fails = true;
    const receiver = await listen((response, { subject }) =>
      response.writeHead(fails && subject === "anna" ? 500 : 204).end(),
    );
    const { webhook } = await hook(receiver.url, ["user.disabled", "user.enabled"]);
    await publish("anna", "ben", "anna", "ben", "carl");
    await work();
    await eventually(
      () => Promise.resolve(receiver.received.map(({ subject }) => subject)),
      (seen) => seen.filter((one) => one !== "anna").length === 3,
    );
    await rest(webhook);
    const ids = receiver.received.filter(({ subject }) => subject === "anna").map(({ id }) => id);
    expect(ids, "the second waits for the first").to.have.length(1);
    fails = false;
    await hurry();
    await came(receiver, 6);
    const after = receiver.received.filter(({ subject }) => subject === "anna").map(({ id }) => id);
    expect(after.slice(0, 2), "the same webhook-id").to.deep.equal([ids[0], ids[0]]);
    expect(new Set(after).size).to.equal(2);
    await eventually(
      () => log(webhook),
      (all) => all.length === 5 && all.every(({ state }) => state === "delivered"),
    );
  });

  it("T188 waits longer after each failure, and gives an event up after days", async () => {
    const receiver = await listen((response) => response.writeHead(503).end());
    const { webhook } = await hook(receiver.url, ["user.disabled"]);
    await publish("anna");
    await work();
    const pauses: number[] = [];
    for (let times = 1; times <= 4; times += 1) {
      const [delivery] = await tried(webhook, times);
      pauses.push(((delivery?.dueAt?.getTime() ?? 0) - (delivery?.triedAt?.getTime() ?? 0)) / 1000);
      expect(delivery).to.include({ state: "waiting", status: 503 });
      await rest(webhook);
      await hurry();
    }
    expect(pauses).to.deep.equal([5, 30, 120, 600]);
    await tried(webhook, 5);
    await rest(webhook);
    await asOwner(world.database, "update webhook_deliveries set added_at = added_at - interval '3 days'");
    await hurry();
    const [last] = await tried(webhook, 6);
    expect(last).to.include({ state: "given-up", dueAt: null });
  });

  it("T189 switches off a webhook that has failed for days, with an alarm, and goes on where it was", async () => {
    let status = 500;
    const receiver = await listen((response) => response.writeHead(status).end());
    const { webhook } = await hook(receiver.url, ["user.disabled"]);
    await publish("anna");
    await work();
    await tried(webhook, 1);
    await rest(webhook);
    await asOwner(world.database, "update webhooks set failing_since = now() - interval '3 days'");
    await hurry();
    const state = () => service().find(webhook.officeId, webhook.id);
    await eventually(state, (found) => found?.state === "failed");
    const alarms = () =>
      asOwner(world.database, "select from audit_events where type = 'webhook.failed' and subject = $1", [
        webhook.id,
      ]);
    expect(await alarms()).to.have.length(1);
    await publish("ben");
    expect(receiver.received).to.have.length(2);
    status = 204;
    await service().change(webhook, { state: "on" }, OPERATOR);
    await came(receiver, 4);
    expect(receiver.received.slice(2).map(({ subject }) => subject)).to.have.members(["anna", "ben"]);
    expect((await state())?.failingSince).to.equal(null);
  });

  it("T188 sends every event to every webhook that chose it, and a receiver that hangs holds up no other", async () => {
    const hanging = await listen(() => undefined);
    const long = await listen((response) => response.writeHead(200).end("x".repeat(10_000_000)));
    const [one, other] = [await listen(), await listen()];
    const stuck = await hook(hanging.url);
    const tooLong = await hook(long.url, ["user.disabled"]);
    await hook(one.url, ["user.disabled"]);
    await hook(other.url, ["user.enabled"]);
    await publish("anna", "ben");
    await work();
    await came(hanging, 1);
    await came(one, 2);
    const [cut] = await tried(tooLong.webhook, 1);
    expect(cut, "the body says nothing").to.include({ state: "delivered", status: 200, fault: null });
    expect((await log(stuck.webhook)).every(({ attempts }) => attempts === 0)).to.equal(true);
    expect(other.received).to.deep.equal([]);
  });

  it("T189 follows no redirect, and goes to no address inside the network", async () => {
    const target = await listen();
    const leads = await listen((response) => response.writeHead(307, { location: target.url }).end());
    const { webhook } = await hook(leads.url, ["user.disabled"]);
    const inside = await hook("https://169.254.169.254/latest", ["user.disabled"]);
    await publish("anna");
    await work();
    expect((await tried(webhook, 1))[0]).to.include({ state: "waiting", status: null, fault: "REDIRECTED" });
    expect((await tried(inside.webhook, 1))[0]).to.include({
      ...{ state: "waiting", fault: "the address is not one that may be called" },
    });
    expect(target.received).to.deep.equal([]);
  });

  it("T189 takes https addresses alone, without credentials, and plain http to this computer in development", () => {
    const fits = (url: string) =>
      service().schemaFor("office").safeParse({ name: "Hook", url, types: [] }).success;
    for (const url of ["https://hooks.example/a?b=c", "http://127.0.0.1:9000/", "http://localhost:1/"]) {
      expect(fits(url), url).to.equal(true);
    }
    for (const url of [
      "http://hooks.example/",
      "http://192.168.1.1/",
      "ftp://a.example/",
      "https://u:p@a.example/",
      "https://a.example/#x",
      "//a",
      "",
    ]) {
      expect(fits(url), url).to.equal(false);
    }
  });

  it("T188 sends one event or all from a position on again, under the same ids", async () => {
    const receiver = await listen();
    const { webhook } = await hook(receiver.url, ["user.disabled"]);
    await publish("anna", "ben");
    await work();
    await came(receiver, 2);
    await eventually(
      () => log(webhook),
      (all) => all.every(({ state }) => state === "delivered"),
    );
    const [newest] = await log(webhook);
    expect(await service().sendAgain(webhook, newest?.id ?? "")).to.equal(true);
    await came(receiver, 3);
    expect(receiver.received.filter(({ id }) => id === newest?.eventId)).to.have.length(2);
    await rest(webhook);
    await service().replay(webhook, 0);
    await eventually(
      () => Promise.resolve(receiver.received),
      (all) => all.filter(({ subject }) => subject === "ben").length >= 2 && all.length >= 5,
    );
    expect(
      new Set(
        receiver.received
          .filter(({ subject }) => subject === "anna" || subject === "ben")
          .map(({ id }) => id),
      ).size,
    ).to.be.at.least(2);
    expect(await service().sendAgain(webhook, "00000000-0000-4000-8000-000000000000")).to.equal(false);
  });

  it("sends a test that is about nothing, and the events of no office to webhooks of the platform", async () => {
    const receiver = await listen();
    const { webhook } = await hook(receiver.url, ["user.disabled"], null);
    await service().test(webhook);
    await add("staff", null);
    await publish("anna");
    await work();
    await came(receiver, 2);
    await rest(webhook);
    expect(receiver.received.map(({ type, subject }) => [type, subject])).to.have.deep.members([
      ["webhook.test", null],
      ["user.disabled", "staff"],
    ]);
  });

  it("T188 sends each event once although two workers send", async () => {
    const receiver = await listen();
    const { webhook } = await hook(receiver.url, ["user.disabled"]);
    await Promise.all([work(), work()]);
    const names = Array.from({ length: 30 }, (_, index) => `user ${String(index)}`);
    for (const name of names) {
      await publish(name, name);
    }
    await came(receiver, 60);
    await rest(webhook);
    expect(new Set(receiver.received.map(({ id }) => id)).size).to.equal(60);
    expect(receiver.received).to.have.length(60);
  });
});

import { expect } from "chai";
import { messageStatus } from "../../support/message-status.ts";
import { composeGateways } from "../../../src/server/wiring/processes.ts";
import type { Services } from "../../../src/server/wiring/services.ts";
import { SecretBox } from "../../../src/kernel/secret.ts";
import { Delivery } from "../../../src/platform/messages/delivery.ts";
import type { Gateways, SendResult, MessageGateway } from "../../../src/platform/messages/gateway.ts";
import type { Message } from "../../../src/platform/messages/message.ts";
import type { MessageJobs, MessageRef } from "../../../src/platform/messages/message-jobs.ts";
import { MessageStore } from "../../../src/platform/messages/message-store.ts";
import { TransactionalQueue } from "../../../src/platform/messages/transactional-queue.ts";
import { startMailStandIn } from "../../support/mail-stand-in.ts";

import { makeOffice } from "../../support/people.ts";
import { startSmsStandIn } from "../../support/sms-stand-in.ts";
import { duringMoment, HOUR, MINUTE, SECOND } from "../../support/time.ts";
import { withSmsTimeout } from "../../support/test-settings.ts";
import { startServices } from "../../support/vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const EACH = 25;

/** The queue and the delivery with a time of their own; jobs come when that time has come. */
class Stage {
  now = new Date("2031-05-05T12:00:00Z").getTime();
  readonly store: MessageStore;
  readonly #services: Services;
  readonly #waiting: { ref: MessageRef; at: number }[] = [];
  readonly #seen = new Set<string>();
  readonly #jobs: MessageJobs = {
    add: (_tx, ref, { seconds }) => {
      this.#waiting.push({ ref, at: this.now + seconds * SECOND });
      return Promise.resolve();
    },
  };

  constructor(services: Services) {
    this.#services = services;
    this.store = new MessageStore(services.database);
  }

  get #parts() {
    const box = new SecretBox(this.#services.secrets.dataKeys);
    return { store: this.store, jobs: this.#jobs, box };
  }

  /** The job that the message has brought with it comes now, too. */
  queue(message: Message): Promise<string> {
    const { officeId } = message;
    const queue = new TransactionalQueue(this.#parts);
    return this.atItsMoment(async () => {
      const id = await this.#services.database.inOffice(officeId ?? "", (tx) => queue.send(tx, message));
      this.#waiting.push({ ref: { id, officeId }, at: this.now });
      return id;
    });
  }

  delivery(gateways: Gateways): Delivery {
    return new Delivery({ ...this.#parts, gateways });
  }

  atItsMoment<T>(work: () => Promise<T>): Promise<T> {
    return duringMoment(new Date(this.now), work);
  }

  /** Plays the time until `end`, each job at its moment, and each message's first job twice: a job may come once too often. */
  async play(end: number, gateways: Gateways): Promise<void> {
    const delivery = this.delivery(gateways);
    for (;;) {
      this.#waiting.sort((one, other) => one.at - other.at);
      const next = this.#waiting[0];
      if (next === undefined || next.at > end) {
        break;
      }
      this.#waiting.shift();
      this.now = Math.max(this.now, next.at);
      const isFirst = !this.#seen.has(next.ref.id);
      this.#seen.add(next.ref.id);
      const refs = [next.ref, ...(isFirst ? [next.ref] : [])];
      await this.atItsMoment(() => Promise.all(refs.map((ref) => delivery.deliver(ref))));
    }
    this.now = end;
  }
}

describe("messages while their provider is away", () => {
  let services: Services;
  let stop: () => Promise<void>;
  let gateways: Gateways;
  let officeId: string;
  let stage: Stage;

  const provider = useFresh(() => startSmsStandIn());
  const server = useFresh(() => startMailStandIn());
  beforeEach(async () => {
    ({ services, stop } = await startServices({
      ...provider.environment,
      ...server.environment,
      ...withSmsTimeout(SECOND),
    }));
    gateways = await composeGateways({ ...services, ...services.stores });
    officeId = (await makeOffice(services)).id;
    stage = new Stage(services);
  });
  afterEach(async () => {
    await gateways.mail?.close();
    await Promise.all([provider.stop(), server.stop()]);
    await stop();
  });

  const sms = (index: number, lives: number): Message => ({
    channel: "sms",
    to: `+316123${String(52_000 + index)}`,
    text: `text ${String(index)}`,
    officeId,
    until: new Date(stage.now + lives),
  });
  const mail = (index: number): Message => ({
    channel: "mail",
    to: `person${String(index)}@mail.example`,
    subject: `Mail ${String(index)}`,
    text: "text",
    officeId,
  });
  const statesOf = async (ids: readonly string[]) => {
    const states = await Promise.all(
      ids.map(async (id) => (await messageStatus(services.database, officeId, id))?.state),
    );
    return [...new Set(states)];
  };

  it("T35 loses nothing and doubles nothing in an hour without provider and mail server", async function () {
    this.timeout(60_000);
    const texts = await Promise.all(
      Array.from({ length: EACH }, (_, index) => stage.queue(sms(index, 2 * HOUR))),
    );
    const codes = await Promise.all(
      Array.from({ length: 5 }, (_, index) => stage.queue(sms(100 + index, 5 * MINUTE))),
    );
    const mails = await Promise.all(Array.from({ length: EACH }, (_, index) => stage.queue(mail(index))));
    provider.fault("503");
    server.fault(451);
    await stage.play(stage.now + HOUR, gateways);
    expect([provider.taken.length, server.taken.length]).to.deep.equal([0, 0]);
    expect(await statesOf([...texts, ...mails])).to.deep.equal(["waiting"]);
    provider.fault(null);
    server.fault(null);
    await stage.play(stage.now + HOUR, gateways);
    expect(await statesOf([...texts, ...mails])).to.deep.equal(["sent"]);
    expect(provider.taken.map(({ text }) => text).sort()).to.deep.equal(
      Array.from({ length: EACH }, (_, index) => `text ${String(index)}`).sort(),
    );
    expect(new Set(server.taken.flatMap(({ to }) => to)).size).to.equal(EACH);
    expect(server.taken).to.have.length(EACH);
    expect(await statesOf(codes), "a code that came too late would open nothing").to.deep.equal(["failed"]);
  });

  it("T35 does not call again and again: a message is tried some times in five minutes", async () => {
    provider.fault("throttled");
    await stage.queue(sms(1, 5 * MINUTE));
    await stage.play(stage.now + HOUR, gateways);
    expect(provider.requests).to.be.within(5, 12);
  });

  it("T35 sends no code after its time", async () => {
    const id = await stage.queue(sms(1, 5 * MINUTE));
    stage.now += 5 * MINUTE;
    await stage.play(stage.now, gateways);
    expect(await statesOf([id])).to.deep.equal(["expired"]);
    expect(provider.requests).to.equal(0);
  });

  for (const scenario of ["empty", "silent", "reset"] as const) {
    it(`T35 does not send a code twice when the answer is ${scenario}`, async function () {
      this.timeout(20_000);
      provider.fault(scenario);
      const id = await stage.queue(sms(1, 5 * MINUTE));
      await stage.play(stage.now + HOUR, gateways);
      expect(await statesOf([id])).to.deep.equal(["unknown"]);
      expect(provider.requests).to.equal(1);
    });
  }

  it("T35 does not send a code again whose process died, and sends a mail again under the same name", async () => {
    const text = await stage.queue(sms(1, HOUR));
    const letter = await stage.queue(mail(1));
    // The process ends after the provider took the message and before that was written down.
    const { dead, abandoned } = dyingWith(gateways);
    const doomed = stage.delivery(dead);
    for (const id of [text, letter]) {
      void stage.atItsMoment(() => doomed.deliver({ id, officeId }));
    }
    await abandoned;
    expect(await statesOf([text, letter])).to.deep.equal(["waiting"]);
    await stage.play(stage.now + 50 * SECOND, gateways);
    expect([provider.taken.length, server.taken.length], "as long as it may be alive").to.deep.equal([1, 1]);
    stage.now += MINUTE;
    const delivery = stage.delivery(gateways);
    for (const id of [text, letter, text, letter]) {
      await stage.atItsMoment(() => delivery.deliver({ id, officeId }));
    }
    expect([await statesOf([text]), await statesOf([letter])]).to.deep.equal([["unknown"], ["sent"]]);
    expect(provider.taken).to.have.length(1);
    expect(server.taken).to.have.length(2);
    expect(new Set(server.taken.map(({ messageId }) => messageId)).size).to.equal(1);
  });
});

/** Gateways that hand over and never come back, as in a process that is killed at that moment. */
function dyingWith({ mail, sms }: Gateways): { dead: Gateways; abandoned: Promise<unknown> } {
  const taken: Promise<SendResult>[] = [];
  let isBoth: () => void = () => undefined;
  const abandoned = new Promise<void>((resolve) => {
    isBoth = resolve;
  });
  const deaf = (gateway: MessageGateway | null): MessageGateway | null =>
    gateway && {
      capacity: gateway.capacity,
      send: async (id, message) => {
        taken.push(gateway.send(id, message));
        await Promise.all(taken);
        if (taken.length === 2) {
          isBoth();
        }
        return new Promise(() => undefined);
      },
      check: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    };
  return { dead: { mail: deaf(mail), sms: deaf(sms) }, abandoned };
}

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { MessageGateway, SendResult } from "../../../src/platform/messages/gateway.ts";
import type { SmsMessage } from "../../../src/platform/messages/message.ts";
import { SmsProviders } from "../../../src/platform/messages/sms-providers.ts";
import { RateLimitStore } from "../../../src/platform/limits/rate-limit-store.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { keyedHash } from "../../../src/kernel/secret.ts";
import { captureLog } from "../../support/log-capture.ts";
import { DAY, SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const SENT: SendResult = { type: "sent", providerId: "1" };
const fault = (type: Exclude<SendResult["type"], "sent">, reason: string): SendResult => ({ type, reason });

const sms = (): SmsMessage => ({
  ...{ channel: "sms", to: "+31612345678", text: "code", officeId: randomUUID() },
  until: new Date(Date.now() + 300_000),
});

/** A provider that answers what it is told, and counts what it is asked. */
class Provider implements MessageGateway {
  readonly capacity = null;
  answer: SendResult | Promise<SendResult> = SENT;
  asked = 0;

  send(): Promise<SendResult> {
    this.asked += 1;
    return Promise.resolve(this.answer);
  }

  check(): Promise<string | null> {
    return Promise.resolve(null);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe("T184 several providers of text messages", () => {
  const world = useServices();
  let one: Provider;
  let two: Provider;
  const log = createLog("info", null);
  const lines = captureLog(log);

  const providers = (dailyOf: readonly (number | null)[] = [null, null]) =>
    new SmsProviders({
      ...{ log, hash: keyedHash(Buffer.alloc(32, randomUUID())) },
      limits: new RateLimitStore(world.services.database),
      providers: [
        { name: "vonage", gateway: one, daily: dailyOf[0] ?? null },
        { name: "http", gateway: two, daily: dailyOf[1] ?? null },
      ],
    });
  const asked = () => [one.asked, two.asked];
  const send = (gateway: MessageGateway) => gateway.send(randomUUID(), sms());

  beforeEach(() => {
    [one, two] = [new Provider(), new Provider()];
    lines.length = 0;
  });

  it("T184 asks the first one, as long as it takes messages", async () => {
    const gateway = providers();
    expect(await send(gateway)).to.deep.equal(SENT);
    expect(asked()).to.deep.equal([1, 0]);
  });

  for (const type of ["again", "failed", "refused"] as const) {
    it(`T184 asks the next one where the first has surely not taken it: ${type}`, async () => {
      one.answer = fault(type, "HTTP 503");
      expect(await send(providers())).to.deep.equal({ ...SENT, reason: "vonage: HTTP 503" });
      expect(asked()).to.deep.equal([1, 1]);
    });
  }

  it("T184 never asks another one where the first may have taken it", async () => {
    one.answer = fault("unknown", "no answer in time");
    expect(await send(providers())).to.deep.equal(fault("unknown", "vonage: no answer in time"));
    expect(asked()).to.deep.equal([1, 0]);
  });

  it("T184 sends a message whose outcome is unknown to no one again, also after another had refused it", async () => {
    one.answer = fault("again", "HTTP 503");
    two.answer = fault("unknown", "answer lost");
    expect(await send(providers())).to.deep.equal(fault("unknown", "vonage: HTTP 503; http: answer lost"));
    expect(asked()).to.deep.equal([1, 1]);
  });

  const PASSED_OVER = { again: 15, unknown: 60, failed: 300 } as const;
  for (const [type, seconds] of Object.entries(PASSED_OVER)) {
    it(`T184 passes one over for ${String(seconds)} seconds, and then tries it with one message: ${type}`, async () => {
      const gateway = providers();
      one.answer = fault(type as keyof typeof PASSED_OVER, "HTTP 503");
      await send(gateway);
      one.asked = 0;
      travel((seconds - 1) * SECOND);
      await send(gateway);
      expect(one.asked, "while it is passed over").to.equal(0);
      const { promise, resolve } = Promise.withResolvers<SendResult>();
      one.answer = promise;
      travel(2 * SECOND);
      const probe = send(gateway);
      await Promise.all([send(gateway), send(gateway)]);
      expect(one.asked, "the probe alone").to.equal(1);
      resolve(SENT);
      await probe;
      await send(gateway);
      expect(one.asked, "once it is back").to.equal(2);
      expect(lines.map(({ msg, provider }) => [msg, provider])).to.deep.equal([
        ["a text message provider is passed over", "vonage"],
        ["a text message provider is used again", "vonage"],
      ]);
    });
  }

  it("T184 passes none over for a number that it refuses", async () => {
    const gateway = providers();
    one.answer = fault("refused", "status 3");
    await send(gateway);
    await send(gateway);
    expect(one.asked).to.equal(2);
    expect(lines).to.deep.equal([]);
  });

  it("asks all where all are passed over, and says of each what came of it", async () => {
    const gateway = providers();
    one.answer = fault("failed", "HTTP 401");
    two.answer = fault("again", "ECONNREFUSED");
    const expected = fault("again", "vonage: HTTP 401; http: ECONNREFUSED");
    expect(await send(gateway)).to.deep.equal(expected);
    expect(await send(gateway)).to.deep.equal(expected);
    expect(asked()).to.deep.equal([2, 2]);
    two.answer = fault("refused", "HTTP 422");
    expect((await send(gateway)).type).to.equal("refused");
  });

  it("T184 keeps to the budget of each, which all processes share, and counts what was or may have been taken", async () => {
    const gateway = providers([2, 1]);
    one.answer = fault("again", "HTTP 503");
    two.answer = fault("again", "HTTP 503");
    await send(gateway);
    one.answer = fault("unknown", "answer lost");
    await send(gateway);
    travel(61 * SECOND);
    one.answer = SENT;
    await send(gateway);
    two.answer = SENT;
    const [others, spent] = [await send(gateway), await send(gateway)];
    expect(others).to.deep.equal({ ...SENT, reason: "vonage: budget of the day" });
    expect(spent).to.deep.equal(fault("failed", "http: budget of the day"));
    travel(DAY);
    expect(await send(gateway)).to.deep.equal(SENT);
  });

  it("checks them all without sending anything", async () => {
    two.check = () => Promise.resolve("sms.example cannot be reached");
    expect(await providers().check()).to.equal("http: sms.example cannot be reached");
    expect(asked()).to.deep.equal([0, 0]);
  });
});

import { expect } from "chai";
import { MailThrottle, type MailRequest } from "../../../src/domain/credentials/mail-throttle.ts";
import { keyedHash } from "../../../src/kernel/secret.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the limits of mails that a visitor asks for", () => {
  const { services } = useVestibule();
  const throttle = () =>
    new MailThrottle({
      database: services.database,
      store: services.stores.rateLimits,
      hash: keyedHash(Buffer.alloc(32, 1)),
    });
  let made = 0;
  const request = (more: Partial<MailRequest> = {}): MailRequest => {
    made += 1;
    const recipient = `user ${String(made)}`;
    return {
      purpose: "mail-change",
      recipient,
      addressGroup: `203.0.113.${String(made)}`,
      form: "f",
      ...more,
    };
  };

  it("refuse a form of a full mailbox as often as it comes", async () => {
    const first = request();
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await throttle().reserve({ ...first, form: String(tries) })).to.include({ type: "allowed" });
    }
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await throttle().reserve(first)).to.deep.equal({ type: "recipient-limit" });
    }
  });

  it("refuse a form of a full network as often as it comes, and go on from the last that it has room for", async () => {
    const { addressGroup } = request();
    const last = request({ addressGroup });
    for (let tries = 0; tries < 29; tries += 1) {
      expect(await throttle().reserve(request({ addressGroup }))).to.include({ type: "allowed" });
    }
    const both = await Promise.all([throttle().reserve(last), throttle().reserve(last)]);
    expect(both.map(({ type }) => type).sort()).to.deep.equal(["allowed", "repeated"]);
    const late = request({ addressGroup });
    for (let tries = 0; tries < 2; tries += 1) {
      expect(await throttle().reserve(late)).to.include({ type: "too-many" });
    }
  });

  it("let a form try again at once when what it asked for has failed", async () => {
    const asked = request();
    const failing = () => Promise.reject(new Error("the database is gone"));
    expect(await throttle().reserve(asked)).to.include({ type: "allowed" });
    const failed = await throttle()
      .releasing(asked, failing)
      .catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(await throttle().reserve(asked)).to.include({ type: "allowed" });
    expect(await throttle().reserve(asked)).to.deep.equal({ type: "repeated" });
  });

  it("count every request that names no form", async () => {
    const asked = request({ form: null });
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await throttle().reserve(asked)).to.deep.equal({ type: "allowed", isLast: tries === 4 });
    }
  });
});

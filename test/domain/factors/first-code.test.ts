import { expect } from "chai";
import { base32 } from "../../../src/domain/factors/base32.ts";
import type { CodeTry } from "../../../src/domain/factors/code-try.ts";
import {
  BY_SMS,
  bindingOf,
  giveNumber,
  lastCode,
  makeSmsOffice,
  newNumber,
  otherThan,
  send,
  sentSms,
  storedUser,
  tryCode,
} from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  changeOffice,
  clearGuard,
  giveApp,
  guardOf,
  makeStrictOffice,
  resetFactor,
  wrongCode,
} from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { totpNow } from "../../support/totp.ts";
import { useServices } from "../../support/use-vestibule.ts";

const SECRET = base32(Buffer.alloc(20, 7));

describe("the count of wrong codes", () => {
  const world = useServices({ settings: BY_HAND });
  const { services } = world;
  const user: TestUser = useFresh(async () => makeUser(services, await makeSmsOffice(services)));
  const attempt = (code: CodeTry) => tryCode(services, user, code);
  const counted = async () => {
    const {
      failed_attempts: failedAttempts,
      failed_since_success: failedSinceSuccess,
      blocked_until: until,
    } = await guardOf(world, user);
    return { failedAttempts, failedSinceSuccess, isBlocked: until !== null };
  };
  const newApp = (code: string): CodeTry => ({
    ...{ type: "new-totp", secret: SECRET, replaces: true },
    ...{ code, binding: bindingOf(user) },
  });

  /** A right code of each kind, and how often it may be asked for. */
  const RIGHT: Readonly<Record<string, () => Promise<CodeTry>>> = {
    "a new app": () => Promise.resolve(newApp(totpNow(SECRET))),
    "a new number": async () => {
      const number = newNumber();
      await send(services, user, { number, purpose: "enrol", replaces: true });
      const code = await lastCode(world.database, number);
      return { type: "new-sms", code, binding: bindingOf(user), replaces: true };
    },
    "a reset": async () => {
      const code = await resetFactor(services, await storedUser(services, user), "phone lost");
      return { type: "enrolment", code: code.reveal(), binding: bindingOf(user) };
    },
    "the app": async () => {
      const { secret } = await giveApp(services, user);
      return { type: "totp", code: totpNow(secret), binding: bindingOf(user) };
    },
    "the confirmed number": async () => {
      const number = await giveNumber(services, user);
      await send(services, user, { number });
      return { type: "sms", code: await lastCode(world.database, number), binding: bindingOf(user) };
    },
    "the recovery codes": async () => {
      const { codes } = await giveApp(services, user);
      return { type: "recovery", code: codes[0] ?? "", binding: bindingOf(user) };
    },
  };
  const right = (source: string) => RIGHT[source]?.() ?? Promise.reject(new Error(source));
  /** Two wrong codes, each of a form of its own. */
  const miss = async () => {
    for (const by of [0, 1]) {
      const code = otherThan(wrongCode(SECRET), by);
      expect(await attempt({ type: "recovery", code, binding: bindingOf(user) })).to.equal("wrong");
    }
    expect(await counted()).to.deep.equal({ failedAttempts: 2, failedSinceSuccess: 2, isBlocked: false });
  };

  for (const source of ["the app", "the confirmed number", "the recovery codes"]) {
    it(`T126 begins anew with a right code of ${source}`, async () => {
      const code = await right(source);
      await miss();
      expect(await attempt(code)).to.equal("accepted");
      expect(await counted()).to.deep.equal({ failedAttempts: 0, failedSinceSuccess: 0, isBlocked: false });
    });
  }

  for (const source of ["a new app", "a new number", "a reset"]) {
    it(`T126 stays as it is with the first code of ${source}, which itself costs no try`, async () => {
      const code = await right(source);
      await miss();
      expect(await attempt(code)).to.equal("accepted");
      expect(await counted()).to.deep.equal({ failedAttempts: 2, failedSinceSuccess: 2, isBlocked: false });
      await clearGuard(world, user);
    });
  }

  it("T126 is reached by a thief who sets up one app after another: the guesses between them add up to a lockout", async () => {
    await giveApp(services, user);
    const guess = (round: number) => {
      const code = otherThan(wrongCode(SECRET), round);
      return attempt({ type: "recovery", code, binding: bindingOf(user) });
    };
    expect(await guess(0)).to.equal("wrong");
    expect(await attempt(newApp(totpNow(SECRET)))).to.equal("accepted");
    expect(await guess(1)).to.equal("wrong");
    const other = base32(Buffer.alloc(20, 8));
    const again = { ...newApp(totpNow(other)), secret: other };
    expect(await attempt(again)).to.equal("accepted");
    expect(await guess(2)).to.equal("wrong");
    expect(await counted()).to.deep.equal({ failedAttempts: 3, failedSinceSuccess: 3, isBlocked: true });
  });
});

describe("an office that accepts the app alone", () => {
  const world = useServices({ settings: BY_HAND });

  it("T126 pays for no text message to a new number, whichever page asks for one", async () => {
    const { services, database } = world;
    const user = await makeUser(services, await makeStrictOffice(services));
    const number = newNumber();
    expect(await send(services, user, { number, purpose: "enrol" })).to.deep.equal({
      type: "stopped",
      by: "off",
    });
    expect(await sentSms(database, number)).to.have.length(0);
    await changeOffice(services, user.office, { secondFactor: BY_SMS });
    expect((await send(services, user, { number, purpose: "enrol" })).type).to.equal("sent");
  });
});

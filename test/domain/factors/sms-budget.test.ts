import { expect } from "chai";
import { RateLimitStore } from "../../../src/platform/limits/rate-limit-store.ts";

import { asOwner } from "../../support/database.ts";
import {
  giveNumber,
  makeSmsOffice,
  makeSmsUser,
  newNumber,
  send,
  sentSms,
  VISITOR,
} from "../../support/mobile-numbers.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { changeOffice, giveApp } from "../../support/second-factor.ts";
import { DAY, HOUR, MINUTE, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { tryCode } from "../../support/mobile-numbers.ts";
import { useServices } from "../../support/use-vestibule.ts";

const LIMITS = {
  VESTIBULE_SMS_ACCOUNT_DAY: "8",
  VESTIBULE_SMS_ADDRESS_HOUR: "12",
  VESTIBULE_SMS_PREFIX_HOUR: "14",
};

describe("the budget of text messages", function () {
  this.timeout(60_000);
  const { services, database } = useServices({ settings: LIMITS });
  let user: TestUser;
  let number: string;
  let sendings = 0;

  beforeEach(async () => {
    ({ user, number } = await makeSmsUser(services));
  });

  /** A message of a sign-in of its own, from an address of its own. */
  const sendNew = (whom: TestUser, to: string, changes: Partial<Parameters<typeof send>[2]> = {}) => {
    sendings += 1;
    const addressGroup = `198.51.${String(Math.floor(sendings / 250))}.${String(sendings % 250)}`;
    const visitor = { ...VISITOR, addressGroup };
    return send(services, whom, { number: to, binding: `sign-in ${String(sendings)}`, visitor, ...changes });
  };
  const outcomes = async (count: number, once: () => ReturnType<typeof send>) => {
    const results: string[] = [];
    for (let time = 0; time < count; time += 1) {
      const result = await once();
      results.push(result.type === "stopped" ? result.by : result.type);
    }
    return results;
  };
  const events = (type: string, officeId = user.office.id) =>
    asOwner<{ outcome: string; details: Record<string, unknown>; subject: string }>(
      database,
      "select outcome, details, subject from audit_events where type = $1 and office_id = $2 order by id",
      [type, officeId],
    );
  const sent = (count: number) => Array.from({ length: count }, () => "sent");

  it("T34 stops the sixth message to a number in an hour, and the eleventh in a day", async () => {
    const one = () => sendNew(user, number);
    expect(await outcomes(6, one)).to.deep.equal([...sent(5), "number"]);
    travel(59 * MINUTE);
    expect(await outcomes(1, one)).to.deep.equal(["number"]);
    travel(2 * MINUTE);
    expect(await outcomes(4, one)).to.deep.equal([...sent(3), "account"]);
    await asOwner(database, "delete from rate_limits where scope = 'sms-account'");
    expect(await outcomes(3, one)).to.deep.equal([...sent(2), "number"]);
    travel(2 * HOUR);
    expect(await outcomes(1, one), "the day").to.deep.equal(["number"]);
    travel(DAY);
    expect(await outcomes(1, one), "the next day").to.deep.equal(["sent"]);
    expect(await sentSms(database, number)).to.have.length(11);
  });

  it("T34 counts a number for all who use it", async () => {
    const other = await makeUser(services, await makeSmsOffice(services));
    await giveNumber(services, other, { number });
    expect(await outcomes(3, () => sendNew(user, number))).to.deep.equal(sent(3));
    expect(await outcomes(3, () => sendNew(other, number))).to.deep.equal(["sent", "sent", "number"]);
  });

  it("T34 stops an account that sends to ever new numbers", async () => {
    const fresh = await makeUser(services, user.office);
    const one = () => sendNew(fresh, newNumber(), { purpose: "enrol" });
    expect(await outcomes(9, one)).to.deep.equal([...sent(8), "account"]);
  });

  it("T34 stops a network address", async () => {
    const visitor = { ...VISITOR, addressGroup: "2001:db8:1:2::/64" };
    const people = await Promise.all([1, 2, 3].map(() => makeUser(services, user.office)));
    const one = (whom: TestUser) => () => sendNew(whom, newNumber(), { purpose: "enrol", visitor });
    const results = [];
    for (const whom of people) {
      results.push(...(await outcomes(5, one(whom))));
    }
    expect(results).to.deep.equal([...sent(12), "address", "address", "address"]);
    const elsewhere = await sendNew(people[2] ?? user, newNumber(), { purpose: "enrol" });
    expect(elsewhere.type, "from another address").to.equal("sent");
  });

  it("T34 stops a range of numbers", async () => {
    const people = await Promise.all([1, 2, 3].map(() => makeUser(services, user.office)));
    let next = 1000;
    const one = (whom: TestUser) => () => {
      next += 1;
      return sendNew(whom, `+3162233${String(next)}`, { purpose: "enrol" });
    };
    const results = [];
    for (const whom of people) {
      results.push(...(await outcomes(5, one(whom))));
    }
    expect(results).to.deep.equal([...sent(14), "prefix"]);
    travel(HOUR + MINUTE);
    expect(await outcomes(1, one(people[2] ?? user)), "an hour later").to.deep.equal(["sent"]);
  });

  it("T34 stops an office at its day's budget, with an alarm at four fifths and at the end", async () => {
    await changeOffice(services, user.office, { smsDailyBudget: 5 });
    const people = await Promise.all(Array.from({ length: 7 }, () => makeUser(services, user.office)));
    const results: string[] = [];
    for (const whom of people) {
      results.push(...(await outcomes(1, () => sendNew(whom, newNumber(), { purpose: "enrol" }))));
    }
    expect(results).to.deep.equal([...sent(5), "office", "office"]);
    const alarms = await events("sms.budget");
    expect(alarms.map(({ outcome, details }) => [outcome, details])).to.deep.equal([
      ["alarm", { percent: 80, sent: 4, budget: 5 }],
      ["alarm", { percent: 100, sent: 5, budget: 5 }],
    ]);
    const { user: stranger, number: theirs } = await makeSmsUser(services);
    expect((await sendNew(stranger, theirs)).type, "another office").to.equal("sent");
    await changeOffice(services, user.office, { smsDailyBudget: 6 });
    expect((await sendNew(user, number)).type, "with a larger budget").to.equal("sent");
    travel(DAY);
    expect((await sendNew(user, number)).type, "the next day").to.equal("sent");
  });

  it("T34 sends nothing for an office without a budget", async () => {
    await changeOffice(services, user.office, { smsDailyBudget: 0 });
    expect(await outcomes(2, () => sendNew(user, number))).to.deep.equal(["office", "office"]);
    expect(await events("sms.stopped")).to.have.length(1);
  });

  it("T34 sends nothing to a country that the office has taken off its list", async () => {
    await changeOffice(services, user.office, { countries: ["BE", "DE"] });
    expect(await outcomes(3, () => sendNew(user, number))).to.deep.equal(["country", "country", "country"]);
    expect(await sentSms(database, number)).to.have.length(0);
    expect((await events("sms.stopped")).map(({ details }) => details["by"])).to.deep.equal(["country"]);
  });

  it("T34 writes a stop down once in its window, not each try", async () => {
    await outcomes(9, () => sendNew(user, number));
    const stops = await events("sms.stopped");
    expect(stops).to.deep.equal([
      { outcome: "refused", subject: user.id, details: { by: "number", most: 5, minutes: 60 } },
    ]);
    travel(HOUR + MINUTE);
    await outcomes(2, () => sendNew(user, number));
    await asOwner(database, "delete from rate_limits where scope in ('sms-number-day', 'sms-account')");
    await outcomes(9, () => sendNew(user, number));
    expect((await events("sms.stopped")).filter(({ details }) => details["minutes"] === 60)).to.have.length(
      2,
    );
  });

  it("T34 does not count what was not sent", async () => {
    await outcomes(9, () => sendNew(user, number));
    travel(HOUR + MINUTE);
    // Five of the account's eight were sent; had the refused ones counted, none would be left.
    expect(await outcomes(4, () => sendNew(user, number))).to.deep.equal([...sent(3), "account"]);
  });

  it("T34 is not exceeded by forty requests at once", async () => {
    const results = await Promise.all(Array.from({ length: 40 }, () => sendNew(user, number)));
    expect(results.filter(({ type }) => type === "sent")).to.have.length(5);
    expect(results.filter(({ type }) => type === "stopped")).to.have.length(35);
    expect(await sentSms(database, number)).to.have.length(5);
    expect(await events("sms.stopped"), "notified once").to.have.length(1);
  });

  it("T34 is not exceeded by forty people of an office at once, and nobody waits for ever", async () => {
    await changeOffice(services, user.office, { smsDailyBudget: 10 });
    const people = await Promise.all(Array.from({ length: 8 }, () => makeUser(services, user.office)));
    const results = await Promise.all(
      people.flatMap((whom) => [1, 2, 3, 4, 5].map(() => sendNew(whom, newNumber(), { purpose: "enrol" }))),
    );
    expect(results.filter(({ type }) => type === "sent")).to.have.length(10);
    expect(await events("sms.budget")).to.have.length(2);
  });

  it("T34 stops no other way: the app and the recovery codes still work", async () => {
    const { secret, codes } = await giveApp(services, user);
    await outcomes(6, () => sendNew(user, number));
    expect(await tryCode(services, user, { type: "totp", binding: "test", code: totpNow(secret) })).to.equal(
      "accepted",
    );
    expect(
      await tryCode(services, user, { type: "recovery", binding: "test", code: codes[0] ?? "" }),
    ).to.equal("accepted");
  });

  it("T34 is counted on one number, however it was typed", async () => {
    const { parseMobileNumber } = await import("../../../src/domain/factors/mobile-number.ts");
    const national = `0${number.slice(3)}`;
    const writings = [
      number,
      `0031${number.slice(3)}`,
      national,
      `${national.slice(0, 2)}-${national.slice(2)}`,
    ];
    const fresh = await makeUser(services, user.office);
    const results = [];
    for (const typed of [...writings, ...writings]) {
      const parsed = parseMobileNumber(typed, "NL", ["NL"]);
      const result = await sendNew(fresh, parsed.type === "number" ? parsed.e164 : "", { purpose: "enrol" });
      results.push(result.type);
    }
    expect(results).to.deep.equal([...sent(5), "stopped", "stopped", "stopped"]);
  });

  it("forgets counters whose time is over", async () => {
    await asOwner(database, "delete from rate_limits");
    await sendNew(user, number);
    await asOwner(database, "update rate_limits set window_ends = window_ends - interval '2 hours'");
    await new RateLimitStore(services.database).purge(1_000);
    const [short] = await asOwner<{ count: string }>(
      database,
      "select count(*) from rate_limits where scope in ('sms-number-hour', 'sms-address', 'sms-prefix')",
    );
    const [long] = await asOwner<{ count: string }>(
      database,
      "select count(*) from rate_limits where scope in ('sms-number-day', 'sms-account', 'sms-office')",
    );
    expect(Number(short?.count)).to.equal(0);
    expect(Number(long?.count)).to.be.above(0);
  });
});

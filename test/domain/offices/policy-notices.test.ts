import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { localDay, startOfDay, dayPlus } from "../../../src/kernel/time-zone.ts";
import { FACTOR_KINDS } from "../../../src/domain/factors/factor.ts";
import { LANGUAGE_CODES } from "../../../src/kernel/languages.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { duringMoment } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PROGRAM = fileURLToPath(new URL("../../support/worker-process.ts", import.meta.url));
const ZONE = "Europe/Amsterdam";
const METHODS = ["totp" as const];

describe("mails before a second factor is required", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_MESSAGE_WORKERS: "no" } });
  const { services } = vestibule;
  const north = useFresh(() => makeOffice(services));
  const workers = new Set<ChildProcess>();

  after(async () => {
    await Promise.all([...workers].map((worker) => end(worker)));
  });

  /** The day from which the office demands it; null: taken back. */
  async function decide(day: string | null, zone = ZONE, office: TestOffice = north): Promise<Date | null> {
    const stored = await services.offices.find(office.id);
    const from = day === null ? null : startOfDay(day, zone);
    const demand = day === null ? ("off" as const) : ("required" as const);
    if (stored === null) return expect.fail();
    // First the zone: a change of it keeps the day that there was.
    const zoned = await services.officeService.change({ ...stored, timeZone: zone }, "test");
    if (zoned.type !== "changed") return expect.fail("The office was changed meanwhile.");
    const secondFactor = { demand, from, methods: METHODS };
    await services.officeService.change({ ...zoned.office, secondFactor }, "test");
    return from;
  }

  const member = (name: string, changes = {}) =>
    makeUser(services, north, { name, mail: `${name}@noord.example`, isMailProved: true, ...changes });

  const wake = (at: string, from: Date | null) =>
    duringMoment(new Date(at), () =>
      services.tasks.run({
        ...{ task: "policy-notice", id: north.id, officeId: north.id },
        turn: Math.floor((from?.getTime() ?? 0) / 1000),
      }),
    );

  const mails = async () => {
    const [row] = await asOwner<{ count: number }>(
      vestibule.database,
      "select count(*)::integer as count from messages where office_id = $1",
      [north.id],
    );
    return row?.count ?? 0;
  };

  const events = async () =>
    (
      await asOwner<{ details: unknown }>(
        vestibule.database,
        "select details from audit_events where office_id = $1 and type = 'policy.notified' order by id",
        [north.id],
      )
    ).map(({ details }) => details);

  it("go fourteen, seven and one day before and on the day, in the morning of the office, once each", async () => {
    await member("anna");
    await makeUser(services, north, { name: "Unreachable", mail: "typed@noord.example" });
    await giveApp(services, await member("bram"));
    const from = await decide("2031-04-08");
    const after: [string, number][] = [];
    for (const at of [
      "2031-03-24T12:00:00Z",
      // Eight o'clock is at seven in winter …
      "2031-03-25T06:59:00Z",
      "2031-03-25T07:01:00Z",
      "2031-03-25T20:00:00Z",
      "2031-03-26T07:01:00Z",
      // … and at six in summer.
      "2031-04-01T05:59:00Z",
      "2031-04-01T06:01:00Z",
      "2031-04-07T06:01:00Z",
      "2031-04-08T06:01:00Z",
      "2031-04-09T06:01:00Z",
    ]) {
      await wake(at, from);
      after.push([at, await mails()]);
    }
    expect(after.map(([, count]) => count)).to.deep.equal([0, 0, 1, 1, 1, 1, 2, 3, 4, 4]);
    expect(await events()).to.deep.equal(
      [14, 7, 1, 0].map((daysBefore) => ({
        ...{ policy: "second-factor", from: "2031-04-08" },
        ...{ daysBefore, mails: 1, unreachable: 1 },
      })),
    );
  });

  it("stop for a user who sets a method up, and for all when the policy is taken back or moved", async () => {
    const anna = await member("anna");
    await member("bram");
    const from = await decide("2031-04-08");
    await wake("2031-03-25T08:00:00Z", from);
    expect(await mails()).to.equal(2);
    await giveApp(services, anna);
    await wake("2031-04-01T08:00:00Z", from);
    expect(await mails()).to.equal(3);
    const moved = await decide("2031-05-08");
    await wake("2031-04-07T08:00:00Z", from);
    expect(await mails(), "moved").to.equal(3);
    await wake("2031-05-01T08:00:00Z", moved);
    expect(await mails(), "before the other day").to.equal(4);
    await decide(null);
    await wake("2031-05-07T08:00:00Z", moved);
    expect(await mails(), "taken back").to.equal(4);
  });

  it("are two where a passkey is demanded from the same day, each to those it is for, in every language", async () => {
    await member("anna");
    await giveApp(services, await member("bram", { role: "superuser" }));
    const from = await decide("2031-04-08");
    const stored = (await services.offices.find(north.id)) ?? expect.fail();
    const secondFactor = { ...stored.secondFactor, methods: FACTOR_KINDS };
    const phishingResistance = { of: "superusers", from } as const;
    await services.officeService.change({ ...stored, secondFactor, phishingResistance }, "test");
    await wake("2031-03-25T08:00:00Z", from);
    await wake("2031-03-25T20:00:00Z", from);
    expect(await events()).to.deep.equal(
      ["second-factor", "phishing-resistance"].map((policy) => ({
        ...{ policy, from: "2031-04-08", daysBefore: 14, mails: 1, unreachable: 0 },
      })),
    );
    expect(await mails()).to.equal(2);
    for (const language of LANGUAGE_CODES) {
      const { subject, text } = services.messages.view.write(language, "notice.passkeySoon", {
        ...{
          name: "Anna",
          username: "anna",
          office: "Noord",
          code: "NOORD",
          link: "https://id.test/o/NOORD",
        },
        ...{ day: "2031-04-08", zone: ZONE },
      });
      expect(subject, language).to.contain("2031-04-08").and.have.length.below(60);
      expect(text, language).to.contain(ZONE).and.contain("https://id.test/o/NOORD");
    }
  });

  it("keep their day when the office moves to another time zone", async () => {
    await decide("2031-04-08");
    const stored = await services.offices.find(north.id);
    if (stored === null) return expect.fail();
    await services.officeService.change({ ...stored, timeZone: "America/New_York" }, "test");
    const { from } = (await services.offices.find(north.id))?.secondFactor ?? expect.fail();
    expect(from?.toISOString()).to.equal("2031-04-08T04:00:00.000Z");
  });

  it("say the day and the zone in the reader's language, and lead to the sign-in", async () => {
    await member("anna", { language: "nl" });
    await wake("2031-03-25T08:00:00Z", await decide("2031-04-08"));
    const [row] = await asOwner<{ ref: string }>(
      vestibule.database,
      "select id::text as ref from messages where office_id = $1",
      [north.id],
    );
    expect(row?.ref).to.be.a("string");
    const written = services.messages.view.write("nl", "notice.secondFactorSoon", {
      ...{ name: "Anna", username: "anna", office: "Noord", code: "NOORD", link: "https://id.test/o/NOORD" },
      ...{ day: "8 april 2031", zone: ZONE },
    });
    expect(written.subject).to.have.length.below(60);
    expect(written.text).to.contain("8 april 2031").and.contain(ZONE).and.contain("https://id.test/o/NOORD");
  });

  it("T154 are each sent once by two processes at the same time, and when one is killed in between", async function () {
    this.timeout(60_000);
    const zones = [
      "Europe/Amsterdam",
      "America/New_York",
      "Asia/Tokyo",
      "Pacific/Auckland",
      "Pacific/Honolulu",
    ];
    const hourIn = (timeZone: string) =>
      Number(
        new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone }).format(Date.now()),
      );
    // Where it is between nine in the morning and eleven in the evening now, so that the day does not end during the test.
    const zone = zones.find((one) => hourIn(one) >= 9 && hourIn(one) <= 22) ?? "UTC";
    await asOwner(
      vestibule.database,
      `with made as (
         insert into subjects (home, id, office_id)
         select home_of($1), (left($1::text, 4) || substr(gen_random_uuid()::text, 5))::uuid, $1 from generate_series(1, 50)
         returning home, id)
       insert into users (home, id, office_id, username, username_key, name, mail, mail_proved, role, password_hash,
         password_changed_at, valid_from, created_at, changed_at)
       select home, id, $1, id::text, id::text, 'User', id || '@noord.example', id || '@noord.example', 'user', 'none',
         now(), now(), now(), now() from made`,
      [north.id],
    );
    const from = await decide(dayPlus(localDay(new Date(), zone), 7), zone);
    const first = await startWorker();
    await eventually(mails, (count) => count >= 1, { seconds: 30 });
    await end(first);
    await asOwner(
      vestibule.database,
      "update jobs set due_at = due_at - interval '61 seconds' where claimed_at is not null",
    );
    const task = { task: "policy-notice", id: north.id, officeId: north.id } as const;
    const turn = Math.floor((from?.getTime() ?? 0) / 1000);
    await Promise.all([startWorker(), startWorker(), services.tasks.run({ ...task, turn })]);
    await eventually(events, (found) => found.length === 1, { seconds: 30 });
    expect(await mails()).to.equal(50);
    expect((await events())[0]).to.include({ mails: 50, unreachable: 0, daysBefore: 7 });
  });

  it("are listed before the policy is saved: when, to how many, and who cannot be reached", async () => {
    await member("anna");
    await makeUser(services, north, { name: "Unreachable One", mail: "typed@noord.example" });
    const staff = await makeStaff(services, north, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    const path = `/console/o/${north.code}/settings/second-factor`;
    const form = await browser.get(path);
    const day = dayPlus(localDay(new Date(), "UTC"), 10);
    const fields = { _csrf: hiddenField(form, "_csrf"), seen: hiddenField(form, "seen") };
    const look = await browser.post(path, { ...fields, demand: "required", from: day, methods: "totp" });
    const text = look.body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    expect(text).to.contain(
      "Reminders by mail: a second factor 1 of 2 users without a method can be reached",
    );
    expect(text).to.match(/7 days before \w+ \d+, \d{4}, 08:00.* 1 day before .*On the day/);
    expect(text).to.not.contain("14 days before");
    expect(text).to.contain("Without a confirmed email address: 1 user Unreachable One");
  });

  async function startWorker(): Promise<ChildProcess> {
    const env = { PATH: process.env["PATH"], ...vestibule.environment };
    const worker = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "inherit"] });
    workers.add(worker);
    await once(worker.stdout, "data");
    return worker;
  }

  async function end(worker: ChildProcess): Promise<void> {
    workers.delete(worker);
    worker.kill("SIGKILL");
    await once(worker, "exit");
  }
});

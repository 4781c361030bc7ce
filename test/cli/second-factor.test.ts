import { once } from "node:events";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { startDemo } from "../support/demo.ts";
import { eventually } from "../support/eventually.ts";
import { totpNow } from "../support/totp.ts";
import { runProgram, startProgram, useInstallation } from "./installation.ts";

describe("the second factor on the command line", function () {
  this.timeout(60_000);
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen", "--language", "nl"]);
    await here.ask([
      ...["user", "add", "sanne", "--office", "NOORD", "--name", "Sanne Bakker"],
      ...["--mail", "sanne@noord.example"],
    ]);
  });

  const edit = (...words: string[]) => here.ask(["office", "edit", "NOORD", ...words]);
  const secondFactor = async (...words: string[]) => (await edit(...words))["secondFactor"];
  const user = (...words: string[]) => here.run(["user", ...words, "--office", "NOORD"]);
  const idOf = async () => (await here.ask(["user", "show", "sanne", "--office", "NOORD"]))["id"];
  const events = async (type: string) =>
    asOwner<{ actor: string; subject: string; details: Record<string, unknown> }>(
      here.database,
      "select actor, subject, details from audit_events where type = $1 order by id",
      [type],
    );
  const setGuard = async (failedAttempts: number, failedSinceSuccess: number, minutes: number) =>
    asOwner(
      here.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
       select home_of(office_id), office_id, id, $2, $3, now() + make_interval(mins => $4) from users where id = $1
       on conflict (home, office_id, user_id) do update set failed_attempts = $2, failed_since_success = $3, blocked_until = excluded.blocked_until`,
      [await idOf(), failedAttempts, failedSinceSuccess, minutes],
    );
  const guard = async () =>
    (
      await asOwner<{ failed_attempts: number; failed_since_success: number; blocked_until: Date | null }>(
        here.database,
        "select failed_attempts, failed_since_success, blocked_until from second_factor_guard where user_id = $1",
        [await idOf()],
      )
    )[0];

  it("is demanded of an office from a day on, by the methods that are named", async () => {
    expect(
      await secondFactor("--second-factor", "required", "--from", "2099-01-31", "--methods", "totp,sms"),
    ).to.deep.equal({ demand: "required", from: "2099-01-31T00:00:00.000Z", methods: ["totp", "sms"] });
    expect((await here.run(["office", "show", "NOORD"])).out).to.contain(
      "required from 2099-01-31, by totp or sms",
    );
    const [event] = await events("office.changed");
    expect(event).to.deep.include({ actor: "command line" });
    expect(event?.details).to.deep.include({ secondFactor: "required", methods: "totp sms" });
  });

  it("T214 is a passkey of some roles, from a day on, in an office that accepts passkeys", async () => {
    const of = ["--phishing-resistant", "superusers", "--phishing-resistant-from", "2099-01-31"];
    const refused = await here.run(["office", "edit", "NOORD", ...of]);
    expect(refused.code).to.not.equal(0);
    expect(refused.error).to.contain("accept a method that resists phishing (passkey)");
    const wrong = ["--phishing-resistant", "all", "--phishing-resistant-from", "tomorrow"];
    expect((await here.run(["office", "edit", "NOORD", ...wrong])).error).to.contain(
      "--phishing-resistant-from",
    );
    const methods = ["--methods", "passkey,totp"];
    const { out } = await here.run(["office", "dry-run", "NOORD", ...methods, ...of]);
    expect(out).to.contain("phishing-resistant: superusers from 2099-01-31");
    expect((await edit(...methods, ...of))["phishingResistance"]).to.deep.equal({
      ...{ of: "superusers", from: "2099-01-31T00:00:00.000Z" },
    });
    expect((await here.run(["office", "show", "NOORD"])).out).to.contain("superusers from 2099-01-31");
    const none = await edit("--phishing-resistant", "none", "--methods", "totp,sms");
    expect(none["phishingResistance"]).to.deep.equal({ of: "none", from: null });
  });

  it("keeps what an edit does not name, and loses its day with none", async () => {
    expect(await secondFactor("--name", "Noord")).to.deep.include({ demand: "required" });
    expect(await secondFactor("--from", "none")).to.deep.include({ from: null, methods: ["totp", "sms"] });
    expect(await secondFactor("--methods", "totp")).to.deep.include({
      demand: "required",
      methods: ["totp"],
    });
  });

  it("is refused with every fault at once, and nothing is changed", async () => {
    const { code, error } = await here.run([
      ...["office", "edit", "NOORD", "--second-factor", "maybe", "--from", "tomorrow", "--methods", "pigeon"],
      "--json",
    ]);
    expect(code).to.equal(1);
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.have.members(["--second-factor", "--from", "--methods"]);
    expect(await secondFactor("--name", "Noord")).to.deep.include({ demand: "required", methods: ["totp"] });
  });

  it("is printed of a user: which, tries, block, codes left", async () => {
    await setGuard(3, 7, 15);
    const { code, out } = await user("show", "sanne");
    expect(code).to.equal(0);
    expect(out).to.match(/Second factor +none/);
    expect(out).to.match(/Recovery codes +0 left/);
    expect(out).to.match(/Wrong codes +3 now, 7 since the last right one/);
    expect(out).to.match(/Blocked until +\d{4}-\d\d-\d\dT/);
  });

  it("is unlocked, but what was tried stays counted", async () => {
    await setGuard(3, 12, 60);
    const { code, out } = await user("unlock", "sanne", "--reason", "called back");
    expect([code, out]).to.deep.equal([0, "sanne can try again.\n"]);
    expect(await guard()).to.deep.equal({
      failed_attempts: 0,
      failed_since_success: 12,
      blocked_until: null,
    });
    expect(await events("code.unblocked")).to.deep.equal([
      { actor: "command line", subject: await idOf(), details: { reason: "called back" } },
    ]);
  });

  it("is reset with a reason: a code to hand over, no sessions, a mail in the office's language", async () => {
    await setGuard(2, 50, 60);
    const validFrom = async () =>
      (
        await asOwner<{ at: Date }>(here.database, "select valid_from as at from users where id = $1", [
          await idOf(),
        ])
      )[0]?.at.getTime() ?? 0;
    const before = await validFrom();
    const { code, out } = await user("reset-factor", "sanne", "--reason", "phone stolen, called back");
    expect(code).to.equal(0);
    expect(out).to.contain("never by mail");
    const enrolmentCode = /Enrolment code +(\S+)/.exec(out)?.[1] ?? "";
    expect(enrolmentCode).to.have.length.above(15);
    expect(await guard()).to.deep.equal({ failed_attempts: 0, failed_since_success: 0, blocked_until: null });
    expect(await validFrom()).to.be.above(before);
    const [event] = await events("factor.reset");
    expect(event?.details).to.deep.equal({ reason: "phone stolen, called back" });
    const written = await asOwner<{ row: string }>(
      here.database,
      `select e::text as row from audit_events e union all select m::text from outbox_messages m
       union all select w::text from enrolment_windows w`,
    );
    expect(written.map(({ row }) => row).join("\n")).to.not.contain(enrolmentCode);
    const worker = startProgram(here.environment, ["worker"]);
    const mails = () => asOwner<{ body: string }>(here.database, "select body from outbox_messages");
    const [mail] = await eventually(mails, (found) => found.length > 0);
    worker.kill("SIGTERM");
    expect(await once(worker, "exit"), "stops politely").to.deep.equal([0, null]);
    expect(mail?.body).to.match(/^Beste Sanne Bakker/);
  });

  it("is not reset without a reason", async () => {
    for (const reason of [[], ["--reason", " "], ["--reason", "so"]]) {
      const { code, error } = await user("reset-factor", "sanne", ...reason);
      expect(code).to.equal(1);
      expect(error).to.contain("--reason");
    }
    expect(await events("factor.reset")).to.have.length(1);
  });

  it("is nobody's of another office", async () => {
    await here.ask(["office", "add", "ZUID", "--name", "Zuid"]);
    for (const verb of ["unlock", "reset-factor"].map((name) => [name, "--reason", "called back"])) {
      const [name = "", ...more] = verb;
      const { code, error } = await here.run(["user", name, "sanne", "--office", "ZUID", ...more]);
      expect(code).to.equal(1);
      expect(error).to.contain("has no user sanne");
    }
  });

  it("of the demo has its code printed, and of no other installation", async () => {
    const outside = await here.run(["demo", "code"]);
    expect(outside.code).to.equal(1);
    expect(outside.out).to.equal("");
    const { vestibule } = await startDemo();
    try {
      const { DEMO_TOTP_KEY } = await import("../../demo/demo-states.ts");
      const before = totpNow(DEMO_TOTP_KEY);
      const { code, out } = await runProgram(vestibule.environment, ["demo", "code"]);
      expect(code).to.equal(0);
      expect([before, totpNow(DEMO_TOTP_KEY)]).to.include(out.trim());
    } finally {
      await vestibule.stop();
    }
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("mobile numbers on the command line", function () {
  this.timeout(60_000);
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
    await here.ask([
      "user",
      "add",
      "sanne",
      "--office",
      "NOORD",
      "--name",
      "Sanne Bakker",
      "--mobile",
      "06 12345678",
    ]);
  });

  const REASON = ["--reason", "called back on the office line"];
  const user = (...words: string[]) => here.run(["user", ...words, "--office", "NOORD"]);
  const shown = async () => (await here.ask(["user", "show", "sanne", "--office", "NOORD"]))["mobileNumber"];
  const sql = <Row = object>(text: string, values: unknown[] = []) =>
    asOwner<Row>(here.database, text, values);
  const put = (state: "confirmed" | "unconfirmed", pending: string | null) =>
    sql(
      `with one as (update mobile_numbers set state = $1, pending_number = $2::text, pending_at = case when $2::text is null then null else now() end returning *)
       insert into factors (home, office_id, user_id, kind, confirmed_at) select home_of(office_id), office_id, user_id, 'sms', now() from one
       on conflict do nothing`,
      [state, pending],
    );

  it("are entered with a new user, unconfirmed, and shown in full to be checked", async () => {
    expect(await shown()).to.deep.equal({
      state: "unconfirmed",
      number: "+31 6 12345678",
      pendingNumber: null,
      enteredBy: "administrator",
    });
    const { out } = await user("show", "sanne");
    expect(out).to.match(/Mobile number +\+31 6 12345678, unconfirmed/);
  });

  it("make no user when they cannot be read", async () => {
    const add = (mobile: string) =>
      user("add", "joost", "--name", "Joost Smit", "--mobile", mobile, "--json");
    for (const [typed, message] of [
      ["12", "must be a mobile number such as +31 6 12345678"],
      ["+1 415 555 2671", "must be of a country that the office sends to"],
      ["020 1234567", "codes are sent to it by text message"],
    ] as const) {
      const { code, error } = await add(typed);
      expect(code).to.equal(1);
      expect(error).to.contain("--mobile").and.contain(message);
    }
    expect(await sql("select id from users where username = 'joost'")).to.have.length(0);
  });

  it("are set in any notation, with a reason that is kept", async () => {
    const { code, out } = await user("set-number", "sanne", "0031 6 1234 5699", ...REASON);
    expect([code, out]).to.deep.equal([
      0,
      "sanne now has the number +31 6 12345699, to be confirmed at the next sign-in.\n",
    ]);
    const [event] = await sql<{ details: Record<string, unknown> }>(
      "select details from audit_events where type = 'number.entered' order by id desc limit 1",
    );
    expect(event?.details).to.deep.equal({
      number: "+31 •• ••• 699",
      old: null,
      reason: "called back on the office line",
    });
  });

  it("are not changed without a reason, nor to what cannot get a message", async () => {
    for (const words of [
      ["set-number", "sanne", "0612345600"],
      ["delete-number", "sanne"],
      ["approve-number", "sanne"],
    ]) {
      for (const reason of [[], ["--reason", "so"]]) {
        const { code, error } = await user(...words, ...reason);
        expect(code).to.equal(1);
        expect(error).to.contain("--reason");
      }
    }
    expect((await user("set-number", "sanne", "0900 1234567", ...REASON)).error).to.contain("NUMBER");
    expect(await shown()).to.deep.include({ number: "+31 6 12345699" });
  });

  it("are approved when the user has asked for another", async () => {
    expect((await user("approve-number", "sanne", ...REASON)).error).to.contain(
      "has asked for no other number",
    );
    await put("confirmed", "+31612345611");
    const { out: before } = await user("show", "sanne");
    expect(before).to.match(/\+31 •• ••• 699, confirmed; \+31 6 12345611 waits for approval/);
    const { code, out } = await user("approve-number", "sanne", ...REASON);
    expect([code, out]).to.deep.equal([
      0,
      "The codes of sanne go to +31 •• ••• 611 from the next sign-in on.\n",
    ]);
    expect(await shown()).to.deep.include({
      state: "confirmed",
      number: "+31 •• ••• 611",
      pendingNumber: null,
    });
  });

  it("are refused as well", async () => {
    await put("confirmed", "+31612345622");
    const { code, out } = await user("refuse-number", "sanne", ...REASON);
    expect([code, out]).to.deep.equal([0, "The number of sanne stays as it is.\n"]);
    expect(await shown()).to.deep.include({ number: "+31 •• ••• 611", pendingNumber: null });
    expect((await user("refuse-number", "sanne", ...REASON)).code).to.equal(1);
  });

  it("are deleted, and the code to hand over is printed once", async () => {
    expect((await user("set-number", "sanne", "+31612345611", ...REASON)).error).to.contain(
      "has this number already",
    );
    const { code, out } = await user("delete-number", "sanne", ...REASON);
    expect(code).to.equal(0);
    expect(out).to.contain("never by mail");
    const enrolmentCode = /Enrolment code +(\S+)/.exec(out)?.[1] ?? "";
    expect(enrolmentCode).to.have.length.above(15);
    const written = await sql<{ row: string }>(
      `select e::text as row from audit_events e union all select m::text from outbox_messages m
       union all select w::text from enrolment_windows w`,
    );
    expect(written.map(({ row }) => row).join("\n")).to.not.contain(enrolmentCode);
    expect(await shown()).to.deep.equal({
      state: "none",
      number: null,
      pendingNumber: null,
      enteredBy: null,
    });
    expect((await user("show", "sanne")).out).to.match(/Mobile number +none/);
    expect((await user("delete-number", "sanne", ...REASON)).error).to.contain("has no mobile number");
  });

  it("are nobody's of another office", async () => {
    await here.ask(["office", "add", "ZUID", "--name", "Zuid"]);
    for (const words of [
      ["set-number", "sanne", "0612345678"],
      ["delete-number", "sanne"],
      ["approve-number", "sanne"],
    ]) {
      const { code, error } = await here.run(["user", ...words, "--office", "ZUID", ...REASON]);
      expect(code).to.equal(1);
      expect(error).to.contain("has no user sanne");
    }
  });

  it("are of the countries, and within the budget, that the office sets", async () => {
    const before = await here.ask(["office", "show", "NOORD"]);
    expect(before).to.deep.include({ country: "NL", smsDailyBudget: 500 });
    const changed = await here.ask([
      ...["office", "edit", "NOORD", "--country", "be", "--countries", "NL, be,NL", "--sms-budget", "40"],
    ]);
    expect(changed).to.deep.include({ country: "BE", countries: ["BE", "NL"], smsDailyBudget: 40 });
    expect((await here.run(["office", "show", "NOORD"])).out).to.contain("40 a day, to BE, NL");
    expect(await here.ask(["office", "edit", "NOORD", "--name", "Noord"])).to.deep.include({
      smsDailyBudget: 40,
    });
    const { code, error } = await here.run([
      ...[
        "office",
        "edit",
        "NOORD",
        "--country",
        "Z",
        "--countries",
        "NL,XX",
        "--sms-budget",
        "-1",
        "--json",
      ],
    ]);
    expect(code).to.equal(1);
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.have.members(["--country", "--countries", "--sms-budget"]);
    expect((await user("set-number", "sanne", "0470 12 34 56", ...REASON)).code).to.equal(0);
    expect((await user("set-number", "sanne", "+49 1512 3456789", ...REASON)).error).to.contain("BE, NL");
  });
});

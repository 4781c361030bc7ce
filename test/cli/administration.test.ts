import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("what an administrator does, on the command line", function () {
  this.timeout(60_000);
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
    await here.ask([
      ...["user", "add", "sanne", "--office", "NOORD", "--name", "Sanne Bakker"],
      ...["--mail", "sanne@noord.example", "--role", "superuser"],
    ]);
    await here.ask(["user", "add", "joost", "--office", "NOORD", "--name", "Joost Smit"]);
  });

  const user = (...words: string[]) => here.run(["user", ...words, "--office", "NOORD"]);
  const asked = (...words: string[]) => here.ask(["user", ...words, "--office", "NOORD"]);

  it("edits a user: what is not named stays, none removes a value", async () => {
    expect(
      await asked("edit", "joost", "--name", "Joost de Wit", "--mail", "joost@noord.example"),
    ).to.include({
      ...{ name: "Joost de Wit", mail: "joost@noord.example", username: "joost", version: 2 },
    });
    expect(await asked("edit", "joost", "--username", "joost.dewit", "--mail", "none")).to.include({
      ...{ name: "Joost de Wit", mail: null, username: "joost.dewit" },
    });
    expect((await user("edit", "joost.dewit")).out).to.contain("is that already");
    await asked("edit", "joost.dewit", "--username", "joost");
  });

  it("reports every fault of an edit at once, and whose name is taken", async () => {
    const { code, error } = await user("edit", "joost", "--mail", "nobody", "--language", "xx", "--json");
    expect(code).to.equal(1);
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.have.members(["--mail", "--language"]);
    expect((await user("edit", "joost", "--username", "SANNE")).error).to.contain("username is taken");
  });

  it("T94 cannot take the last superuser of an office away", async () => {
    for (const words of [
      ["disable", "sanne"],
      ["role", "sanne", "user"],
    ]) {
      const { code, error } = await user(...words);
      expect(code).to.equal(1);
      expect(error).to.contain("sanne stays as before").and.contain("last active one");
    }
    expect(await asked("role", "joost", "superuser")).to.include({ role: "superuser" });
    expect(await asked("role", "sanne", "accountant")).to.include({ role: "accountant" });
    expect((await user("role", "sanne", "boss")).error).to.contain("ROLE: must be one of");
    expect((await user("role", "sanne", "support")).error).to.contain("npx vestibule support add");
  });

  it("ends the sessions of a user", async () => {
    const id = (await asked("show", "sanne"))["id"];
    expect(await asked("end-sessions", "sanne")).to.deep.equal({ ended: id });
    expect((await user("end-sessions", "nobody")).error).to.contain("has no user nobody");
  });

  it("unlocks with a reason only, and says when nothing but a reset helps", async () => {
    expect((await user("unlock", "sanne")).error).to.contain("--reason");
    expect((await user("unlock", "sanne", "--reason", "x")).error).to.contain("say in a few words why");
    await asOwner(
      here.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success)
       select home_of(office_id), office_id, id, 0, 50 from users where username = 'sanne'`,
    );
    const { code, error } = await user("unlock", "sanne", "--reason", "called back");
    expect(code).to.equal(1);
    expect(error).to.contain("only a reset helps");
  });

  it("closes an office and opens it again, once each", async () => {
    expect((await here.run(["office", "close", "NOORD"])).out).to.contain("is closed now");
    expect((await here.run(["office", "close", "NOORD"])).out).to.contain("is closed already");
    expect(await here.ask(["office", "open", "NOORD"])).to.include({ status: "open" });
  });

  it("shows whom another policy would affect, and changes nothing", async () => {
    const words = ["office", "dry-run", "NOORD", "--second-factor", "required"];
    const { out } = await here.run(words);
    expect(out).to.match(/required, by totp or sms: 1 of 2 users/);
    expect(out).to.contain("2 users have no method yet and would have to set one up.");
    expect(out).to.match(/joost +Joost de Wit +password, enrol, recovery-codes/);
    const answer = await here.ask([...words, "--from", "2099-01-31"]);
    expect(answer).to.deep.include({ people: 2, at: "2099-01-31T00:00:00.000Z" });
    const office = await here.ask(["office", "show", "NOORD"]);
    expect(office["secondFactor"]).to.deep.include({ demand: "off" });
  });

  it("warns of a colour that can hardly be seen", async () => {
    await here.ask(["office", "edit", "NOORD", "--accent", "#fff2a8"]);
    expect((await here.run(["office", "show", "NOORD"])).out).to.contain("hard to see on light pages");
  });

  it("T94 adds the first member of support with a link that is printed once, and no password", async () => {
    const { code, out } = await here.run(["support", "add", "dana", "--name", "Dana Mol"]);
    expect(code).to.equal(0);
    const link = /Link +(http\S+)/.exec(out)?.[1] ?? "";
    expect(link).to.match(/\/invitation\/[\w-]{64}$/);
    expect(out).to.not.contain("Password");
    const show = ["user", "show", "dana", "--office", "SUPPORT"];
    const token = link.split("/").at(-1) ?? "";
    expect((await here.run(show)).out).to.not.contain(token);
    const tables =
      "one_time_links t union all select e::text from audit_events e union all select u::text from users u";
    const rows = await asOwner<{ row: string }>(here.database, `select t::text as row from ${tables}`);
    expect(rows.map(({ row }) => row).join("\n")).to.not.contain(token);
    const ask = ["support", "add", "eli", "--name", "Eli Vos"];
    expect(await here.ask(ask))
      .to.include({ role: "support" })
      .and.have.property("link");
  });

  it("T13 prints no password and no link for another user's account", async () => {
    const verbs = [
      ["user", "show", "joost", "--office", "NOORD"],
      ["user", "list", "--office", "NOORD"],
      ["user", "edit", "joost", "--name", "Joost", "--office", "NOORD"],
      ["user", "disable", "sanne", "--office", "NOORD"],
      ["user", "enable", "sanne", "--office", "NOORD"],
      ["user", "expire-password", "joost", "--office", "NOORD"],
      ["user", "invite", "mia", "--name", "Mia", "--mail", "mia@noord.example", "--office", "NOORD"],
      ["user", "send-password-link", "mia", "--office", "NOORD"],
    ];
    for (const words of verbs) {
      const said = JSON.stringify(await here.ask(words));
      expect(said, words.join(" ")).to.not.match(
        /"password"|"link"|argon2|\/invitation\/|\/reset-password\//,
      );
    }
  });
});

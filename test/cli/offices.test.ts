import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("offices on the command line", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "noord", "--name", "Noord & Zonen", "--language", "nl"]);
  });

  it("are added under their folded code, and printed with their deep link", async () => {
    const { code, out } = await here.run(["office", "show", " Noord "]);
    expect(code).to.equal(0);
    expect(out).to.contain("Noord & Zonen").and.contain(`/o/NOORD`);
  });

  it("are listed for people and for programs", async () => {
    expect((await here.run(["office", "list"])).out).to.match(/^CODE .*\nNOORD +Noord & Zonen +open +nl\n/);
    const offices: unknown = await here.ask(["office", "list"]);
    expect(offices).to.be.an("array").with.length(1);
  });

  it("are reported with every fault at once, each with its option", async () => {
    const { code, error } = await here.run(
      ["office", "add", "n!", "--language", "sv", "--accent", "red", "--session-minutes", "soon"].concat(
        "--json",
      ),
    );
    expect(code).to.equal(1);
    expect(error).to.contain("must be en, nl, de or fr");
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.have.members([
      "CODE",
      "--name",
      "--language",
      "--accent",
      "--session-minutes",
    ]);
  });

  it("have a code that nobody else has", async () => {
    const { code, error } = await here.run(["office", "add", "NOORD", "--name", "Another"]);
    expect({ code, error }).to.deep.equal({ code: 1, error: "The office code NOORD is taken.\n" });
  });

  it("cannot take the code of the platform's own staff", async () => {
    const { code, error } = await here.run(["office", "add", "support", "--name", "Another"]);
    expect(code).to.equal(1);
    expect(error).to.contain('"npx vestibule support add"');
  });

  it("keep what an edit does not name, and lose what it calls none", async () => {
    await here.ask(["office", "edit", "NOORD", "--accent", "#0B6E4F", "--session-minutes", "240"]);
    const changed = await here.ask(["office", "edit", "NOORD", "--accent", "none", "--name", "Noord"]);
    expect(changed).to.deep.include({ name: "Noord", language: "nl", sessionMinutes: 240 });
    expect(changed["branding"]).to.deep.equal({ logoUrl: null, accent: null, welcome: {}, legal: {} });
  });

  it("can be closed and opened again, and the audit log names the command line", async () => {
    expect(await here.ask(["office", "close", "NOORD"])).to.include({ status: "closed" });
    expect(await here.ask(["office", "open", "NOORD"])).to.include({ status: "open" });
    const events = await asOwner<{ actor: string; status: string | null }>(
      here.database,
      "select actor, details->>'status' as status from audit_events where type = 'office.changed' order by id desc limit 2",
    );
    expect(events).to.deep.equal([
      { actor: "command line", status: "open" },
      { actor: "command line", status: "closed" },
    ]);
  });

  it("are answered with what to do when the code is unknown", async () => {
    const { code, error } = await here.run(["office", "show", "ZUID"]);
    expect(code).to.equal(1);
    expect(error).to.equal('There is no office ZUID. "npx vestibule office list" shows all of them.\n');
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("a user who is deleted at the terminal", () => {
  const here = useInstallation();
  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
    await here.ask([
      ...["user", "add", "hugo", "--office", "NOORD", "--name", "Hugo Verdwenen"],
      ...["--mail", "hugo@noord.example", "--mobile", "+31612349876"],
    ]);
  });

  it("T152 gets a copy of everything first: JSON with names and times, and without secrets", async () => {
    const { out, code } = await here.run(["user", "export", "hugo", "--office", "NOORD"]);
    expect(code).to.equal(0);
    const data = JSON.parse(out) as { account: object; secondFactor: object; events: { type: string }[] };
    expect(data.account).to.include({
      username: "hugo",
      name: "Hugo Verdwenen",
      mailAddress: "hugo@noord.example",
      officeCode: "NOORD",
    });
    expect(data.secondFactor).to.have.nested.property("mobileNumber.number", "+31612349876");
    expect(data.events.map(({ type }) => type)).to.include.members(["user.added", "user.data-exported"]);
    const [row] = await asOwner<{ hash: string }>(here.database, "select password_hash as hash from users");
    expect(out).to.not.contain(row?.hash ?? expect.fail());
  });

  it("T152 is deleted for one of four reasons, which the audit log keeps with the id", async () => {
    const wrong = await here.run([
      "user",
      "delete",
      "hugo",
      "--office",
      "NOORD",
      "--reason",
      "Hugo has left",
    ]);
    expect(wrong.error).to.contain("left, asked, mistake, other");
    const { deleted } = await here.ask(["user", "delete", "hugo", "--office", "NOORD", "--reason", "left"]);
    const events = await asOwner(
      here.database,
      "select actor, subject, details ->> 'why' as why from audit_events where type = 'user.deleted'",
    );
    expect(events).to.deep.equal([{ actor: "command line", subject: deleted, why: "left" }]);
    expect((await here.run(["user", "show", "hugo", "--office", "NOORD"])).code).to.equal(1);
  });
});

describe("an application at the terminal", () => {
  const here = useInstallation();

  it("T152 can be disabled, enabled and deleted", async () => {
    const { clientId } = await here.ask([
      ...["app", "add", "--type", "web", "--name", "Ledger"],
      ...["--redirect-uri", "https://ledger.example.com/callback"],
    ]);
    const id = String(clientId);
    const shown = async () => (await here.ask(["app", "show", id]))["isDisabled"];
    await here.ask(["app", "disable", id]);
    expect(await shown()).to.equal(true);
    await here.ask(["app", "enable", id]);
    expect(await shown()).to.equal(false);
    await here.ask(["app", "delete", id]);
    expect((await here.run(["app", "show", id])).error).to.contain("There is no application");
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

const CALLBACK = "https://ledger.example.com/callback";

describe("what the command line says about email addresses and names in applications", function () {
  this.timeout(60_000);
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
  });

  const user = (verb: string, name: string, ...words: string[]) =>
    here.ask(["user", verb, name, "--office", "NOORD", ...words]);
  const proofs = () =>
    asOwner(here.database, "select actor from audit_events where type = 'mail.proved' order by id");

  it("T134 an address that is typed is not proved, and the answer says what that means", async () => {
    expect(await user("add", "anna", "--name", "Anna", "--mail", "anna@noord.example")).to.include({
      isMailProved: false,
    });
    const { out } = await here.run(["user", "show", "anna", "--office", "NOORD"]);
    expect(out).to.contain("anna@noord.example   (not proved: applications do not get it)");
    expect(await proofs()).to.deep.equal([]);
  });

  it("T134 an explicit option proves it, for a new user and for one who is there, on the record", async () => {
    const mail = ["--mail", "bram@noord.example"];
    expect(await user("add", "bram", "--name", "Bram", ...mail, "--mail-proved")).to.include({
      isMailProved: true,
    });
    await user("add", "chris", "--name", "Chris", "--mail", "chris@noord.example");
    expect(await user("edit", "chris", "--mail-proved")).to.include({ isMailProved: true });
    expect(await user("edit", "chris", "--mail", "new@noord.example")).to.include({ isMailProved: false });
    expect(await user("edit", "chris", "--mail", "own@noord.example", "--mail-proved")).to.include({
      ...{ mail: "own@noord.example", isMailProved: true },
    });
    const { out } = await here.run(["user", "show", "chris", "--office", "NOORD"]);
    expect(out).to.match(/own@noord\.example {3}\(proved on \d{4}-/);
    expect(await proofs()).to.have.length(3);
  });

  it("T134 a user without an address has none to prove", async () => {
    await user("add", "dora", "--name", "Dora");
    const { code, error } = await here.run(["user", "edit", "dora", "--office", "NOORD", "--mail-proved"]);
    expect([code, error]).to.deep.equal([
      1,
      "dora stays as before. There is no email address that could be proved.\n",
    ]);
  });

  it("T134 an imported file has proved addresses only with the option", async () => {
    const file = (name: string) => `username,name,mail\n${name},Eva,${name}@noord.example\n`;
    await here.ask(["user", "import", "--office", "NOORD"], file("eva"));
    await here.ask(["user", "import", "--office", "NOORD", "--mail-proved"], file("finn"));
    expect(await user("show", "eva")).to.include({ isMailProved: false });
    expect(await user("show", "finn")).to.include({ isMailProved: true });
  });

  it("T134 a member of support has a proved address only with the option", async () => {
    const add = (name: string, ...words: string[]) =>
      here.ask(["support", "add", name, "--name", "Gina", "--mail", `${name}@staff.example`, ...words]);
    expect(await add("gina")).to.include({ isMailProved: false });
    expect(await add("hugo", "--mail-proved")).to.include({ isMailProved: true });
  });

  it("T134 both switches of an application are given, shown with what they mean, and taken back", async () => {
    const add = ["app", "add", "--type", "web", "--name", "Ledger", "--redirect-uri", CALLBACK];
    const made = await here.ask([...add, "--unverified-email", "--bare-username"]);
    expect(made).to.include({ unverifiedEmail: true, bareUsername: true });
    const id = String(made["clientId"]);
    const { out } = await here.run(["app", "show", id]);
    expect(out).to.contain("find users by iss and sub, never by address");
    expect(out).to.contain("several users can have the same one");
    const [event] = await asOwner<{ details: unknown }>(
      here.database,
      "select details from audit_events where subject = $1",
      [id],
    );
    expect(event?.details).to.include({ unverifiedEmail: true, bareUsername: true });
    const edited = await here.ask(["app", "edit", id, "--no-unverified-email", "--no-bare-username"]);
    expect(edited).to.include({ unverifiedEmail: false, bareUsername: false });
  });

  it("T134 an application gets neither without being asked", async () => {
    const made = await here.ask([
      "app",
      "add",
      "--type",
      "web",
      "--name",
      "Plain",
      "--redirect-uri",
      CALLBACK,
    ]);
    expect(made).to.include({ unverifiedEmail: false, bareUsername: false });
    const { out } = await here.run(["app", "show", String(made["clientId"])]);
    expect(out).to.match(/The user is +iss and sub; administrators type/);
    expect(out).to.not.contain("Email addresses").and.not.contain("Usernames");
    expect(await here.ask(["app", "edit", String(made["clientId"]), "--name", "Still"])).to.include({
      ...{ unverifiedEmail: false, bareUsername: false },
    });
  });
});

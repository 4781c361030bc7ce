import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { PASSWORD } from "../support/people.ts";
import { useInstallation } from "./installation.ts";
import { isPasswordOf } from "./password-of.ts";

describe("users on the command line", () => {
  const here = useInstallation();
  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
    await here.ask(["office", "add", "ZUID", "--name", "Zuid"]);
  });

  const add = (username: string, ...more: string[]) => [
    ...["user", "add", username, "--office", "NOORD", "--name", "Sanne Bakker"],
    ...more,
  ];

  it("get a password that is made here and printed once", async () => {
    const { password } = await here.ask(add("sanne", "--mail", "sanne@noord.example"));
    expect(await isPasswordOf(here, "sanne", String(password))).to.equal(true);
    expect((await here.run(["user", "show", "sanne", "--office", "noord"])).out).to.not.contain(
      String(password),
    );
  });

  it("get the password of standard input, which is not printed", async () => {
    const { code, out } = await here.run(
      add("joost", "--role", "superuser", "--password-stdin"),
      `${PASSWORD}\n`,
    );
    expect(code).to.equal(0);
    expect(out).to.contain("superuser").and.not.contain(PASSWORD);
    expect(await isPasswordOf(here, "joost", PASSWORD)).to.equal(true);
  });

  it("never get a password as an argument, where other users of the machine could see it", async () => {
    const { code, error } = await here.run(add("piet", "--password", PASSWORD));
    expect(code).to.equal(1);
    expect(error).to.contain("unknown option '--password'");
  });

  it("are refused with a weak or a missing password, and nobody is added", async () => {
    const weak = await here.run(add("kees", "--password-stdin"), "password1234\n");
    const missing = await here.run(add("kees", "--password-stdin"), "");
    const twoLines = await here.run(add("kees", "--password-stdin"), `${PASSWORD}\n${PASSWORD}\n`);
    expect([weak.code, missing.code, twoLines.code]).to.deep.equal([1, 1, 1]);
    expect(missing.error).to.contain("nothing came in on standard input");
    expect(await asOwner(here.database, "select from users where username = 'kees'")).to.deep.equal([]);
  });

  it("have a username that is free in their office, also in another spelling", async () => {
    await here.ask(add("mia"));
    const { code, error } = await here.run(add("MIA"));
    expect({ code, error }).to.deep.equal({
      code: 1,
      error: "The username MIA is taken in the office NOORD.\n",
    });
    const elsewhere = await here.ask(["user", "add", "mia", "--office", "ZUID", "--name", "Mia"]);
    expect(elsewhere).to.include({ username: "mia", officeCode: "ZUID" });
  });

  it("cannot be given the role of the platform's own staff", async () => {
    const { code, error } = await here.run(add("eva", "--role", "support"));
    expect(code).to.equal(1);
    expect(error).to.contain('"npx vestibule support add"');
  });

  it("are reported with every fault at once", async () => {
    const { error } = await here.run(
      ["user", "add", "x", "--office", "NOORD", "--mail", "nobody", "--role", "boss"].concat("--json"),
    );
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.have.members(["USERNAME", "--name", "--mail", "--role"]);
  });

  it("are listed office by office", async () => {
    const { out } = await here.run(["user", "list", "--office", "ZUID"]);
    expect(out).to.contain("mia").and.not.contain("sanne");
  });

  it("can be disabled and enabled again", async () => {
    await here.ask(add("bas"));
    const verb = (name: string) => here.ask(["user", name, "BAS", "--office", "noord"]);
    expect(await verb("disable")).to.include({ status: "disabled" });
    expect(await verb("show")).to.include({ status: "disabled" });
    expect(await verb("enable")).to.include({ status: "active" });
    expect(await verb("show")).to.include({ status: "active" });
  });

  it("can be given a new password, which ends what the old one began", async () => {
    await here.ask(add("tom"));
    const validFrom = async () =>
      (
        await asOwner<{ at: Date }>(
          here.database,
          "select valid_from as at from users where username = 'tom'",
        )
      )[0]?.at;
    const before = await validFrom();
    const { password } = await here.ask(["user", "set-password", "tom", "--office", "NOORD"]);
    expect(await isPasswordOf(here, "tom", String(password))).to.equal(true);
    expect(Number(await validFrom())).to.be.greaterThan(Number(before));
  });

  it("of another office are unknown in this one", async () => {
    const { code, error } = await here.run(["user", "disable", "sanne", "--office", "ZUID"]);
    expect(code).to.equal(1);
    expect(error).to.contain("The office ZUID has no user sanne.");
  });
});

describe("the platform's own staff", () => {
  const here = useInstallation();

  it("gets an office of its own with the first of them", async () => {
    const dana = await here.ask(["support", "add", "dana", "--name", "Dana Mol"]);
    const eli = await here.ask(["support", "add", "eli", "--name", "Eli Vos", "--password-stdin"], PASSWORD);
    expect(dana).to.include({ role: "support", officeCode: "SUPPORT" });
    expect(eli).to.include({ role: "support", officeId: dana["officeId"] });
    expect(await here.ask(["office", "show", "SUPPORT"])).to.include({ name: "Vestibule support" });
  });

  it("shares that office with no other role", async () => {
    const { code, error } = await here.run([
      "user",
      "add",
      "sanne",
      "--office",
      "SUPPORT",
      "--name",
      "Sanne",
    ]);
    expect(code).to.equal(1);
    expect(error).to.contain("is for the platform's own staff");
  });

  it("cannot be locked out by closing that office", async () => {
    const { code, error } = await here.run(["office", "close", "SUPPORT"]);
    expect(code).to.equal(1);
    expect(error).to.contain("stays open");
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { runProgram, useInstallation } from "./installation.ts";

describe("links by mail on the command line", function () {
  this.timeout(60_000);
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
  });

  const user = (...words: string[]) => here.run(["user", ...words, "--office", "NOORD"]);
  const invite = (name: string, ...words: string[]) =>
    user("invite", name, "--name", "Sanne Bakker", "--mail", `${name}@noord.example`, ...words);
  const links = (username: string) =>
    asOwner<{ purpose: string; minutes: number }>(
      here.database,
      `select l.purpose, (extract(epoch from l.ends_at - l.made_at) / 60)::integer as minutes
       from one_time_links l join users u on u.id = l.user_id where u.username = $1`,
      [username],
    );
  const lastEvent = async () =>
    (
      await asOwner<{ type: string; actor: string; details: unknown }>(
        here.database,
        "select type, actor, details from audit_events order by id desc limit 1",
      )
    )[0];

  it("T13 invite a user: the link goes to the mailbox and is never printed, nor is a password", async () => {
    const { code, out } = await invite("sanne");
    expect(code).to.equal(0);
    expect(out).to.contain("was added and invited at sanne@noord.example");
    expect(out).to.not.match(/password|\/invitation\/|[\w-]{40,}/i);
    expect(await links("sanne")).to.deep.equal([{ purpose: "invitation", minutes: 24 * 60 }]);
    expect(await lastEvent()).to.deep.equal({
      type: "password-link.sent",
      actor: "command line",
      details: { purpose: "invitation" },
    });
  });

  it("T96 invite nobody who is there already", async () => {
    const { code, error } = await invite("SANNE", "--role", "superuser");
    expect(code).to.equal(1);
    expect(error).to.contain("is taken");
    expect(await links("sanne")).to.have.length(1);
  });

  it("invite nobody without an email address, or with one that is none", async () => {
    for (const mail of [[], ["--mail", "nowhere"], ["--mail", "a@b.example\r\nBcc: x@y.example"]]) {
      const { code, error } = await user("invite", "joost", "--name", "Joost Smit", ...mail);
      expect(code).to.equal(1);
      expect(error).to.contain("--mail");
    }
  });

  it("T238 say why a user gets none whose codes come to the same mailbox", async () => {
    await invite("coded");
    await asOwner(
      here.database,
      "insert into factors (home, office_id, user_id, kind, confirmed_at) select home, office_id, id, 'email', now() from users where username = 'coded'",
    );
    const { code, error } = await user("send-password-link", "coded");
    expect([code, error.includes("codes come to the same mailbox")], error).to.deep.equal([1, true]);
  });

  it("T13 send a user a link to a new password, and do not print it", async () => {
    const { code, out } = await user("send-password-link", "sanne");
    expect([code, out]).to.deep.equal([0, "A link was sent to sanne@noord.example.\n"]);
    expect(await links("sanne")).to.deep.include({ purpose: "password-reset", minutes: 30 });
  });

  it("are not sent to users who have no email address, or is disabled", async () => {
    await here.ask(["user", "add", "mute", "--office", "NOORD", "--name", "Mute"]);
    const mute = await user("send-password-link", "mute");
    expect([mute.code, mute.error]).to.deep.equal([1, "mute gets no link: there is no email address.\n"]);
    await here.ask(["user", "disable", "sanne", "--office", "NOORD"]);
    const disabled = await user("send-password-link", "sanne");
    expect(disabled.error).to.contain("the user is disabled");
    await here.ask(["user", "enable", "sanne", "--office", "NOORD"]);
  });

  it("are not promised where no mail goes out", async () => {
    const environment = { ...here.environment, VESTIBULE_MAIL_GATEWAY: "none" };
    const words = ["user", "send-password-link", "sanne", "--office", "NOORD"];
    const { code, error } = await runProgram(environment, words);
    expect(code).to.equal(1);
    expect(error).to.contain("VESTIBULE_MAIL_GATEWAY is none");
  });

  it("are not needed to let a password expire", async () => {
    const { code, out } = await user("expire-password", "sanne");
    expect([code, out]).to.deep.equal([0, "sanne chooses a new password at the next sign-in.\n"]);
    const [row] = await asOwner<{ expired: boolean }>(
      here.database,
      "select password_expired as expired from users where username = 'sanne'",
    );
    expect(row?.expired).to.equal(true);
    expect((await lastEvent())?.type).to.equal("password.expired");
  });
});

import { expect } from "chai";
import { newTry } from "../../../src/domain/factors/guard-store.ts";
import { asOwner } from "../../support/database.ts";
import { choosePassword, linkFor, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  giveApp,
  guardOf,
  hasCode,
  makeStrictOffice,
  pageName,
  passPassword,
  sendForm,
  wrongCode,
  type TestApp,
} from "../../support/second-factor.ts";
import { DAY, HOUR, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const VISITOR = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "lift" };

describe("a block and a new password", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, services } = vestibule;
  let user: TestUser;
  let app: TestApp;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `person${String(made)}@mail.example`;
    user = await makeUser(services, await makeStrictOffice(services), { mail });
    app = await giveApp(services, user);
  });

  const guard = () => guardOf(vestibule, user);
  /** Three wrong codes with the password. */
  async function block(): Promise<void> {
    travel(2 * SECOND);
    const browser = vestibule.browser();
    let page = await passPassword(browser, application, user);
    for (let tries = 0; tries < 3; tries += 1) {
      page = await sendForm(browser, page, { code: wrongCode(app.secret) });
    }
    expect(pageName(page)).to.equal("blocked");
  }
  let chosen = 0;
  async function reset() {
    chosen += 1;
    const password = `copper-anchor-violin-${String(chosen)}`;
    const browser = vestibule.browser();
    const page = await choosePassword(
      browser,
      await openLink(browser, await linkFor(vestibule, user, mail)),
      password,
    );
    user = { ...user, password };
    return page.body;
  }
  const isBlocked = async () => ((await guard()).blocked_until?.getTime() ?? 0) > Date.now();

  it("T53 is not ended by asking, and not by opening the link", async () => {
    await block();
    await openLink(vestibule.browser(), await linkFor(vestibule, user, mail));
    expect(await isBlocked()).to.equal(true);
  });

  it("T53 is ended by choosing; what was tried stays counted, and the code is still asked for", async () => {
    await block();
    const body = await reset();
    expect(body).to.contain("You are no longer blocked");
    expect(await guard()).to.deep.equal({ failed_attempts: 0, failed_since_success: 3, blocked_until: null });
    expect((await mailsTo(vestibule, mail))[0]?.subject).to.equal(
      "Your password was changed and the block was lifted",
    );
    travel(2 * SECOND);
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(pageName(page)).to.equal("challenge-totp");
    expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret) }))).to.equal(true);
  });

  it("T53 is ended twice in 24 hours; the third time the password is changed and the block stays", async () => {
    for (let lifts = 0; lifts < 2; lifts += 1) {
      await block();
      expect(await reset()).to.contain("You are no longer blocked");
    }
    await block();
    const body = await reset();
    expect(body).to.contain("Your password has been changed").and.contain("You are still blocked");
    expect(body).to.match(/<time datetime="[^"]+"/);
    expect(await isBlocked()).to.equal(true);
    travel(2 * SECOND);
    expect(pageName(await passPassword(vestibule.browser(), application, user)), "the new password").to.equal(
      "blocked",
    );
    travel(DAY);
    await asOwner(vestibule.database, "delete from rate_limits");
    await block();
    expect(await reset(), "a day later").to.contain("You are no longer blocked");
  });

  it("T53 costs none of the two when nothing was wrong", async () => {
    for (let resets = 0; resets < 3; resets += 1) {
      expect(await reset()).to.not.contain("blocked");
    }
    await block();
    expect(await reset()).to.contain("You are no longer blocked");
  });

  it("T53 forgives two wrong codes as well, and counts that", async () => {
    const tried = () => newTry(services.hash("a code"), { kind: "totp", slot: services.hash("a sign-in") });
    const reserve = () => services.secondFactor.guard.reserve(person(), tried(), new Date(Date.now()));
    for (let lifts = 0; lifts < 3; lifts += 1) {
      await reserve();
      await reset();
    }
    expect((await guard()).failed_attempts, "the third was not forgiven").to.equal(1);
  });

  it("T53 stays frozen, whatever the password", async () => {
    await block();
    await asOwner(
      vestibule.database,
      "update second_factor_guard set failed_since_success = 50 where user_id = $1",
      [user.id],
    );
    expect(await reset()).to.contain("Your second factor is locked");
    travel(HOUR);
    expect(pageName(await passPassword(vestibule.browser(), application, user))).to.equal("blocked");
  });

  it("T53 is lifted twice at most by fifty new passwords at the same moment", async () => {
    const { database, links, stores } = services;
    const { passwordReset } = links;
    const { links: store } = stores;
    const found = await services.users.findAccount(user.id);
    let lifted = 0;
    for (let round = 0; round < 10; round += 1) {
      await asOwner(
        vestibule.database,
        `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
         values (home_of($1), $1, $2, 3, 3, now() + interval '1 day')
         on conflict (home, office_id, user_id) do update set failed_attempts = 3, blocked_until = excluded.blocked_until`,
        [user.office.id, user.id],
      );
      // Invitations and resets share the way; two links of a person can be open at the same moment.
      const purposes = ["password-reset", "invitation"] as const;
      const completions = purposes.map(async (purpose) => {
        const draft = { purpose, officeId: user.office.id, userId: user.id, at: new Date(Date.now()) };
        const token = await database.inOffice(user.office.id, (tx) =>
          store.make(tx, { ...draft, data: { mail: found?.mail ?? null } }),
        );
        return Promise.all(
          Array.from({ length: 3 }, (_, index) =>
            passwordReset.complete(
              { purpose, token: token.reveal() },
              `copper-anchor-violin-${String(index)}`,
              VISITOR,
            ),
          ),
        );
      });
      const results = (await Promise.all(completions)).flat();
      lifted += results.filter((result) => result.type === "done" && result.guard.type === "lifted").length;
    }
    expect(lifted).to.equal(2);
  });

  it("T53 is lifted twice at most by fifty lifts at the same moment", async () => {
    const { database, secondFactor } = services;
    await block();
    const lift = () =>
      database.inOffice(user.office.id, async (tx) => {
        const result = await secondFactor.guard.lift(tx, person(), new Date(Date.now()));
        return result.type;
      });
    const reblock = () =>
      asOwner(
        vestibule.database,
        "update second_factor_guard set failed_attempts = 3, blocked_until = now() + interval '1 day' where user_id = $1",
        [user.id],
      );
    const results = [];
    for (let round = 0; round < 5; round += 1) {
      await reblock();
      results.push(...(await Promise.all(Array.from({ length: 10 }, lift))));
    }
    expect(results.filter((type) => type === "lifted")).to.have.length(2);
    expect(results.filter((type) => type === "blocked")).to.have.length(30);
  });

  function person() {
    return { id: user.id, officeId: user.office.id };
  }
});

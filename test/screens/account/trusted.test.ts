import { expect } from "chai";
import { expectOn, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { choosePassword, linkFor, openLink } from "../../support/mailbox.ts";
import { giveNumber, storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { follow } from "../../support/relying-party.ts";
import {
  resetFactor,
  givePassword,
  hasCode,
  keyOf,
  pageName,
  sayLost,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { refresh } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import {
  makeTruster,
  passAgain,
  tokensOfPage,
  trustBrowser,
  trustedOf,
  type Truster,
} from "../../support/trust.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { TESTER } from "../../support/people.ts";

const NEW = "copper-anchor-violin-63";

describe("T28 the end of trust in a browser", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, database } = vestibule;
  let who: Truster;
  let browser: HttpBrowser;
  beforeEach(async () => {
    who = await makeTruster(vestibule);
    browser = await trustBrowser(vestibule, application, who);
  });

  const isSpared = async (here = browser) => hasCode((await passAgain(here, application, who.user)).page);
  /** Opens a page of a change in another browser, with password and code. */
  const openChange = async (path: string) => {
    const other = vestibule.browser();
    travel(MINUTE);
    const asked = await follow(other, await other.get(path));
    const challenge = await givePassword(other, asked, who.user);
    return { other, page: await sendForm(other, challenge, { code: totpNow(who.app.secret) }) };
  };
  const idOf = async () => {
    const rows = await asOwner<{ id: string }>(
      database,
      "select id from trusted_browsers where user_id = $1 order by trusted_at",
      [who.user.id],
    );
    return rows.map(({ id }) => id);
  };

  it("T28 is one browser's on the account page, with what was signed in by it; a mail says so", async () => {
    const second = await trustBrowser(vestibule, application, who);
    const spared = await tokensOfPage(browser, application, await passAgain(browser, application, who.user));
    const list = await browser.get("/account/sessions");
    expect(list.body).to.contain("Trusted browsers");
    const [first = ""] = await idOf();
    expect(list.body).to.contain(`/account/trusted/${first}`);
    const { other, page } = await openChange(`/account/trusted/${first}`);
    expectOn(page, `/account/trusted/${first}`);
    const after = await follow(other, await send(other, page));
    expectOn(after, "/account/sessions");
    expect(after.body).to.contain("You will be asked for a code there again.").and.not.contain(first);
    const [mail] = await settledOutbox(vestibule);
    expect(mail?.subject).to.equal("A browser is no longer trusted");
    expect((await browser.get("/account")).status, "its session").to.equal(303);
    expect((await refresh(browser, application, spared.refresh)).status, "its tokens").to.equal(400);
    expect((await other.get("/account")).status, "the session that proved a code").to.equal(200);
    expect([await isSpared(), await isSpared(second)]).to.deep.equal([false, true]);
  });

  it("T28 is all browsers' at once as well", async () => {
    const second = await trustBrowser(vestibule, application, who);
    const { other, page } = await openChange("/account/trusted/all");
    expectOn(await follow(other, await send(other, page)), "/account/sessions");
    expect([await isSpared(), await isSpared(second)]).to.deep.equal([false, false]);
    const events = await asOwner(
      database,
      "select details -> 'browsers' as browsers from audit_events where type = 'browser.trust-ended' and subject = $1",
      [who.user.id],
    );
    expect(events).to.deep.equal([{ browsers: 2 }]);
  });

  it("T82 answers for another user's browser as for one that never was", async () => {
    const [theirs = ""] = await idOf();
    who = await makeTruster(vestibule);
    const { other, page } = await openChange("/account/sessions/others");
    for (const id of [theirs, "00000000-0000-4000-8000-000000000000", "nothing"]) {
      expect((await other.get(`/account/trusted/${id}`)).status, id).to.equal(404);
      const url = new URL(`/account/trusted/${id}`, page.url).href;
      const body = page.body.replaceAll("/account/sessions/others", `/account/trusted/${id}`);
      expect((await send(other, { ...page, url, body })).status, `${id}, with another page's token`).to.equal(
        403,
      );
    }
    expect(await asOwner(database, "select from trusted_browsers where id = $1", [theirs])).to.have.length(1);
  });

  it("T28 comes with a reset of the password", async () => {
    const link = await linkFor(vestibule, who.user, "sanne@mail.example");
    const elsewhere = vestibule.browser();
    await choosePassword(elsewhere, await openLink(elsewhere, link), NEW);
    who = { ...who, user: { ...who.user, password: NEW } };
    expect(await isSpared()).to.equal(false);
  });

  it("T28 comes with a new password on the account page", async () => {
    const { other, page } = await openChange("/account/password");
    await send(other, page, { currentPassword: who.user.password, newPassword: NEW });
    who = { ...who, user: { ...who.user, password: NEW } };
    expect(await isSpared()).to.equal(false);
  });

  it("T28 comes with another app, whether on the account page or after a recovery code", async () => {
    const { other, page } = await openChange("/account/app");
    const secret = keyOf(page);
    await send(other, page, { code: totpNow(secret) });
    expect(await trustedOf(vestibule, who.user)).to.equal(0);
    expect(await isSpared()).to.equal(false);
    who = { ...who, app: { ...who.app, secret } };
    await trustBrowser(vestibule, application, who, browser);
    const lost = vestibule.browser();
    const challenge = (await passAgain(lost, application, who.user)).page;
    const recovery = await lost.get(sibling(challenge, "recovery-code"));
    const recovered = await sendForm(lost, recovery, { recoveryCode: who.app.codes[0] ?? "" });
    const enrol = await sayLost(lost, recovered);
    expect(pageName(enrol)).to.equal("enrol-totp");
    expect(await trustedOf(vestibule, who.user), "before").to.equal(1);
    await sendForm(lost, enrol, { code: totpNow(keyOf(enrol)) });
    expect(await trustedOf(vestibule, who.user), "after").to.equal(0);
  });

  it("T28 comes with a reset of the factor, a number that was removed, or a user who was disabled", async () => {
    const { services } = vestibule;
    const by = { reason: "lost", actor: "test" };
    await giveNumber(services, who.user);
    await trustBrowser(vestibule, application, who, browser);
    expect(await isSpared()).to.equal(true);
    const user = await storedUser(services, who.user);
    await services.secondFactor.numberService.remove(user, by);
    expect(await isSpared(), "number").to.equal(false);
    await trustBrowser(vestibule, application, who, browser);
    await services.administration.users.disable(user, TESTER);
    await services.administration.users.enable(user, TESTER);
    expect(await isSpared(), "disabled").to.equal(false);
    await trustBrowser(vestibule, application, who, browser);
    await resetFactor(services, user, "lost");
    expect(await trustedOf(vestibule, who.user), "factor").to.equal(0);
  });

  it("stays when a key is sealed anew or a code is used: no factor has changed", async () => {
    await passAgain(browser, application, who.user, { prompt: "login" });
    await asOwner(
      database,
      "update factors set sealed_secret = sealed_secret, last_step = last_step + 1 where user_id = $1",
      [who.user.id],
    );
    expect(await isSpared()).to.equal(true);
  });
});

import { expect } from "chai";
import { daysAfter, now } from "../../../src/kernel/clock.ts";
import { openAccount, pathOf, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { ceremonyOn, makePasskeyUser, useOn } from "../../support/passkeys.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { passkeyOwner, type PasskeyOwner } from "../../support/passkey-owner.ts";
import type { TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { changeOffice, giveApp, keyOf, pageName, resetFactor } from "../../support/second-factor.ts";
import { SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const LAST = "This is the only method you have that your office accepts.";

describe("several methods on the account page", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services } = vestibule;

  /** Opens a page of the account as a user who signs in with a passkey. */
  async function open({ user, device }: PasskeyOwner, browser: HttpBrowser, path: string): Promise<Page> {
    const page = await openAccount(browser, path, { user });
    return pageName(page) === "challenge-passkey" ? useOn(browser, page, device) : page;
  }

  const post = async (browser: HttpBrowser, page: Page, fields: Record<string, string>): Promise<Page> =>
    follow(browser, await send(browser, page, fields));

  const kindsOf = async ({ id }: TestUser) =>
    (
      await asOwner<{ kind: string }>(
        vestibule.database,
        "select kind from factors where user_id = $1 order by kind",
        [id],
      )
    ).map(({ kind }) => kind);

  const idsOf = ({ body }: Page): string[] =>
    [...body.matchAll(/href="\/account\/passkeys\/([\w-]+)"/g)].map(([, id = ""]) => id);

  it("stay beside each other: an app is added, and the passkey works on", async () => {
    const owner = await passkeyOwner(vestibule);
    const browser = vestibule.browser();
    const page = await open(owner, browser, "/account/app");
    expect(pathOf(await post(browser, page, { code: totpNow(keyOf(page)) }))).to.equal("/account");
    expect(await kindsOf(owner.user)).to.deep.equal(["passkey", "totp"]);
    const next = await owner.arrive();
    expect(pageName(next.page), "the one that was used last").to.equal("challenge-passkey");
    expect(next.page.body).to.contain("Use the authenticator app");
  });

  it("may be several passkeys, of which each has a name and an end of its own", async () => {
    const user = await makePasskeyUser(services, "several@mail.example");
    const owner = await passkeyOwner(vestibule, { aaguid: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4" }, user);
    const browser = vestibule.browser();
    const page = await open(owner, browser, "/account/passkey");
    const second = new SoftwareAuthenticator({ origin: vestibule.issuer });
    expect(ceremonyOn(page).excludeCredentials).to.have.length(1);
    const shown = await post(browser, page, { credential: second.make(ceremonyOn(page)) });
    expect(shown.body).to.contain("Google Password Manager");
    const [, added = ""] = idsOf(shown);
    const edit = await browser.get(`/account/passkeys/${added}`);
    expect((await send(browser, edit, { name: " " })).status).to.equal(400);
    const named = await post(browser, edit, { name: "Key ring" });
    expect(named.body).to.contain("Key ring");
    const left = await post(browser, edit, { remove: "yes" });
    expect([idsOf(left).length, left.body.includes("Key ring")]).to.deep.equal([1, false]);
    expect(await kindsOf(user)).to.deep.equal(["passkey"]);
    const subjects = (await mailsTo(vestibule, "several@mail.example")).map(({ subject }) => subject);
    expect(subjects).to.include("A method was removed from your account");
  });

  it("never lose the last one that the office accepts, also by two requests at once", async () => {
    const owner = await passkeyOwner(vestibule);
    const browser = vestibule.browser();
    const shown = await open(owner, browser, "/account");
    const [id = ""] = idsOf(shown);
    const edit = await browser.get(`/account/passkeys/${id}`);
    expect((await send(browser, edit, { remove: "yes" })).body).to.contain(LAST);
    const app = await browser.get("/account/app");
    await post(browser, app, { code: totpNow(keyOf(app)) });
    const pages = [
      await browser.get("/account/method/remove/totp"),
      await browser.get(`/account/passkeys/${id}`),
    ];
    await Promise.all(pages.map((page) => send(browser, page, { remove: "yes" })));
    expect(await kindsOf(owner.user)).to.have.length(1);
  });

  it("T210 do not make up for the last passkey where one is demanded of the user, and no lesser one is added", async () => {
    const user = await makePasskeyUser(services);
    const owner = await passkeyOwner(vestibule, {}, user);
    await giveApp(services, user);
    const phishingResistance = { of: "all", from: daysAfter(now(), 1) } as const;
    await changeOffice(services, user.office, { phishingResistance });
    const browser = vestibule.browser();
    expect((await open(owner, browser, "/account/app")).status, "before its day").to.equal(200);
    await changeOffice(services, user.office, { phishingResistance: { of: "all", from: null } });
    const [id = ""] = idsOf(await open(owner, browser, "/account"));
    const edit = await browser.get(`/account/passkeys/${id}`);
    expect((await send(browser, edit, { remove: "yes" })).body).to.contain(LAST);
    expect((await browser.get("/account/app")).status).to.equal(404);
    const app = await browser.get("/account/method/remove/totp");
    await post(browser, app, { remove: "yes" });
    expect(await kindsOf(user)).to.deep.equal(["passkey"]);
  });

  it("are those of the owner alone: a passkey of another user is an unknown one", async () => {
    const owner = await passkeyOwner(vestibule);
    const stranger = await passkeyOwner(vestibule);
    const browser = vestibule.browser();
    await open(owner, browser, "/account");
    const answer = await browser.get(`/account/passkeys/${stranger.device.id.toString("base64url")}`);
    expect(answer.status).to.equal(404);
  });

  it("all end with a reset, and so do the challenges that were open", async () => {
    const owner = await passkeyOwner(vestibule);
    await owner.arrive();
    const { user } = owner;
    const found = await services.users.findByUsername(user.office.id, user.username);
    await resetFactor(services, found ?? expect.fail(), "lost phone");
    for (const table of ["factors", "passkeys", "passkey_challenges"]) {
      const rows = await asOwner(vestibule.database, `select from ${table} where user_id = $1`, [user.id]);
      expect(rows, table).to.have.length(0);
    }
  });
});

import { expect } from "chai";
import { expectOn, openAccount, send } from "../support/account.ts";
import { startBackChannel, type BackChannel } from "../support/back-channel.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { choosePassword, linkFor, openLink } from "../support/mailbox.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { claimsOf, follow } from "../support/relying-party.ts";
import { givePassword, sendForm } from "../support/second-factor.ts";
import { MINUTE, travel } from "../support/time.ts";
import { tokensFor } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { makeTruster, passAgain, tokensOfPage, trustBrowser } from "../support/trust.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const MAIL = "sanne@mail.example";

describe("the end of a session by its owner, as applications hear of it", () => {
  const vestibule = useVestibule();
  let channel: BackChannel;
  let application: TestApplication;
  beforeEach(async () => {
    channel = await startBackChannel();
    application = await makeApplication(vestibule.services, { backchannelLogoutUri: channel.url });
  });
  afterEach(() => channel.stop());

  const newUser = async () => makeUser(vestibule.services, await makeOffice(vestibule.services));
  const sidOf = async (user: TestUser) =>
    claimsOf((await tokensFor(vestibule.browser(), application, user)).id)["sid"];
  const openJobs = () => asOwner(vestibule.database, "select from jobs where queue = 'sign-outs'");
  /** What the application was notified of, when no notice is left to send. */
  const noticesOf = async (count: number) => {
    await eventually(
      () => Promise.resolve(channel.tokens.length),
      (length) => length >= count,
    );
    await eventually(openJobs, ({ length }) => length === 0);
    return channel.tokens.map(claimsOf).map(({ sub, aud, sid }) => ({ sub, aud, sid }));
  };
  const tokenOf = (user: TestUser, sid: unknown) => ({ sub: user.id, aud: application.id, sid });

  it("T11 T65 a password that was reset by mail: every session, and nobody else's", async () => {
    const [user, other] = [await newUser(), await newUser()];
    const sids = [await sidOf(user), await sidOf(user)];
    await sidOf(other);
    const browser = vestibule.browser();
    const page = await openLink(browser, await linkFor(vestibule, user, MAIL));
    await choosePassword(browser, page, "copper-anchor-violin-63");
    expect(await noticesOf(2)).to.have.deep.members(sids.map((sid) => tokenOf(user, sid)));
  });

  it("T64 T65 one session that was ended on the account page: that one alone", async () => {
    const user = await newUser();
    const [ended] = [await sidOf(user), await sidOf(user)];
    const [{ uid } = { uid: "" }] = await asOwner<{ uid: string }>(
      vestibule.database,
      `select uid from oidc_models where kind = 1 and account_id = $1
       and payload -> 'authorizations' -> $2 ->> 'sid' = $3`,
      [user.id, application.id, ended],
    );
    const browser = vestibule.browser();
    const page = await openAccount(browser, `/account/sessions/${uid}`, { user });
    expectOn(await follow(browser, await send(browser, page)), "/account/sessions");
    expect(await noticesOf(1)).to.deep.equal([tokenOf(user, ended)]);
  });

  it("T64 T65 all others that were ended there", async () => {
    const user = await newUser();
    const sids = [await sidOf(user), await sidOf(user)];
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/sessions/others", { user });
    await follow(browser, await send(browser, page));
    expect(await noticesOf(2)).to.have.deep.members(sids.map((sid) => tokenOf(user, sid)));
  });

  it("T28 T65 a trusted browser whose trust was ended: the session that it was spared the code for", async () => {
    const who = await makeTruster(vestibule);
    const trusted = await trustBrowser(vestibule, application, who);
    const spared = await tokensOfPage(trusted, application, await passAgain(trusted, application, who.user));
    const other = vestibule.browser();
    travel(MINUTE);
    const asked = await follow(other, await other.get("/account/trusted/all"));
    const challenge = await givePassword(other, asked, who.user);
    const page = await sendForm(other, challenge, { code: totpNow(who.app.secret) });
    await follow(other, await send(other, page));
    expect(await noticesOf(1)).to.deep.equal([tokenOf(who.user, spared.claims["sid"])]);
  });

  it("T65 its access that was taken away: each of its sessions, while the person stays signed in", async () => {
    const [user, other] = [await newUser(), await newUser()];
    const sids = [await sidOf(user), await sidOf(user)];
    await sidOf(other);
    const elsewhere = await makeApplication(vestibule.services, { backchannelLogoutUri: channel.url });
    await tokensFor(vestibule.browser(), elsewhere, user);
    const browser = vestibule.browser();
    const page = await openAccount(browser, `/account/applications/${application.id}`, { user });
    expectOn(await follow(browser, await send(browser, page)), "/account/applications");
    expect(await noticesOf(2)).to.have.deep.members(sids.map((sid) => tokenOf(user, sid)));
    expect((await browser.get("/account")).status).to.equal(200);
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { authorizationRequest, redeem, signIn } from "../support/relying-party.ts";
import {
  giveApp,
  guardOf,
  hasCode,
  makeStrictUser,
  pageName,
  passPassword,
  sendForm,
  wrongCode,
  type TestApp,
} from "../support/second-factor.ts";
import { startServerGroup, type ServerGroup } from "../support/server-group.ts";
import { useFresh, useResource } from "../support/suite-resource.ts";
import { aliveAmong, introspect, refresh, revoke, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const PARALLEL = 20;

/** Each request has a connection of its own, so the next one meets another process. */
describe("four processes behind one port", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: { rotateRefreshTokens: true, refreshGraceSeconds: 0 } });
  const { application } = vestibule;
  const group: ServerGroup = useResource(
    () => startServerGroup(vestibule, { VESTIBULE_LOG_LEVEL: "silent" }),
    (started) => started.end(),
  );
  const user: TestUser = useFresh(() => makeStrictUser(vestibule.services));
  const app: TestApp = useFresh(() => giveApp(vestibule.services, user));
  const browser = () => new HttpBrowser(vestibule.issuer, group.port);
  const times = <T>(count: number, work: () => Promise<T>) =>
    Promise.all(Array.from({ length: count }, () => work()));

  const atTheCode = async () => {
    const own = browser();
    const page = await passPassword(own, application, user);
    expect(pageName(page)).to.equal("challenge-totp");
    return (code: string) => sendForm(own, page, { code });
  };

  it("T18 let one of five browsers in that send a code at the same moment", async () => {
    const five = await times(5, atTheCode);
    const code = totpNow(app.secret);
    const pages = await Promise.all(five.map((send) => send(code)));
    expect(pages.filter(hasCode)).to.have.length(1);
  });

  it("T45 T46 T47 look at three of twelve wrong codes, and know of the block in each of them", async () => {
    // A few at a time: the guard of passwords lets no more tries of one account in at the same moment.
    const doors = [
      ...(await times(4, atTheCode)),
      ...(await times(4, atTheCode)),
      ...(await times(4, atTheCode)),
    ];
    const code = wrongCode(app.secret);
    await Promise.all(doors.map((send) => send(code)));
    const looked = await asOwner(
      vestibule.database,
      "select 1 from audit_events where type = 'code.wrong' and actor = $1",
      [user.id],
    );
    expect(looked).to.have.length(3);
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 3, failed_since_success: 3 });
    for (const send of doors.slice(0, 8)) {
      const page = await send(totpNow(app.secret));
      expect([pageName(page), hasCode(page)]).to.deep.equal(["blocked", false]);
    }
  });

  it("T66 T67 let one of twenty redemptions and refreshes win at most, and then kill the whole family", async () => {
    const plain = await plainUser();
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(browser(), request, plain);
    const redeemed = await times(PARALLEL, () => redeem(browser(), application, { redirect, request }));
    const won = redeemed.filter(({ status }) => status === 200);
    expect(won.length).to.be.at.most(1);
    expect(await aliveAmong(browser(), application, won.map(tokensOf))).to.be.empty;
    const tokens = await tokensFor(browser(), application, plain);
    const refreshed = await times(PARALLEL, () => refresh(browser(), application, tokens.refresh));
    const next = refreshed.filter(({ status }) => status === 200);
    expect(next.length).to.be.at.most(1);
    expect(await aliveAmong(browser(), application, [tokens, ...next.map(tokensOf)])).to.be.empty;
  });

  it("T66 end a token at once in all of them when it is revoked, also where it was just looked at", async () => {
    const { access } = await tokensFor(browser(), application, await plainUser());
    const looks = () =>
      times(8, async () => [
        (await userinfo(browser(), access)).status,
        (await introspect(browser(), application, access)).body["active"],
      ]);
    expect(await looks()).to.deep.equal(Array.from({ length: 8 }, () => [200, true]));
    await revoke(browser(), application, access);
    expect(await looks()).to.deep.equal(Array.from({ length: 8 }, () => [401, false]));
  });

  /** Whose office demands no second factor. */
  const plainUser = async () => makeUser(vestibule.services, await vestibule.makeOffice());
});

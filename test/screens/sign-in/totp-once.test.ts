import { expect } from "chai";
import { App } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import {
  giveApp,
  guardOf,
  hasCode,
  pageName,
  passPassword,
  sendForm,
  wrongCode,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpAt, totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const now = () => Date.now() / 1000;

describe("a code of the authenticator app", () => {
  const vestibule = useVestibule({ application: {} });
  const user = useFresh(() => makeStrictUser(vestibule.services));
  const app = useFresh(() => giveApp(vestibule.services, user));

  const challenged = async () => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    expect(pageName(page)).to.equal("challenge-totp");
    return { browser, send: (code: string) => sendForm(browser, page, { code }) };
  };
  const signInWith = async (code: string) => (await challenged()).send(code);

  it("T17 signs in once: after signing out, the same code within its time is refused", async () => {
    const { browser, send } = await challenged();
    const code = totpNow(app.secret);
    expect(hasCode(await send(code))).to.equal(true);
    await browser.get("/sign-out");
    const again = await signInWith(code);
    expect([again.status, hasCode(again)]).to.deep.equal([400, false]);
    expect(again.body).to.contain("already been used");
  });

  it("T17 of an earlier step is refused after a later one was used", async () => {
    const earlier = totpNow(app.secret);
    expect(hasCode(await signInWith(totpAt(app.secret, now() + 30)))).to.equal(true);
    const page = await signInWith(earlier);
    expect([page.status, hasCode(page)]).to.deep.equal([400, false]);
    travel(60 * SECOND);
    expect(hasCode(await signInWith(totpNow(app.secret)))).to.equal(true);
  });

  it("T17 leaves a last step that never falls back", async () => {
    const step = async () => {
      const [row] = await asOwner<{ last_step: string }>(
        vestibule.database,
        "select last_step from factors where user_id = $1",
        [user.id],
      );
      return Number(row?.last_step);
    };
    await signInWith(totpAt(app.secret, now() + 30));
    const used = await step();
    expect(used).to.be.within(now() / 30, now() / 30 + 2);
    await signInWith(totpNow(app.secret));
    expect(await step()).to.equal(used);
  });

  it("T18 signs in as the third try after two wrong ones", async () => {
    const { send } = await challenged();
    await send(wrongCode(app.secret));
    await send(wrongCode(app.secret));
    expect(hasCode(await send(totpNow(app.secret)))).to.equal(true);
    expect(await guardOf(vestibule, user)).to.deep.equal({
      failed_attempts: 0,
      failed_since_success: 0,
      blocked_until: null,
    });
  });

  it("T18 lets one of five browsers in that send it at the same moment", async () => {
    for (let round = 0; round < 3; round += 1) {
      const five = await Promise.all(Array.from({ length: 5 }, () => challenged()));
      const code = totpNow(app.secret);
      const pages = await Promise.all(five.map(({ send }) => send(code)));
      expect(pages.filter(hasCode), `round ${String(round)}`).to.have.length(1);
      pages.forEach(({ status }) => expect(status).to.be.oneOf([200, 303, 400]));
      travel(20 * 60 * SECOND);
    }
  });

  it("T18 lets two tabs of one sign-in record it once", async () => {
    const { send } = await challenged();
    const code = totpNow(app.secret);
    const pages = await Promise.all([send(code), send(code), send(code)]);
    expect(pages.filter(hasCode)).to.have.length.at.most(1);
    const [row] = await asOwner<{ count: string }>(
      vestibule.database,
      `select count(*) from sign_ins s, jsonb_array_elements(s.facts) fact
       where s.user_id = $1 and fact->>'type' = 'totp-proved'`,
      [user.id],
    );
    expect(Number(row?.count)).to.be.at.most(1);
  });

  it("T19 counts by the server's clock: no time that a browser sends moves it", async () => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const old = totpAt(app.secret, now() - 90);
    const sent = await sendForm(browser, page, {
      code: old,
      time: String(now() - 90),
      now: String(now() - 90),
      epoch: String(now() - 90),
    });
    expect([sent.status, hasCode(sent)]).to.deep.equal([400, false]);
    expect(sent.body).to.contain("That code has expired.");
    expect(hasCode(await sendForm(browser, page, { code: await new App(app.secret).code() }))).to.equal(true);
  });
});

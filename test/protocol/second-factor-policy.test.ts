import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../support/people.ts";
import { claimsOf, follow, redeem } from "../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  hasCode,
  pageName,
  REQUIRED,
  sendForm,
  sibling,
} from "../support/second-factor.ts";
import { MINUTE, travel } from "../support/time.ts";
import { refresh, tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { policySignIn } from "../support/policy-sign-in.ts";

describe("what an office and an application demand", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;
  let office: TestOffice;
  let user: TestUser;
  beforeEach(async () => {
    office = await makeOffice(services);
    user = await makeUser(services, office);
  });

  const setPolicy = (secondFactor: typeof REQUIRED) => changeOffice(services, office, { secondFactor });
  const { open, errorOf, tokensBy } = policySignIn(vestibule, () => user);

  it("T25 gives no code to a session without the factor, silently or otherwise, once it is required", async () => {
    const browser = vestibule.browser();
    await tokensBy(browser, null);
    await setPolicy(REQUIRED);
    expect(errorOf(await open(browser, vestibule.request({ prompt: "none" })))).to.equal("login_required");
    const page = await open(browser);
    expect(pageName(page)).to.equal("password");
    const next = await givePassword(browser, page, user);
    expect([hasCode(next), pageName(next)]).to.deep.equal([false, "enrol-totp"]);
  });

  it("T25 gives nothing new for a refresh token or a code from before, once it is required", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensBy(browser, null);
    const request = vestibule.request();
    const unspent = await open(browser, request);
    await setPolicy(REQUIRED);
    const renewed = await refresh(browser, application, tokens.refresh);
    expect([renewed.status, renewed.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    const redeemed = await redeem(browser, application, {
      redirect: new URL(unspent.location),
      request,
    });
    expect([redeemed.status, redeemed.body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  it("T25 is felt in a sign-in that stands open", async () => {
    const app = await giveApp(services, user);
    const without = await makeUser(services, office);
    const browser = vestibule.browser();
    const page = await open(browser);
    await setPolicy(REQUIRED);
    user = without;
    expect(pageName(await givePassword(browser, page, without))).to.equal("enrol-totp");
    expect(app.secret).to.have.length(32);
  });

  it("T25 begins on the day that is named: before it nothing is lost, from it on everything is", async () => {
    await setPolicy({ ...REQUIRED, from: new Date(Date.now() + 60 * MINUTE) });
    const browser = vestibule.browser();
    const offered = await open(browser);
    const choice = await givePassword(browser, offered, user);
    expect(pageName(choice)).to.equal("enrol-totp");
    const request = vestibule.request();
    const postponed = await sendForm(browser, choice, { later: "1" });
    expect(hasCode(postponed)).to.equal(true);
    const silent = await open(browser, request);
    const tokens = tokensOf(
      await redeem(browser, application, { redirect: new URL(silent.location), request }),
    );
    expect(claimsOf(tokens.id)["amr"]).to.deep.equal(["pwd"]);
    travel(61 * MINUTE);
    expect((await refresh(browser, application, tokens.refresh)).body["error"]).to.equal("invalid_grant");
    expect(errorOf(await open(browser, vestibule.request({ prompt: "none" })))).to.equal("login_required");
  });

  it("T25 leaves sessions and tokens with the factor alone", async () => {
    const app = await giveApp(services, user);
    const browser = vestibule.browser();
    const tokens = await tokensBy(browser, app);
    await setPolicy(REQUIRED);
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(200);
    expect(hasCode(await open(browser, vestibule.request({ prompt: "none" })))).to.equal(true);
  });

  it("T25 ends what was proved by a method that is no longer accepted", async () => {
    const app = await giveApp(services, user);
    await setPolicy({ ...REQUIRED, methods: ["totp", "sms"] });
    const browser = vestibule.browser();
    const tokens = await tokensBy(browser, app);
    await setPolicy({ ...REQUIRED, methods: ["sms"] });
    expect((await refresh(browser, application, tokens.refresh)).body["error"]).to.equal("invalid_grant");
    expect(errorOf(await open(browser, vestibule.request({ prompt: "none" })))).to.equal("login_required");
  });

  it("T25 is not switched off by anything that a user sends", async () => {
    await setPolicy(REQUIRED);
    const browser = vestibule.browser();
    const setUp = await givePassword(browser, await open(browser), user);
    for (const fields of [{ later: "1" }, { method: "off" }, { demand: "off", secondFactor: "off" }]) {
      for (const name of ["enrol-totp", "choose"]) {
        const csrf = /name="_csrf" value="([^"]*)"/.exec(setUp.body)?.[1] ?? "";
        const sent = await follow(
          browser,
          await browser.post(sibling(setUp, name), { _csrf: csrf, ...fields }),
        );
        expect(hasCode(sent), name).to.equal(false);
      }
    }
    const [row] = await asOwner<{ second_factor: string }>(
      vestibule.database,
      "select second_factor from offices where id = $1",
      [office.id],
    );
    expect(row?.second_factor).to.equal("required");
  });
});

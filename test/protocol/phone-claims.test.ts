import { expect } from "chai";
import { giveNumber } from "../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { claimsOf, openSignIn, redeem } from "../support/relying-party.ts";
import { giveApp, givePassword, sendForm } from "../support/second-factor.ts";
import { tokensOf, userinfo } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the mobile number that an application gets", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  let user: TestUser;
  beforeEach(async () => {
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
  });

  /** What userinfo and the ID token say, to an application that asked for `scope`. */
  async function claimsFor(scope: string): Promise<Record<string, unknown>> {
    const app = await giveApp(vestibule.services, user);
    const browser = vestibule.browser();
    const request = vestibule.request({ scope });
    const challenge = await givePassword(browser, await openSignIn(browser, request), user);
    const done = await sendForm(browser, challenge, { code: totpNow(app.secret) });
    const tokens = tokensOf(
      await redeem(browser, vestibule.application, { redirect: new URL(done.location), request }),
    );
    const info = await userinfo(browser, tokens.access);
    return { ...claimsOf(tokens.id), ...info.body };
  }

  it("is there, and verified, when it is confirmed and the scope phone was granted", async () => {
    const number = await giveNumber(vestibule.services, user);
    expect(await claimsFor("openid phone")).to.deep.include({
      phone_number: number,
      phone_number_verified: true,
    });
  });

  it("is not there without the scope", async () => {
    await giveNumber(vestibule.services, user);
    expect(await claimsFor("openid profile")).to.not.have.any.keys("phone_number", "phone_number_verified");
  });

  it("is not there while it is unconfirmed, nor where there is none", async () => {
    expect(await claimsFor("openid phone")).to.not.have.any.keys("phone_number", "phone_number_verified");
    user = await makeUser(vestibule.services, user.office);
    await giveNumber(vestibule.services, user, { state: "unconfirmed" });
    expect(await claimsFor("openid phone")).to.not.have.any.keys("phone_number", "phone_number_verified");
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow, formAction, hiddenField, openSignIn, sendPassword } from "../../support/relying-party.ts";
import { giveApp, hasCode, makeStrictOffice, passPassword } from "../../support/second-factor.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const CLICKS = 5;

describe("the end of a sign-in", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;

  const signInsOf = async ({ id }: TestUser) => {
    const rows = await asOwner<{ details: { methods: string } }>(
      vestibule.database,
      "select details from audit_events where type = 'sign-in' and subject = $1",
      [id],
    );
    return rows.map(({ details }) => details.methods);
  };
  /** The same form from several tabs of one browser at the same moment; answers where each was led. */
  const clickOften = (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    Promise.all(
      Array.from({ length: CLICKS }, () =>
        browser.copy().post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields }),
      ),
    );

  it("is written down once when the password was the last step and its form was sent five times at once", async () => {
    const user = await makeUser(services, await makeOffice(services));
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { office, username, password } = user;
    const answers = await clickOften(browser, page, { officeCode: office.code, username, password });
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([303]));
    expect(await signInsOf(user)).to.deep.equal(["pwd"]);
  });

  it("is written down once when a code was the last step and its form was sent five times at once", async () => {
    const user = await makeUser(services, await makeStrictOffice(services));
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    const answers = await clickOften(browser, page, { code: totpNow(secret) });
    expect(answers.some(({ status }) => status === 303)).to.equal(true);
    expect(await signInsOf(user)).to.deep.equal(["pwd otp mfa"]);
  });

  it("is written down anew for the next sign-in of the same browser", async () => {
    const user = await makeUser(services, await makeOffice(services));
    const browser = vestibule.browser();
    for (let times = 0; times < 2; times += 1) {
      expect(hasCode(await passPassword(browser, application, user, { prompt: "login" }))).to.equal(true);
    }
    expect(await signInsOf(user)).to.deep.equal(["pwd", "pwd"]);
  });

  it("leaves a way back to the application for a user who goes back to its pages", async () => {
    const user = await makeUser(services, await makeOffice(services));
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { office, username, password } = user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    expect(hasCode(await follow(browser, sent))).to.equal(true);
    for (const address of [page.url, new URL("password", `${page.url}/`).href]) {
      const back = await browser.get(address);
      expect(back.status).to.equal(400);
      expect(back.body).to.contain("This sign-in has expired").and.contain('href="https://app.test/"');
    }
  });
});

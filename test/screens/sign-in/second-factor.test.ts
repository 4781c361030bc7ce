import { expect } from "chai";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { type Page } from "../../support/http-browser.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  claimsOf,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
} from "../../support/relying-party.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("signing in with the authenticator app", () => {
  const vestibule = useVestibule({ office: { code: "NOORD" }, application: {} });

  before(async () => {
    const found = await vestibule.services.offices.find(vestibule.office.id);
    if (found !== null) {
      await vestibule.services.officeService.change(
        { ...found, secondFactor: { demand: "required", from: null, methods: ["totp"] } },
        "test",
      );
    }
  });

  const afterPassword = async (browser: HttpBrowser, user: TestUser, request = vestibule.request()) => {
    const page = await openSignIn(browser, request);
    const { username, password } = user;
    return follow(browser, await sendPassword(browser, page, { officeCode: "NOORD", username, password }));
  };
  const send = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    follow(browser, await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields }));
  const keyOf = (page: Page) => /data-copy="([A-Z2-7]{32})"/.exec(page.body)?.[1] ?? "";
  const enrol = async (browser: HttpBrowser, user: TestUser) => {
    const setUp = await afterPassword(browser, user);
    const secret = keyOf(setUp);
    const code = totpNow(secret);
    const codes = await send(browser, setUp, { code });
    const done = await send(browser, codes, { saved: "yes" });
    return { secret, code, setUp, codes, done };
  };

  it("leads a new user through set-up and recovery codes to the application", async () => {
    const browser = vestibule.browser();
    const user = await makeUser(vestibule.services, vestibule.office);
    const request = vestibule.request();
    const setUp = await afterPassword(browser, user, request);
    expect(setUp.url).to.match(/\/enrol-totp$/);
    const secret = keyOf(setUp);
    const codes = await send(browser, setUp, { code: totpNow(secret) });
    expect(codes.url).to.match(/\/recovery-codes$/);
    expect(codes.body.match(/<code>\d{4} \d{4}<\/code>/g)).to.have.lengthOf(6);
    const again = await browser.get(codes.url);
    expect(again.body).to.not.match(/<code>\d{4} \d{4}<\/code>/);
    const done = await send(browser, codes, { saved: "yes" });
    const redirect = new URL(done.location);
    const { body } = await redeem(browser, vestibule.application, { redirect, request });
    expect(claimsOf(body["id_token"])).to.deep.include({
      amr: ["pwd", "otp", "mfa"],
      acr: "urn:vestibule:acr:2",
    });
  });

  it("asks for the code next time, accepts it once, and blocks after three wrong ones", async () => {
    const user = await makeUser(vestibule.services, vestibule.office);
    const { secret, code } = await enrol(vestibule.browser(), user);
    const browser = vestibule.browser();
    const challenge = await afterPassword(browser, user);
    expect(challenge.url).to.match(/\/challenge-totp$/);
    const used = await send(browser, challenge, { code });
    expect(used.status).to.equal(400);
    travel(30 * SECOND);
    const right = await send(browser, challenge, { code: totpNow(secret) });
    expect(right.location).to.match(/^https:\/\/app\.test\/cb\?code=/);
    const thief = vestibule.browser();
    const asked = await afterPassword(thief, user);
    await send(thief, asked, { code: "000000" });
    await send(thief, asked, { code: "" });
    const blocked = await send(thief, asked, { code: "12345" });
    expect(blocked.url).to.match(/\/blocked$/);
    travel(30 * SECOND);
    const refused = await send(thief, asked, { code: totpNow(secret) });
    expect(refused.url).to.match(/\/blocked$/);
    travel(15 * MINUTE);
    const later = await send(thief, asked, { code: totpNow(secret) });
    expect(later.location).to.match(/^https:\/\/app\.test\/cb\?code=/);
  });

  it("lets a recovery code earn a new set-up, once", async () => {
    const user = await makeUser(vestibule.services, vestibule.office);
    const { codes } = await enrol(vestibule.browser(), user);
    const code = /<code>(\d{4} \d{4})<\/code>/.exec(codes.body)?.[1] ?? "";
    const browser = vestibule.browser();
    const challenge = await afterPassword(browser, user);
    const recovery = await browser.get(challenge.url.replace("challenge-totp", "recovery-code"));
    const recovered = await send(browser, recovery, { recoveryCode: code });
    const setUp = await send(browser, recovered, { answer: "no" });
    expect(setUp.url).to.match(/\/enrol-totp$/);
    travel(60 * SECOND);
    const next = await send(browser, setUp, { code: totpNow(keyOf(setUp)) });
    expect(next.url).to.match(/\/recovery-codes$/);
    const other = vestibule.browser();
    const asked = await afterPassword(other, user);
    const page = await other.get(asked.url.replace("challenge-totp", "recovery-code"));
    expect((await send(other, page, { recoveryCode: code })).status).to.equal(400);
  });
});

import { expect } from "chai";
import { unbrokenMask } from "../../../src/domain/factors/mobile-number.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, makeSmsOffice, newNumber, otherThan, sentSms } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser } from "../../support/people.ts";
import { claimsOf, openSignIn, redeem } from "../../support/relying-party.ts";
import {
  changeOffice,
  codesOn,
  givePassword,
  hasCode,
  passPassword,
  sayLost,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("signing in with a text message", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, database } = vestibule;
  const { services } = vestibule;
  const office = useResource(() => makeSmsOffice(services));

  const userWithNumber = async (state?: "confirmed" | "unconfirmed") => {
    const user = await makeUser(services, office);
    const number = state === undefined ? newNumber() : await giveNumber(services, user, { state });
    return { user, number };
  };
  const sends = async (number: string) =>
    (await sentSms(database, number)).filter(({ code }) => code !== "").length;
  // The newest message to a number may be a notice.
  const code = async (number: string) => {
    const codes = (await sentSms(database, number)).filter((sent) => sent.code !== "");
    return codes[0]?.code ?? "";
  };
  const at = (page: Page) => page.url.split("/").at(-1);
  const chooseSms = (browser: HttpBrowser, page: Page) => sendForm(browser, page, { method: "sms" });

  it("sends a code at once to a confirmed number, and the right one signs in with amr sms", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const browser = vestibule.browser();
    const request = vestibule.request();
    const page = await givePassword(browser, await openSignIn(browser, request), user);
    expect(at(page)).to.equal("challenge-sms");
    expect(await sends(number)).to.equal(1);
    const done = await sendForm(browser, page, { code: await code(number) });
    const { body } = await redeem(browser, application, {
      redirect: new URL(done.location),
      request,
    });
    expect(claimsOf(body["id_token"])).to.deep.include({
      amr: ["pwd", "sms", "mfa"],
      acr: "urn:vestibule:acr:2",
    });
  });

  it("T33 sends nothing before the right password, and one message however often the page is loaded", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const browser = vestibule.browser();
    const first = await openSignIn(browser, vestibule.request());
    await browser.get(sibling(first, "challenge-sms"));
    expect(await sends(number)).to.equal(0);
    await givePassword(browser, first, user);
    await Promise.all(Array.from({ length: 10 }, () => browser.get(sibling(first, "challenge-sms"))));
    expect(await sends(number)).to.equal(1);
  });

  it("T36 shows of a confirmed number the country and the last three digits", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const page = await passPassword(vestibule.browser(), application, user);
    expect(page.body).to.include(unbrokenMask(number));
    expect(page.body).to.not.include(number.slice(3, 9));
  });

  it("resends only after the wait, says when pressed too early, and the older code is dead", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    const old = await code(number);
    const early = await sendForm(browser, page, { resend: "1" });
    expect(page.body).to.match(/<button[^>]* disabled[^>]*>Resend</);
    expect(page.body).to.match(/<noscript[^>]*>Available from \d\d:\d\d:\d\d UTC\./);
    expect(early.status).to.equal(400);
    expect(early.body).to.match(/You can send another message in \d+ seconds/);
    travel(31 * SECOND);
    await sendForm(browser, page, { resend: "1" });
    expect(await sends(number)).to.equal(2);
    expect((await sendForm(browser, page, { code: old })).status).to.equal(400);
    expect(hasCode(await sendForm(browser, page, { code: await code(number) }))).to.equal(true);
  });

  it("T35 says that no more is sent when the budget of the sign-in is spent, and what works instead", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    for (let press = 0; press < 3; press += 1) {
      travel(121 * SECOND);
      await sendForm(browser, page, { resend: "1" });
    }
    travel(121 * SECOND);
    const stopped = await sendForm(browser, page, { resend: "1" });
    expect(stopped.body)
      .to.include("No more text messages can be sent for this sign-in.")
      .and.include("recovery code");
    expect(await sends(number)).to.equal(4);
  });

  it("T47 does not forget wrong codes by a resend or another method, and sends nothing while blocked", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    const wrong = otherThan(await code(number));
    await sendForm(browser, page, { code: wrong });
    travel(31 * SECOND);
    await sendForm(browser, page, { resend: "1" });
    await sendForm(browser, await browser.get(sibling(page, "recovery-code")), { recoveryCode: "12345678" });
    const before = await sends(number);
    const blocked = await sendForm(browser, page, { code: otherThan(await code(number)) });
    expect(at(blocked)).to.equal("blocked");
    expect(at(await passPassword(vestibule.browser(), application, user))).to.equal("blocked");
    expect(await sends(number)).to.equal(before);
    travel(15 * MINUTE);
  });

  it("lets a user without a number type it, confirms it by its code, and gives recovery codes", async () => {
    const { user, number } = await userWithNumber();
    const browser = vestibule.browser();
    const entry = await chooseSms(browser, await passPassword(browser, application, user));
    expect(at(entry)).to.equal("enter-number");
    const wrong = await sendForm(browser, entry, { number: "12 not a number" });
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.include('value="12 not a number"');
    const page = await sendForm(browser, entry, { number: `0${number.slice(3)}` });
    expect(at(page)).to.equal("enrol-sms");
    const codes = await sendForm(browser, page, { code: await code(number) });
    expect(codesOn(codes)).to.have.lengthOf(6);
    expect(hasCode(await sendForm(browser, codes, { saved: "yes" }))).to.equal(true);
    expect(at(await passPassword(vestibule.browser(), application, user))).to.equal("challenge-sms");
  });

  it("lets a user check a number that the office entered, and type another instead", async () => {
    const { user, number } = await userWithNumber("unconfirmed");
    const browser = vestibule.browser();
    const check = await chooseSms(browser, await passPassword(browser, application, user));
    expect(at(check)).to.equal("check-number");
    expect(await sends(number)).to.equal(0);
    const page = await sendForm(browser, check, {});
    expect(await sends(number)).to.equal(1);
    const other = newNumber();
    const again = await sendForm(browser, await browser.get(sibling(page, "enter-number")), {
      number: other,
    });
    expect((await sendForm(browser, again, { code: await code(number) })).status).to.equal(400);
    expect(codesOn(await sendForm(browser, again, { code: await code(other) }))).to.have.lengthOf(6);
  });

  it("T37 T38 takes a new number for a confirmed one as a request, and sends nothing to it", async () => {
    const { user, number } = await userWithNumber("confirmed");
    const other = newNumber();
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    const closed = await browser.get(sibling(page, "enter-number"));
    expect(closed.location).to.match(/challenge-sms$/);
    const asked = await browser.get(sibling(page, "new-number"));
    const pending = await sendForm(browser, asked, { number: other });
    expect(at(pending)).to.equal("number-pending");
    expect(await sentSms(database, other)).to.deep.equal([]);
    expect(
      hasCode(
        await sendForm(browser, await browser.get(sibling(page, "challenge-sms")), {
          code: await code(number),
        }),
      ),
    ).to.equal(true);
  });

  it("T37 lets a recovery code earn a new number", async () => {
    const { user, number } = await userWithNumber();
    const first = vestibule.browser();
    const entry = await chooseSms(first, await passPassword(first, application, user));
    const enrolled = await sendForm(first, await sendForm(first, entry, { number }), {
      code: await code(number),
    });
    const [recoveryCode = ""] = codesOn(enrolled);
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    const recovered = await sendForm(browser, await browser.get(sibling(page, "recovery-code")), {
      recoveryCode,
    });
    const chosen = await sayLost(browser, recovered);
    const other = newNumber();
    const codePage = await sendForm(browser, await chooseSms(browser, chosen), { number: other });
    expect(codesOn(await sendForm(browser, codePage, { code: await code(other) }))).to.have.lengthOf(6);
  });

  it("lets nothing but the entered number be confirmed after an administrator replaced the last factor", async () => {
    const { user } = await userWithNumber("confirmed");
    const entered = newNumber();
    const stored = await services.users.findByUsername(office.id, user.username);
    expect(stored).to.not.equal(null);
    if (stored !== null) {
      await services.secondFactor.numberService.set(stored, entered, { actor: "test", reason: null });
    }
    travel(SECOND);
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(at(page)).to.equal("confirm-number");
    expect((await browser.get(sibling(page, "enter-number"))).location).to.match(/confirm-number$/);
    const codePage = await sendForm(browser, page, {});
    expect(codesOn(await sendForm(browser, codePage, { code: await code(entered) }))).to.have.lengthOf(6);
  });

  it("keeps those with a number working where the office accepts the app only, and leads them to the app", async () => {
    const appOffice = await makeSmsOffice(services);
    const user = await makeUser(services, appOffice);
    const number = await giveNumber(services, user);
    await changeOffice(services, appOffice, {
      secondFactor: { demand: "required", from: null, methods: ["totp"] },
    });
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(at(page)).to.equal("challenge-sms");
    expect(at(await sendForm(browser, page, { code: await code(number) }))).to.equal("enrol-totp");
  });
});

import { expect } from "chai";
import { spoken } from "../support/catalogue.ts";
import { Clicks } from "../support/clicks.ts";
import { scan } from "../support/factor-pages.ts";
import { lastCode, makeSmsOffice, makeSmsUser } from "../support/mobile-numbers.ts";
import { onPage, passwordBox } from "../support/pages.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { giveApp } from "../support/second-factor.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";
import { ENGLISH } from "../support/words.ts";

const t = spoken("en");

/** The button of the password page is one of them; a whole code sends itself. */
describe("the clicks that the ways of the help article take", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;

  it("are four for the first sign-in with an app", async () => {
    const clicks = await signIn(await makeUser(services, await makeSmsOffice(services)));
    await onPage(clicks.page, ENGLISH.choose);
    await clicks.press(ENGLISH.confirm);
    await clicks.sendCode(ENGLISH.code, totpNow(await scan(clicks.page)));
    await clicks.tick(ENGLISH.saved);
    await clicks.press(ENGLISH.continue);
    await onPage(clicks.page, "Arrived");
    expect(clicks.made).to.equal(4);
  });

  it("are three to sign in without the phone", async () => {
    const user = await makeUser(services, await makeSmsOffice(services));
    const { codes } = await giveApp(services, user);
    const clicks = await signIn(user);
    await clicks.follow(ENGLISH.useRecoveryCode);
    await clicks.sendCode(ENGLISH.recoveryCode, codes[0] ?? "");
    await onPage(clicks.page, ENGLISH.recovered);
    await clicks.press(ENGLISH.stillThere);
    await onPage(clicks.page, "Arrived");
    expect(clicks.made).to.equal(3);
  });

  it("are three from text messages to the app, from the account page on", async () => {
    const { user, number } = await makeSmsUser(services);
    const clicks = await signIn(user, `${vestibule.issuer}/account`);
    await clicks.sendCode(ENGLISH.code, await lastCode(vestibule.database, number));
    const before = clicks.made;
    await clicks.follow(`${t("account.change")} ${t("account.method.label")}`);
    await clicks.tick(t("factor.totp.label"));
    await clicks.press(ENGLISH.continue);
    await clicks.sendCode(ENGLISH.code, totpNow(await scan(clicks.page)));
    await onPage(clicks.page, t("account.title"));
    expect(clicks.made - before).to.equal(3);
  });

  /** With the password, on the way to the application unless an address is given. */
  async function signIn(user: TestUser, address = vestibule.request().url): Promise<Clicks> {
    const clicks = new Clicks((await open()).page);
    await clicks.page.goto(address);
    await clicks.type({ [ENGLISH.officeCode]: user.office.code, [ENGLISH.username]: user.username });
    await passwordBox(clicks.page).fill(user.password);
    await clicks.press(ENGLISH.signIn);
    return clicks;
  }
});

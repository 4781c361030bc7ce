import { expect } from "chai";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { App, expectOn, openAccount } from "../../support/account.ts";
import { makeActor } from "../../support/actors.ts";
import type { Page } from "../../support/http-browser.ts";
import {
  askForLink,
  choosePassword,
  linkFor,
  linkIn,
  mailsTo,
  namesOf,
  openLink,
} from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { follow } from "../../support/relying-party.ts";
import { giveApp, givePassword, pageName, makeStrictUser } from "../../support/second-factor.ts";
import { HOUR, MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const NEW = "copper-anchor-violin-63";
const OLD_MAIL = "old@mail.example";
const NEW_MAIL = "thief@mail.example";

describe("a mail address that an administrator has changed", () => {
  const vestibule = useVestibule({ settings: BY_HAND });
  const user = useFresh(() => makeStrictUser(vestibule.services, { mail: OLD_MAIL }));
  beforeEach(async () => {
    const app = new App((await giveApp(vestibule.services, user)).secret);
    expectOn(await openAccount(vestibule.browser(), "/account", { user, app }), "/account");
  });

  async function changeMail(): Promise<void> {
    const { services } = vestibule;
    const by = await makeActor(services, user.office, "superuser");
    const now = await storedUser(services, user);
    const change = userEditSchema.parse({ version: now.version, mail: NEW_MAIL });
    expect((await services.administration.users.edit(now, change, by)).type).to.equal("changed");
  }
  const ask = async (username = user.username) =>
    visible(await askForLink(vestibule.browser(), { ...namesOf(user), username }));
  const linksTo = async (mail: string) =>
    (await mailsTo(vestibule, mail)).map((each) => linkIn(each, `${vestibule.issuer}/reset-password/`));

  it("T92 gets no link to a new password for two days, and the page says nothing of it", async () => {
    await changeMail();
    expect(await ask()).to.deep.equal(await ask("nobody"));
    expect((await linksTo(NEW_MAIL)).filter((link) => link !== "")).to.deep.equal([]);
    travel(47 * HOUR);
    await ask();
    expect((await linksTo(NEW_MAIL)).filter((link) => link !== "")).to.deep.equal([]);
  });

  it("T92 ends the link that went to the address before", async () => {
    const link = await linkFor(vestibule, user, OLD_MAIL);
    await changeMail();
    const page = await openLink(vestibule.browser(), link);
    expect(page.status).to.equal(400);
    expect(page.body).to.contain("This link no longer works");
  });

  it("T92 is worth a password after that and no more: the second factor is asked for as always", async () => {
    await changeMail();
    travel(48 * HOUR + MINUTE);
    await ask();
    const [link = ""] = (await linksTo(NEW_MAIL)).filter((each) => each !== "");
    const browser = vestibule.browser();
    const done = await choosePassword(browser, await openLink(browser, link), NEW);
    expect(done.body).to.contain("Your password has been changed");
    travel(MINUTE);
    const page = await follow(browser, await browser.get("/account"));
    const challenge = await givePassword(browser, page, { ...user, password: NEW });
    expect(pageName(challenge)).to.equal("challenge-totp");
    expect((await browser.get("/account")).status).to.equal(303);
  });
});

const visible = ({ status, url, body }: Page) => ({
  status,
  url,
  body: body.replace(/nonce="[^"]*"|value="[^"]*"/g, ""),
});

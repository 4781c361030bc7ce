import { expect } from "chai";
import { Secret } from "../../../src/kernel/secret.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { asOwner } from "../../support/database.ts";
import { type Page } from "../../support/http-browser.ts";
import { choosePassword, linkFor, linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { TESTER, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { formAction, hiddenField, signIn } from "../../support/relying-party.ts";
import { HOUR, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("an invitation", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, application: {} });
  const { database, office, services } = vestibule;
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    made += 1;
    mail = `person${String(made)}@mail.example`;
    user = await makeUser(services, office, { mail });
  });

  async function invite(): Promise<string> {
    const { users, links } = services;
    const found = await users.findByUsername(office.id, user.username);
    if (found === null || !(await links.passwordLinks.send(found, "invitation", "test"))) {
      throw new Error("No invitation went out.");
    }
    return linkIn((await mailsTo(vestibule, mail))[0], `${vestibule.issuer}/invitation/`);
  }
  const isGone = ({ status, body }: Page) => status === 400 && body.includes("This link no longer works");

  it("leads to a password, and that to the application", async () => {
    const browser = vestibule.browser();
    const page = await openLink(browser, await invite());
    expect(page.body).to.contain("Welcome! Choose your password").and.contain(user.username);
    const done = await choosePassword(browser, page, NEW);
    expect(done.body).to.contain("Your account is ready").and.contain(`href="/o/${office.code}"`);
    travel(2 * SECOND);
    const request = vestibule.request();
    const redirect = await signIn(vestibule.browser(), request, { ...user, password: NEW });
    expect(redirect.searchParams.has("code")).to.equal(true);
  });

  it("T96 works once: of ten at the same moment one wins", async () => {
    const address = await invite();
    const forms = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const browser = vestibule.browser();
        return { browser, page: await openLink(browser, address) };
      }),
    );
    const answers = await Promise.all(
      forms.map(({ browser, page }) =>
        browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), newPassword: NEW }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    expect(answers.filter(isGone)).to.have.length(9);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
  });

  it("T96 is good for a day", async () => {
    const address = await invite();
    travel(24 * HOUR - SECOND);
    expect((await openLink(vestibule.browser(), address)).status).to.equal(200);
    travel(2 * SECOND);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
  });

  it("T96 is void after a newer one, and when the person has a password by another way", async () => {
    const older = await invite();
    const newer = await invite();
    expect(isGone(await openLink(vestibule.browser(), older))).to.equal(true);
    const browser = vestibule.browser();
    await choosePassword(browser, await openLink(browser, await linkFor(vestibule, user, mail)), NEW);
    expect(isGone(await openLink(vestibule.browser(), newer))).to.equal(true);
  });

  it("T96 is bound to its address and its office", async () => {
    const address = await invite();
    await asOwner(database, "update users set mail = 'other@mail.example' where id = $1", [user.id]);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
    await asOwner(database, "update users set mail = $2 where id = $1", [user.id, mail]);
    const south = await makeOffice(services);
    const token = Buffer.from(address.split("/").at(-1) ?? "", "base64url");
    Buffer.from(south.id.replaceAll("-", ""), "hex").copy(token);
    expect(
      isGone(await openLink(vestibule.browser(), `/invitation/${token.toString("base64url")}`)),
    ).to.equal(true);
    expect((await openLink(vestibule.browser(), address)).status).to.equal(200);
  });

  it("T96 takes over nobody who is there already", async () => {
    const draft = newUserSchema.parse({
      username: user.username.toUpperCase(),
      name: "Thief",
      mail: "thief@mail.example",
    });
    const access = { password: new Secret(NEW), by: TESTER };
    const refusal = await services.administration.users.addWithPassword(draft, office, access).then(
      () => "added",
      (error: unknown) => String(error),
    );
    expect(refusal).to.contain("is taken");
    expect(await mailsTo(vestibule, "thief@mail.example")).to.deep.equal([]);
  });

  it("T9 does nothing as a link to a new password, and the other way round", async () => {
    const invitation = (await invite()).split("/").at(-1) ?? "";
    const reset = (await linkFor(vestibule, user, mail)).split("/").at(-1) ?? "";
    expect(isGone(await openLink(vestibule.browser(), `/reset-password/${invitation}`))).to.equal(true);
    expect(isGone(await openLink(vestibule.browser(), `/invitation/${reset}`))).to.equal(true);
  });
});

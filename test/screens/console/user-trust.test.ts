import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { changeOffice, hasCode } from "../../support/second-factor.ts";
import { refresh } from "../../support/tokens.ts";
import { makeTruster, passAgain, tokensOfPage, trustBrowser, trustedOf } from "../../support/trust.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

describe("T28 browsers that a user of the office trusts, in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, services } = vestibule;
  const who = useFresh(() => makeTruster(vestibule));
  const trusted = useFresh(() => trustBrowser(vestibule, application, who));
  const superuser = useFresh(() =>
    makeStaff(services, who.user.office, {
      role: "superuser",
      name: "Chris Smit",
    }),
  );

  it("are counted on the general tab, listed with their days, and ended all at once", async () => {
    const spared = await passAgain(trusted, application, who.user);
    const tokens = await tokensOfPage(trusted, application, spared);
    await trustBrowser(vestibule, application, who);
    const { browser } = await atConsole(vestibule, superuser);
    const general = await browser.get(at());
    expect(general.body)
      .to.contain("2 browsers, last used: ")
      .and.contain(`href="${at("/end-trust")}"`);
    const question = await browser.get(at("/end-trust"));
    expect(question.body.match(/Trusted since /g)).to.have.length(2);
    const done = await follow(browser, await send(browser, question, { decision: "end" }));
    expect(done.body)
      .to.contain("The user no longer has any trusted browsers.")
      .and.not.contain(at("/end-trust"));
    expect(await trustedOf(vestibule, who.user)).to.equal(0);
    expect((await refresh(trusted, application, tokens.refresh)).status, "what was spared").to.equal(400);
    expect(hasCode((await passAgain(trusted, application, who.user)).page)).to.equal(false);
  });

  it("are ended with an event that names who did it, and a mail to their owner", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const mailsBefore = await mails();
    const question = await browser.get(at("/end-trust"));
    await send(browser, question, { decision: "end" });
    await send(browser, question, { decision: "end" });
    const events = await asOwner(
      vestibule.database,
      "select actor, details -> 'browsers' as browsers from audit_events where type = 'browser.trust-ended' and subject = $1",
      [who.user.id],
    );
    expect(events, "once").to.deep.equal([{ actor: superuser.user.id, browsers: 1 }]);
    expect(await mails()).to.equal(mailsBefore + 1);
  });

  it("are nobody's business where the office lets nobody trust one", async () => {
    await changeOffice(services, who.user.office, { trustedBrowserDays: null });
    const { browser } = await atConsole(vestibule, superuser);
    expect((await browser.get(at())).body).to.not.contain("Trusted browsers");
  });

  it("T91 are not ended by an accountant, nor by their owner here", async () => {
    const accountant = await makeStaff(services, who.user.office, { role: "accountant" });
    const { browser } = await atConsole(vestibule, accountant);
    const general = await browser.get(at());
    expect(general.body).to.contain("1 browser, last used: ").and.not.contain("/end-trust");
    expect((await browser.get(at("/end-trust"))).status).to.equal(403);
    const { browser: own } = await atConsole(vestibule, superuser);
    expect((await own.get(at("/end-trust", superuser.user.id))).status).to.equal(403);
    expect((await own.get(at("", superuser.user.id))).body).to.contain('href="/account/sessions"');
    expect(await trustedOf(vestibule, who.user)).to.equal(1);
  });

  it("T82 are out of reach for another office, and in reach for support", async () => {
    const elsewhere = await makeStaff(services, (await makeTruster(vestibule)).user.office, {
      role: "superuser",
    });
    const { browser } = await atConsole(vestibule, elsewhere);
    expect((await browser.get(at("/end-trust"))).status).to.equal(404);
    const dana = await makeStaff(services, await supportOffice(services), {
      role: "support",
    });
    const { browser: support } = await atConsole(vestibule, dana);
    await send(support, await support.get(at("/end-trust")), { decision: "end" });
    expect(await trustedOf(vestibule, who.user)).to.equal(0);
  });

  it("say so where there is none", async () => {
    const user = await makeUser(services, who.user.office);
    const { browser } = await atConsole(vestibule, superuser);
    expect((await browser.get(at("/end-trust", user.id))).body)
      .to.contain("This user has no trusted browsers.")
      .and.not.contain('value="end"');
  });

  const mails = async () => {
    const subject = "Your browsers are no longer trusted";
    return (await settledOutbox(vestibule)).filter((mail) => mail.subject === subject).length;
  };
  const at = (path = "", id = who.user.id) => `/console/o/${who.user.office.code}/users/${id}${path}`;
});

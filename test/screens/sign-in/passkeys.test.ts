import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { ceremonyOn, makeOn, makePasskeyUser, useOn } from "../../support/passkeys.ts";
import { BY_HAND } from "../../support/outbox.ts";
import type { TestUser } from "../../support/people.ts";
import { codesOn, guardOf, hasCode, pageName, passPassword, sendForm } from "../../support/second-factor.ts";
import { SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a passkey", () => {
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services, application } = vestibule;
  const device = (more = {}) => new SoftwareAuthenticator({ origin: vestibule.issuer, ...more });

  const arrive = (browser: HttpBrowser, user: TestUser): Promise<Page> =>
    passPassword(browser, application, user);

  const eventsOf = ({ id }: TestUser) =>
    asOwner<{ type: string; outcome: string; fault: string | null }>(
      vestibule.database,
      "select type, outcome, details ->> 'fault' as fault from audit_events where subject = $1 order by at",
      [id],
    );

  /** A user who has set up a passkey at the first sign-in, and saved the recovery codes. */
  async function owner(authenticator: SoftwareAuthenticator, mail?: string) {
    const user = await makePasskeyUser(services, mail);
    const browser = vestibule.browser();
    const choice = await arrive(browser, user);
    const page = await sendForm(browser, choice, { method: "passkey" });
    const codes = await makeOn(browser, page, authenticator);
    const done = await sendForm(browser, codes, { saved: "yes" });
    return { user, done, codes: codesOn(codes) };
  }

  it("is set up at the first sign-in, like every other method, and told by mail", async () => {
    const { user, done } = await owner(device(), "first@mail.example");
    expect(hasCode(done)).to.equal(true);
    const subjects = (await mailsTo(vestibule, "first@mail.example")).map(({ subject }) => subject);
    expect(subjects).to.include("A passkey was added to your account");
    expect(await eventsOf(user)).to.deep.include({ type: "factor.enrolled", outcome: "ok", fault: null });
  });

  for (const algorithm of [-7, -8, -257] as const) {
    it(`signs in with the algorithm ${String(algorithm)}`, async () => {
      const authenticator = device({ algorithm });
      const { user } = await owner(authenticator);
      const browser = vestibule.browser();
      const page = await arrive(browser, user);
      expect(pageName(page)).to.equal("challenge-passkey");
      expect(hasCode(await useOn(browser, page, authenticator))).to.equal(true);
    });
  }

  it("says in the session whether it can leave its device", async () => {
    for (const [isSynced, amr] of [
      [false, "hwk"],
      [true, "swk"],
    ] as const) {
      const authenticator = device({ isSynced });
      const { user } = await owner(authenticator);
      const browser = vestibule.browser();
      await useOn(browser, await arrive(browser, user), authenticator);
      const [session] = await asOwner<{ amr: string[]; acr: string }>(
        vestibule.database,
        `select login -> 'amr' as amr, login ->> 'acr' as acr from sign_ins
         where user_id = $1 and login is not null order by finished_at desc limit 1`,
        [user.id],
      );
      expect(session).to.deep.equal({ amr: ["pwd", amr, "user", "mfa"], acr: "urn:vestibule:acr:2" });
    }
  });

  it("is asked for by a random name, which says nothing of the user", async () => {
    const user = await makePasskeyUser(services);
    const browser = vestibule.browser();
    const page = await sendForm(browser, await arrive(browser, user), { method: "passkey" });
    const { user: named } = ceremonyOn(page);
    const handle = Buffer.from(named.id, "base64url");
    expect(handle).to.have.length(64);
    expect(handle.includes(Buffer.from(user.id.replaceAll("-", ""), "hex"))).to.equal(false);
  });

  it("costs one attempt when it is wrong, and three begin a lockout", async () => {
    const authenticator = device();
    const { user } = await owner(authenticator);
    const browser = vestibule.browser();
    let page = await arrive(browser, user);
    for (const count of [1, 2]) {
      page = await useOn(browser, page, authenticator, { key: device().privateKey });
      expect([page.status, (await guardOf(vestibule, user)).failed_attempts]).to.deep.equal([400, count]);
    }
    expect(pageName(await useOn(browser, page, authenticator, { key: device().privateKey }))).to.equal(
      "blocked",
    );
  });

  it("signs in where a recovery code would, and the codes go on beside it", async () => {
    const { user, codes } = await owner(device());
    const browser = vestibule.browser();
    const page = await arrive(browser, user);
    const recovery = await browser.get(page.url.replace("challenge-passkey", "recovery-code"));
    const asked = await sendForm(browser, recovery, { recoveryCode: codes[0] ?? "" });
    expect(asked.body).to.contain("your passkey");
  });
});

import { expect } from "chai";
import { send } from "../../support/account.ts";
import { apiClient } from "../../support/api-client.ts";
import { atConsole, makeStaff, supportOffice, type Staff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { giveNumber } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { givePasskey, makePasskeyUser } from "../../support/passkeys.ts";
import type { TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { changeOffice, giveApp, sendForm } from "../../support/second-factor.ts";
import { refresh } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { passAgain, tokensOfPage } from "../../support/trust.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const REASON = "Laptop was stolen";
const MODELS = {
  yubikey: "cb69481e-8ff7-4039-93ec-0a2729a154a8",
  windows: "08987058-cadc-4b81-b6e1-30de50dcbe96",
};

describe("one method of a user, removed by an administrator", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, services } = vestibule;

  const chief = (user: TestUser): Promise<Staff> =>
    makeStaff(services, user.office, { role: "superuser", name: "Chris Smit" });
  const at = (user: TestUser, below = "/method") => `/console/o/${user.office.code}/users/${user.id}${below}`;

  const leftOf = async ({ id }: TestUser) => {
    const kinds = await asOwner<{ kind: string }>(
      vestibule.database,
      "select kind from factors where user_id = $1 order by kind",
      [id],
    );
    const [passkeys] = await asOwner<{ count: number }>(
      vestibule.database,
      "select count(*)::integer as count from passkeys where user_id = $1",
      [id],
    );
    return { kinds: kinds.map(({ kind }) => kind), passkeys: passkeys?.count };
  };

  /** Tokens by the app, which was the first. */
  async function userOfSeveral() {
    const user = await makePasskeyUser(services, "several@mail.example");
    const app = await giveApp(services, user);
    const browser = vestibule.browser();
    const { page, request } = await passAgain(browser, application, user);
    const done = await sendForm(browser, page, { code: totpNow(app.secret) });
    const tokens = await tokensOfPage(browser, application, { page: done, request });
    await givePasskey(services, user, MODELS.yubikey);
    await givePasskey(services, user, MODELS.windows);
    return { user, tokens };
  }

  /** The value of a method in the form. */
  const valueOf = (body: string, name: string): string =>
    new RegExp(`name="method" value="([^"]+)"[^>]*>\\s*<span>${name}`).exec(body)?.[1] ?? "";

  it("T205 is one passkey of several: the others stay, all sessions end, and the user gets a mail", async () => {
    const { user, tokens } = await userOfSeveral();
    const { browser } = await atConsole(vestibule, await chief(user));
    const shown = await browser.get(at(user, ""));
    expect(shown.body).to.contain("Passkey: YubiKey 5").and.contain("Passkey: Windows Hello");
    const form = await browser.get(at(user));
    const method = valueOf(form.body, "Passkey: YubiKey 5");
    expect((await send(browser, form, { reason: REASON })).body).to.contain("Choose the method to remove.");
    expect((await send(browser, form, { method, reason: "no" })).body).to.contain('id="reason-error"');
    const after = await follow(browser, await send(browser, form, { method, reason: REASON }));
    expect(after.body).to.contain("The method was removed.").and.not.contain("YubiKey");
    expect(await leftOf(user)).to.deep.equal({ kinds: ["passkey", "totp"], passkeys: 1 });
    expect((await refresh(vestibule.browser(), application, tokens.refresh)).status).to.equal(400);
    const [event] = await asOwner<{ details: unknown }>(
      vestibule.database,
      "select details from audit_events where type = 'factor.removed' and subject = $1",
      [user.id],
    );
    expect(event?.details).to.deep.equal({ kind: "passkey", name: "YubiKey 5", reason: REASON });
    const [mail] = await mailsTo(vestibule, "several@mail.example");
    expect(mail?.text).to.contain("An administrator removed a passkey");
  });

  it("T205 is never the last one that the office accepts, by the page or by a program, also by two at once", async () => {
    const { user } = await userOfSeveral();
    await changeOffice(services, user.office, { phishingResistance: { of: "all", from: null } });
    const support = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser } = await atConsole(vestibule, support);
    const form = await browser.get(at(user));
    const ids = ["Passkey: YubiKey 5", "Passkey: Windows Hello"].map((name) => valueOf(form.body, name));
    await Promise.all(ids.map((method) => send(browser, form, { method, reason: REASON })));
    expect(await leftOf(user)).to.deep.equal({ kinds: ["passkey", "totp"], passkeys: 1 });
    const api = await apiClient(vestibule, user.office);
    const factors = `/offices/${user.office.id}/users/${user.id}/factors`;
    const [passkey] = (await api.get(factors)).body["passkeys"] as { id: string }[];
    const query = `?reason=${encodeURIComponent(REASON)}`;
    const refused = await api.delete(`${factors}/${passkey?.id ?? ""}${query}`);
    expect(refused.body).to.include({ code: "not-possible-now" });
    expect((await api.delete(`${factors}/totp${query}`)).status).to.equal(204);
    for (const unknown of ["totp", "sms", "AAAA", "%00"]) {
      expect((await api.delete(`${factors}/${unknown}${query}`)).body, unknown).to.include({
        code: "not-found",
      });
    }
    expect(await leftOf(user)).to.deep.equal({ kinds: ["passkey"], passkeys: 1 });
    const left = await browser.get(at(user));
    expect(left.body).to.contain("has one method at most").and.not.contain('name="method"');
  });

  it("T205 takes the number along with text messages", async () => {
    const { user } = await userOfSeveral();
    await giveNumber(services, user);
    const { browser } = await atConsole(vestibule, await chief(user));
    const form = await browser.get(at(user));
    await send(browser, form, { method: "sms", reason: REASON });
    const numbers = await asOwner(vestibule.database, "select from mobile_numbers where user_id = $1", [
      user.id,
    ]);
    expect([numbers.length, (await leftOf(user)).kinds]).to.deep.equal([0, ["passkey", "totp"]]);
  });

  it("T205 needs the permission for a reset, and the passkey of another user is an unknown one", async () => {
    const { user } = await userOfSeveral();
    const stranger = await userOfSeveral();
    const accountant = await makeStaff(services, user.office, { role: "accountant" });
    const { browser } = await atConsole(vestibule, accountant);
    expect((await browser.get(at(user))).status).to.equal(403);
    const { browser: desk } = await atConsole(vestibule, await chief(user));
    const theirs = await leftOf(stranger.user);
    const [foreign] = await asOwner<{ id: Buffer }>(
      vestibule.database,
      "select id from passkeys where user_id = $1",
      [stranger.user.id],
    );
    const method = foreign?.id.toString("base64url") ?? "";
    const answer = await send(desk, await desk.get(at(user)), { method, reason: REASON });
    const unknown = await send(desk, await desk.get(at(user)), { method: "AAAA", reason: REASON });
    for (const { status, location } of [answer, unknown]) {
      expect(`${String(status)} ${location}`, "without a confirmation").to.match(/^303 .*\/users\/[\w-]+$/);
    }
    expect(await leftOf(stranger.user)).to.deep.equal(theirs);
    expect((await leftOf(user)).passkeys).to.equal(2);
  });

  it("T205 of a superuser is not for one member of support alone", async () => {
    const { user } = await userOfSeveral();
    const lead = await makeStaff(services, user.office, { role: "superuser" });
    await givePasskey(services, lead.user, MODELS.windows);
    await givePasskey(services, lead.user, MODELS.yubikey);
    const support = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser } = await atConsole(vestibule, support);
    expect((await browser.get(at(lead.user, ""))).body).to.not.contain(`href="${at(lead.user)}"`);
    const form = await browser.get(at(lead.user));
    await send(browser, form, { method: "totp", reason: REASON });
    expect((await leftOf(lead.user)).kinds).to.include("totp");
  });
});

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { checkCode, spend } from "../../support/codes.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { personOf } from "../../support/mobile-numbers.ts";
import { passkeyOwner, type PasskeyOwner } from "../../support/passkey-owner.ts";
import { ceremonyOn, useOn } from "../../support/passkeys.ts";
import { giveApp, guardOf, hasCode, pageName, sendForm } from "../../support/second-factor.ts";
import {
  SoftwareAuthenticator,
  type Otherwise,
  type UseOptions,
} from "../../support/software-authenticator.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("passkeys beside other methods", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;

  /** The owner of a passkey and an app. */
  async function owner(): Promise<PasskeyOwner & { readonly secret: string }> {
    const made = await passkeyOwner(vestibule);
    const { secret } = await giveApp(services, made.user);
    return { ...made, secret };
  }

  const strangeKey = () => new SoftwareAuthenticator({ origin: vestibule.issuer }).privateKey;
  const failedAttemptsOf = async ({ user }: PasskeyOwner) => (await guardOf(vestibule, user)).failed_attempts;

  /** The page of a kind in a new sign-in of a new browser. */
  async function arrive(
    from: PasskeyOwner,
    kind: "passkey" | "totp",
  ): Promise<{ browser: HttpBrowser; page: Page }> {
    const { browser, page } = await from.arrive();
    return pageName(page) === `challenge-${kind}`
      ? { browser, page }
      : { browser, page: await browser.get(page.url.replace(/challenge-\w+/, `challenge-${kind}`)) };
  }

  const wrongPasskey = async (from: PasskeyOwner): Promise<Page> => {
    const { browser, page } = await arrive(from, "passkey");
    return useOn(browser, page, from.device, { key: strangeKey() });
  };

  const wrongCode = async (from: PasskeyOwner & { readonly secret: string }): Promise<Page> => {
    const { browser, page } = await arrive(from, "totp");
    const code = totpNow(from.secret) === "000000" ? "111111" : "000000";
    return sendForm(browser, page, { code });
  };

  it("T21 an answer of a passkey is no code, and a code is no answer: each costs exactly one attempt", async () => {
    const from = await owner();
    const passkey = await arrive(from, "passkey");
    const asCode = await sendForm(passkey.browser, passkey.page, { credential: totpNow(from.secret) });
    expect([asCode.status, await failedAttemptsOf(from)]).to.deep.equal([400, 1]);
    const answer = from.device.use(ceremonyOn(asCode));
    const app = await arrive(from, "totp");
    const asAnswer = await sendForm(app.browser, app.page, { code: answer });
    expect([asAnswer.status, await failedAttemptsOf(from)]).to.deep.equal([400, 2]);
  });

  it("T18 T20 one answer at several browsers at once signs in the one that it was made for", async () => {
    const from = await owner();
    const [mine, ...others] = await Promise.all([0, 1, 2].map(() => arrive(from, "passkey")));
    const { browser, page } = mine ?? expect.fail();
    const credential = from.device.use(ceremonyOn(page));
    const elsewhere = await Promise.all(
      others.map((other) => sendForm(other.browser, other.page, { credential })),
    );
    expect(elsewhere.some(hasCode)).to.equal(false);
    expect(hasCode(await sendForm(browser, page, { credential }))).to.equal(true);
  });

  it("T21 the same answer again, which waited while the first one was recorded, costs no attempt and proves nothing", async () => {
    const from = await owner();
    const binding = randomUUID();
    const { options } = await services.secondFactor.passkeyChallenges.ask(personOf(from.user), binding);
    const answer = (otherwise: Otherwise = {}) =>
      ({ type: "passkey", binding, code: from.device.use(options as UseOptions, otherwise) }) as const;
    const right = answer();
    const first = await checkCode(services, from.user, right);
    const code = first.type === "accepted" ? first : expect.fail();
    await services.database.inOffice(from.user.office.id, (tx) => spend(services, from.user, { tx, code }));
    expect((await checkCode(services, from.user, right)).type).to.equal("used");
    expect(await failedAttemptsOf(from)).to.equal(0);
    expect((await checkCode(services, from.user, answer({ key: strangeKey() }))).type).to.equal("wrong");
    expect(await failedAttemptsOf(from)).to.equal(1);
  });

  it("T42 T45 T47 a passkey and a code share the three attempts, whatever the browser, and trying on makes the block no longer", async () => {
    const from = await owner();
    await wrongPasskey(from);
    await wrongCode(from);
    expect(await failedAttemptsOf(from)).to.equal(2);
    expect(pageName(await wrongPasskey(from))).to.equal("blocked");
    const { blocked_until: until } = await guardOf(vestibule, from.user);
    const { browser, page } = await from.arrive();
    expect(pageName(page)).to.equal("blocked");
    const credential = from.device.use({
      challenge: "AAAA",
      rpId: "localhost",
      allowCredentials: [],
      userVerification: "",
    });
    await sendForm(
      browser,
      { ...page, url: page.url.replace("blocked", "challenge-passkey") },
      { credential },
    );
    expect(until).to.be.an.instanceOf(Date);
    expect((await guardOf(vestibule, from.user)).blocked_until).to.deep.equal(until);
  });

  it("T48 a right passkey clears what was wrong before, and the event names it", async () => {
    const from = await owner();
    await wrongCode(from);
    const { browser, page } = await arrive(from, "passkey");
    expect(hasCode(await useOn(browser, page, from.device))).to.equal(true);
    expect(await failedAttemptsOf(from)).to.equal(0);
    const [event] = await asOwner<{ methods: string }>(
      vestibule.database,
      "select details ->> 'methods' as methods from audit_events where subject = $1 and type = 'sign-in' order by at desc, id desc limit 1",
      [from.user.id],
    );
    expect(event?.methods).to.contain("hwk");
  });
});

import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { passkeyOwner, type PasskeyOwner } from "../../support/passkey-owner.ts";
import { ceremonyOn, makeOn, makePasskeyUser, useOn } from "../../support/passkeys.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import {
  clearGuard,
  guardOf,
  hasCode,
  pageName,
  passPassword,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { SoftwareAuthenticator, type Otherwise } from "../../support/software-authenticator.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const WRONG = "The passkey could not be checked.";

describe("an attack on passkeys", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;

  const faultsOf = async ({ id }: TestUser) =>
    (
      await asOwner<{ fault: string }>(
        vestibule.database,
        "select details ->> 'fault' as fault from audit_events where subject = $1 and type = 'code.wrong' order by at, id",
        [id],
      )
    ).map(({ fault }) => fault);

  /** That an answer was refused with the one sentence, cost one attempt, and left its reason in the audit log. */
  async function expectRefused(page: Page, { user }: Pick<PasskeyOwner, "user">, fault: string) {
    expect([page.status, page.body.includes(WRONG)], fault).to.deep.equal([400, true]);
    expect((await guardOf(vestibule, user)).failed_attempts).to.equal(1);
    expect((await faultsOf(user)).at(-1)).to.equal(fault);
    await clearGuard(vestibule, user);
  }

  async function expectUseless(owner: PasskeyOwner, otherwise: Otherwise, fault: string) {
    const { browser, page } = await owner.arrive();
    await expectRefused(await useOn(browser, page, owner.device, otherwise), owner, fault);
  }

  const sendAnswer = (browser: HttpBrowser, page: Page, credential: string): Promise<Page> =>
    sendForm(browser, page, { credential });

  it("T156 an answer is good once: sent again it meets a challenge that is used up, in the same sign-in and in another", async () => {
    const owner = await passkeyOwner(vestibule);
    const first = await owner.arrive();
    const answer = owner.device.use(ceremonyOn(first.page));
    expect(hasCode(await sendAnswer(first.browser, first.page, answer))).to.equal(true);
    const second = await owner.arrive();
    await expectRefused(await sendAnswer(second.browser, second.page, answer), owner, "challenge");
    const third = await owner.arrive();
    const wrong = owner.device.use(ceremonyOn(third.page), { key: otherKey() });
    const right = owner.device.use(ceremonyOn(third.page));
    await expectRefused(await sendAnswer(third.browser, third.page, wrong), owner, "signature");
    await expectRefused(await sendAnswer(third.browser, third.page, right), owner, "challenge");
  });

  it("T156 two answers to one challenge at the same moment are one sign-in at most", async () => {
    const owner = await passkeyOwner(vestibule, { countsUp: false });
    const { browser, page } = await owner.arrive();
    const answers = [0, 1].map(() => owner.device.use(ceremonyOn(page)));
    const spent = await Promise.all(answers.map((answer) => sendAnswer(browser, page, answer)));
    expect(spent.some(hasCode)).to.equal(true);
    const ended = await asOwner(
      vestibule.database,
      "select from audit_events where subject = $1 and type = 'sign-in'",
      [owner.user.id],
    );
    expect(ended, "the set-up's and this one").to.have.length(2);
  });

  it("T157 an answer that was given to another origin, or in a frame, proves nothing", async () => {
    const owner = await passkeyOwner(vestibule);
    await expectUseless(owner, { origin: "https://login.example" }, "origin");
    await expectUseless(owner, { origin: `${vestibule.issuer}.example` }, "origin");
    await expectUseless(owner, { crossOrigin: true }, "origin");
  });

  it("T158 an answer for another relying party proves nothing", async () => {
    const owner = await passkeyOwner(vestibule);
    await expectUseless(owner, { rpId: "login.example" }, "relying-party");
  });

  it("T159 a counter that goes back is refused, and is an alarm", async () => {
    const owner = await passkeyOwner(vestibule);
    const { browser, page } = await owner.arrive();
    expect(hasCode(await useOn(browser, page, owner.device, { counter: 90 }))).to.equal(true);
    await expectUseless(owner, { counter: 90 }, "counter");
    await expectUseless(owner, { counter: 0 }, "counter");
    const alarms = await asOwner<{ outcome: string }>(
      vestibule.database,
      "select outcome from audit_events where subject = $1 and type = 'passkey.cloned'",
      [owner.user.id],
    );
    expect(alarms).to.deep.equal([{ outcome: "alarm" }, { outcome: "alarm" }]);
  });

  it("T160 a passkey of another user or office is an unknown one", async () => {
    const owner = await passkeyOwner(vestibule);
    const stranger = await passkeyOwner(vestibule);
    const { browser, page } = await owner.arrive();
    await expectRefused(await useOn(browser, page, stranger.device), owner, "unknown-passkey");
    await expectUseless(owner, { credentialId: stranger.device.id }, "unknown-passkey");
  });

  it("T160 a passkey that another user of the office has is not stored a second time", async () => {
    const owner = await passkeyOwner(vestibule);
    const user = await makeUser(services, owner.user.office);
    const browser = vestibule.browser();
    const choice = await passPassword(browser, vestibule.application, user);
    const page = await sendForm(browser, choice, { method: "passkey" });
    const copied = new SoftwareAuthenticator({ origin: vestibule.issuer });
    await makeOn(browser, page, copied, { credentialId: owner.device.id });
    const [row] = await asOwner<{ number: number }>(
      vestibule.database,
      "select count(*)::integer as number from passkeys where id = $1",
      [owner.device.id],
    );
    expect(row?.number).to.equal(1);
  });

  it("T161 a new key is of the type of its algorithm, of one that was asked for, and comes without an attestation", async () => {
    const user = await makePasskeyUser(services);
    const browser = vestibule.browser();
    const choice = await passPassword(browser, vestibule.application, user);
    let page = await sendForm(browser, choice, { method: "passkey" });
    const rsa = new SoftwareAuthenticator({ origin: vestibule.issuer, algorithm: -257 });
    const ec = new SoftwareAuthenticator({ origin: vestibule.issuer });
    const tries: [SoftwareAuthenticator, Otherwise, string][] = [
      [rsa, { algorithm: -7 }, "algorithm"],
      [ec, { algorithm: -257 }, "algorithm"],
      [ec, { algorithm: -65_535 }, "attestation"],
      [ec, { format: "packed" }, "attestation"],
      [ec, { format: "android-safetynet" }, "attestation"],
      [ec, { statement: new Map([["alg", -7]]) }, "attestation"],
    ];
    for (const [device, otherwise, fault] of tries) {
      page = await makeOn(browser, page, device, otherwise);
      await expectRefused(page, { user }, fault);
    }
    expect(pageName(await makeOn(browser, page, ec))).to.equal("recovery-codes");
  });

  it("T162 an answer without its user's presence proves nothing; whether the user was verified is not claimed", async () => {
    const owner = await passkeyOwner(vestibule);
    await expectUseless(owner, { isUserPresent: false }, "signature");
    const { browser, page } = await owner.arrive();
    expect(hasCode(await useOn(browser, page, owner.device, { isUserVerified: false }))).to.equal(true);
    const [login] = await asOwner<{ amr: string[] }>(
      vestibule.database,
      "select login -> 'amr' as amr from sign_ins where user_id = $1 and login is not null order by finished_at desc limit 1",
      [owner.user.id],
    );
    expect(login?.amr).to.deep.equal(["pwd", "hwk", "user", "mfa"]);
  });

  it("T163 a challenge is of one sign-in and one purpose", async () => {
    const owner = await passkeyOwner(vestibule);
    const one = await owner.arrive();
    const other = await owner.arrive();
    const answer = owner.device.use(ceremonyOn(one.page));
    await expectRefused(await sendAnswer(other.browser, other.page, answer), owner, "challenge");
    await expectUseless(owner, { type: "webauthn.create" }, "purpose");
    const { browser, page } = await owner.arrive();
    const made = owner.device.make({
      ...ceremonyOn(page),
      ...{ rp: { id: "localhost" }, user: { id: "", name: "" } },
    });
    await expectRefused(await sendAnswer(browser, page, made), owner, "malformed");
  });

  it("T164 the password alone adds no passkey to an account that has a factor", async () => {
    const owner = await passkeyOwner(vestibule);
    const { browser, page } = await owner.arrive();
    const place = await follow(browser, await browser.get(sibling(page, "enrol-passkey")));
    expect(pageName(place)).to.equal("challenge-passkey");
    const thief = new SoftwareAuthenticator({ origin: vestibule.issuer });
    const forged = { ...ceremonyOn(page), rp: { id: "localhost" }, user: { id: "", name: "" } };
    const credential = thief.make({ ...forged, excludeCredentials: [] });
    const answer = await browser.post(sibling(page, "enrol-passkey"), {
      _csrf: /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? "",
      credential,
    });
    expect(answer.status).to.be.oneOf([303, 403]);
    const rows = await asOwner(vestibule.database, "select from passkeys where user_id = $1", [
      owner.user.id,
    ]);
    expect(rows).to.have.length(1);
  });

  it("T165 whatever is sent in place of an answer gets one calm sentence and costs one attempt", async () => {
    const owner = await passkeyOwner(vestibule);
    const shape = { id: "AAAA", rawId: "AAAA", type: "public-key" };
    const deep = `${"[".repeat(1_000)}${"]".repeat(1_000)}`;
    const texts: string[] = [
      ...["", "null", "[]", "{}", "\u0000", "{", deep, JSON.stringify({ ...shape, response: null })],
      JSON.stringify({ ...shape, response: { clientDataJSON: "!", authenticatorData: "", signature: 1 } }),
      JSON.stringify({ ...shape, id: "A".repeat(9_000), response: {} }),
      JSON.stringify({ ...shape, __proto__: { id: "x" }, type: "password", response: {} }),
    ];
    for (const text of texts) {
      const { browser, page } = await owner.arrive();
      await expectRefused(await sendAnswer(browser, page, text), owner, "malformed");
    }
    const { browser, page } = await owner.arrive();
    expect((await sendAnswer(browser, page, "A".repeat(100_000))).status).to.equal(413);
    expect((await guardOf(vestibule, owner.user)).failed_attempts).to.equal(0);
  });

  it("T165 whatever is sent in place of a new passkey stores nothing", async () => {
    const user = await makePasskeyUser(services);
    const browser = vestibule.browser();
    const choice = await passPassword(browser, vestibule.application, user);
    let page = await sendForm(browser, choice, { method: "passkey" });
    const { challenge } = ceremonyOn(page);
    const clientData = Buffer.from(
      JSON.stringify({ type: "webauthn.create", challenge, origin: vestibule.issuer }),
    ).toString("base64url");
    const object = (bytes: Buffer) =>
      JSON.stringify({
        ...{ id: "AAAA", rawId: "AAAA", type: "public-key" },
        response: { clientDataJSON: clientData, attestationObject: bytes.toString("base64url") },
      });
    page = await sendAnswer(browser, page, object(Buffer.alloc(3_000, 0x81)));
    await expectRefused(page, { user }, "attestation");
    for (const text of ["", "{}", object(Buffer.from("a0", "hex")), object(Buffer.alloc(7_000, 0xff))]) {
      page = await sendAnswer(browser, page, text);
      expect([page.status, page.body.includes(WRONG)]).to.deep.equal([400, true]);
      await clearGuard(vestibule, user);
    }
    const rows = await asOwner(vestibule.database, "select from passkeys where user_id = $1", [user.id]);
    expect(rows).to.have.length(0);
  });
});

const otherKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../../support/imported-hashes.ts";
import { importFile, jsonLines } from "../../support/importing.ts";
import { useOn } from "../../support/passkeys.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { changeOffice, hasCode, pageName, passPassword } from "../../support/second-factor.ts";
import { SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const METHODS = { demand: "required", from: null, methods: ["passkey", "totp"] } as const;

describe("the sign-in of a user whose passkey came from another system", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ office: {}, application: {} });
  const hash = KNOWN_HASHES.find(({ form }) => form === "phpass $P$")?.hash;

  before(() =>
    changeOffice(vestibule.services, vestibule.office, { secondFactor: METHODS, isPasswordless: true }),
  );

  /** A user who had used the passkey so many times there. */
  async function imported({ counter = 0, handle }: { counter?: number; handle?: Buffer } = {}) {
    const device = new SoftwareAuthenticator({ origin: vestibule.issuer });
    const username = `user-${randomUUID()}`;
    const passkeys = [{ ...device.exported(handle), counter }];
    const file = jsonLines([{ username, name: "Anna", hash, passkeys }]);
    expect(await importFile(vestibule.services, vestibule.office, { file })).to.include({ type: "applied" });
    return { device, username };
  }

  const challengeOf = async (username: string): Promise<{ browser: HttpBrowser; page: Page }> => {
    const browser = vestibule.browser();
    const user = { id: "", office: vestibule.office, username, password: IMPORTED_PASSWORD };
    return { browser, page: await passPassword(browser, vestibule.application, user) };
  };

  /** The password page, which asks for a passkey that the authenticator finds by itself. */
  const passwordPage = async (): Promise<{ browser: HttpBrowser; page: Page }> => {
    const browser = vestibule.browser();
    await browser.get(`/o/${vestibule.office.code}`);
    return { browser, page: await openSignIn(browser, vestibule.request()) };
  };

  const alarms = () =>
    asOwner(
      vestibule.database,
      "select outcome from audit_events where office_id = $1 and type = 'passkey.cloned'",
      [vestibule.office.id],
    );

  it("asks for the passkey, which signs in where its counter goes on from the old system's", async () => {
    const { device, username } = await imported({ counter: 7 });
    const { browser, page } = await challengeOf(username);
    expect(pageName(page)).to.equal("challenge-passkey");
    expect(hasCode(await useOn(browser, page, device, { counter: 8 }))).to.equal(true);
  });

  it("T233 refuses a passkey that counts back behind the old system, with the alarm of a copy", async () => {
    const { device, username } = await imported({ counter: 7 });
    const before = (await alarms()).length;
    const { browser, page } = await challengeOf(username);
    const refused = await useOn(browser, page, device, { counter: 7 });
    expect([refused.status, hasCode(refused)]).to.deep.equal([400, false]);
    expect(await alarms()).to.have.length(before + 1);
  });

  it("T233 takes no other key for the one that was imported, and counts the attempt", async () => {
    const { device, username } = await imported();
    const { browser, page } = await challengeOf(username);
    const strange = new SoftwareAuthenticator({ origin: vestibule.issuer }).privateKey;
    expect((await useOn(browser, page, device, { key: strange })).status).to.equal(400);
    const [guard] = await asOwner<{ failed_attempts: number }>(
      vestibule.database,
      `select g.failed_attempts from second_factor_guard g join users u on u.id = g.user_id where u.username = $1`,
      [username],
    );
    expect(guard).to.deep.equal({ failed_attempts: 1 });
  });

  it("needs no password where the office allows it and the file says what the authenticator knows the account by", async () => {
    const { device } = await imported({ handle: Buffer.from(randomUUID()) });
    const { browser, page } = await passwordPage();
    expect(hasCode(await useOn(browser, page, device))).to.equal(true);
  });

  it("T233 needs the password where the file did not say it", async () => {
    const { device } = await imported();
    const { browser, page } = await passwordPage();
    const userHandle = Buffer.from("the account there").toString("base64url");
    const refused = await useOn(browser, page, device, { userHandle });
    expect([refused.status, hasCode(refused)]).to.deep.equal([400, false]);
  });
});

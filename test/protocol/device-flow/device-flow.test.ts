import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { type Page } from "../../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { callToken, claimsOf, follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { giveApp, givePassword, makeStrictOffice, pageName, sendForm } from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { refresh } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const DEVICE = { type: "native", redirectUris: [], deviceFlow: true };
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
}

describe("signing a device in", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    application: { ...DEVICE, name: "Television" },
  });
  const { application, database, services } = vestibule;
  let user: TestUser;

  before(async () => {
    user = await makeUser(services, await makeOffice(services));
  });
  beforeEach(() => asOwner(database, "delete from rate_limits"));

  async function ask(asked = application): Promise<{ status: number; body: Asked & { error?: string } }> {
    const { status, body } = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: asked.id, scope: "openid profile offline_access" }).toString(),
    });
    return { status, body: JSON.parse(body) as Asked & { error?: string } };
  }
  const poll = (code: string, asked = application) =>
    callToken(vestibule.browser(), asked, { grant_type: GRANT, device_code: code });
  const errorOf = async (code: string) => (await poll(code)).body["error"];
  const type = async (browser: HttpBrowser, code: string): Promise<Page> => {
    const page = await browser.get("/device");
    return browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), user_code: code });
  };
  const answer = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    follow(
      browser,
      await browser.post(formAction(page), {
        xsrf: hiddenField(page, "xsrf"),
        user_code: hiddenField(page, "user_code"),
        ...fields,
      }),
    );

  it("gives the device tokens after code, confirmation and sign-in, once", async () => {
    const { status, body } = await ask();
    expect(status).to.equal(200);
    expect(body.user_code).to.match(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
    expect(body.verification_uri).to.equal(`${vestibule.issuer}/device`);
    expect(await errorOf(body.device_code)).to.equal("authorization_pending");
    const browser = vestibule.browser();
    const confirm = await type(browser, body.user_code.toLowerCase().replace("-", " "));
    expect(confirm.body).to.contain("Television").and.contain(body.user_code);
    const signIn = await answer(browser, confirm, { confirm: "yes" });
    const done = await givePassword(browser, signIn, user);
    expect(done.body).to.contain("The device is signed in");
    travel(6 * SECOND);
    const tokens = await poll(body.device_code);
    expect(tokens.status, JSON.stringify(tokens.body)).to.equal(200);
    expect(claimsOf(tokens.body["id_token"])).to.deep.include({ sub: user.id, amr: ["pwd"] });
    expect(
      (await refresh(vestibule.browser(), application, String(tokens.body["refresh_token"]))).status,
    ).to.equal(200);
    travel(6 * SECOND);
    expect(await errorOf(body.device_code)).to.equal("invalid_grant");
  });

  it("T66 gives one answer to devices that ask at the same moment", async () => {
    const { body } = await ask();
    const browser = vestibule.browser();
    await givePassword(
      browser,
      await answer(browser, await type(browser, body.user_code), { confirm: "yes" }),
      user,
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => poll(body.device_code)));
    expect(answers.filter(({ status }) => status === 200).length).to.be.at.most(1);
  });

  it("T48 demands what the office demands, as every sign-in does", async () => {
    user = await makeUser(services, await makeStrictOffice(services));
    const app = await giveApp(services, user);
    const { body } = await ask();
    const browser = vestibule.browser();
    const signIn = await answer(browser, await type(browser, body.user_code), { confirm: "yes" });
    const challenge = await givePassword(browser, signIn, user);
    expect(pageName(challenge)).to.equal("challenge-totp");
    expect(await errorOf(body.device_code)).to.equal("authorization_pending");
    await sendForm(browser, challenge, { code: totpNow(app.secret) });
    travel(6 * SECOND);
    const tokens = await poll(body.device_code);
    expect(claimsOf(tokens.body["id_token"])["amr"]).to.deep.equal(["pwd", "otp", "mfa"]);
  });

  it("asks a device that polls too often to slow down", async () => {
    const { body } = await ask();
    expect(await errorOf(body.device_code)).to.equal("authorization_pending");
    expect(await errorOf(body.device_code)).to.equal("slow_down");
    travel(6 * SECOND);
    expect(await errorOf(body.device_code)).to.equal("authorization_pending");
  });

  it("gives nothing when the user stops, or lets the code grow old", async () => {
    const stopped = (await ask()).body;
    const browser = vestibule.browser();
    const page = await answer(browser, await type(browser, stopped.user_code), { abort: "yes" });
    expect(page.body).to.contain("The device is not signed in");
    expect(await errorOf(stopped.device_code)).to.equal("access_denied");
    const old = (await ask()).body;
    travel(11 * MINUTE);
    expect((await type(vestibule.browser(), old.user_code)).status).to.equal(400);
    expect(await errorOf(old.device_code)).to.be.oneOf(["expired_token", "invalid_grant"]);
  });

  it("asks for a code that is missing or wrong again, in words", async () => {
    const empty = await type(vestibule.browser(), "");
    expect([empty.status, /<title>Error:/.test(empty.body)]).to.deep.equal([400, true]);
    const wrong = await type(vestibule.browser(), "BBBB-BBBB");
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.contain("This code is incorrect");
  });

  it("T48 stops a visitor who guesses codes, and counts tries that come at the same moment", async () => {
    const guess = (index: number) =>
      type(vestibule.browser(), `BBBB-BBB${"BCDFGHJKLMNPQRSTVWXZ".charAt(index % 20)}`);
    const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => guess(index)));
    expect(answers.filter(({ body }) => body.includes("This code is incorrect"))).to.have.lengthOf(20);
    const { body } = await ask();
    expect((await type(vestibule.browser(), body.user_code)).body).to.contain(
      "Too many attempts. Wait 15 minutes",
    );
  });

  it("T71 is for applications that were given it, and the codes are kept as hashes", async () => {
    for (const changes of [{}, { type: "native", redirectUris: ["com.example.ledger:/cb"] }]) {
      const other = await makeApplication(services, changes);
      expect((await ask(other)).status).to.be.within(400, 401);
    }
    const { body } = await ask();
    const rows = await asOwner<{ row: string }>(
      database,
      "select row_to_json(m)::text as row from oidc_models m where kind = 9",
    );
    expect(rows.length).to.be.above(0);
    for (const { row } of rows) {
      expect(row).to.not.contain(body.device_code).and.not.contain(body.user_code.replace("-", ""));
    }
    const [row] = await asOwner<{ id: string }>(
      database,
      "select encode(id, 'hex') as id from oidc_models where kind = 9 order by saved_at desc limit 1",
    );
    expect(await errorOf(`stored.${String(row?.id)}`), "a key from the table").to.equal("invalid_grant");
  });

  it("T69 gives another application nothing for the code", async () => {
    const { body } = await ask();
    const other = await makeApplication(services, DEVICE);
    expect((await poll(body.device_code, other)).body["error"]).to.equal("invalid_grant");
  });
});

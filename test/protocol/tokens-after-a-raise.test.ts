import { expect } from "chai";
import type { Office } from "../../src/domain/offices/office.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "../support/people.ts";
import {
  callToken,
  follow,
  formAction,
  hiddenField,
  redeem,
  type Request,
} from "../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  hasCode,
  REQUIRED,
  sendForm,
} from "../support/second-factor.ts";
import { useResource } from "../support/suite-resource.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { introspect, refresh, tokensOf, userinfo, type Tokens } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { makeTruster, passAgain, tokensOfPage, trustBrowser } from "../support/trust.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const API = "https://payroll.example";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What sign-ins have left in the hands of applications. */
interface Held {
  readonly tokens: Tokens;
  /** An opaque access token for the resource server, and the refresh token for the next. */
  readonly forApi: Pick<Tokens, "access" | "refresh">;
  readonly code: { readonly redirect: URL; readonly request: Request };
  readonly deviceCode: string;
}

const EVERYTHING = [
  "userinfo",
  "introspection of the access token",
  "introspection by the resource server",
  "introspection of the refresh token",
  "a refresh",
  "a refresh for the resource server",
  "the code",
  "the device code",
];

describe("tokens from before an office demands more", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" } });
  const { services } = vestibule;
  const api = useResource(() =>
    makeApplication(services, {
      ...{ type: "machine", redirectUris: [], firstParty: false },
      ...{ resourceIdentifier: API, resourceScopes: ["payroll:read"], resourceTokens: "opaque" },
    }),
  );
  const web = useResource(() => makeApplication(services, { resources: [API] }));
  const device = useResource(() =>
    makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true }),
  );
  let office: TestOffice;
  let user: TestUser;
  beforeEach(async () => {
    office = await makeOffice(services);
    user = await makeUser(services, office);
  });
  const change = (changes: Partial<Office>) => changeOffice(services, office, changes);

  /** From the password page to the end, with the app's code if there is an app, else putting the factor off. */
  async function finish(browser: HttpBrowser, page: Page, secret: string | null): Promise<Page> {
    const next = await givePassword(browser, page, user);
    if (hasCode(next) || next.body.includes("The device is signed in")) {
      return next;
    }
    return sendForm(browser, next, secret === null ? { later: "1" } : { code: totpNow(secret) });
  }

  async function codeOf(browser: HttpBrowser, secret: string | null, changes = {}): Promise<Held["code"]> {
    const request = vestibule.request(changes, web);
    const page = await follow(browser, await browser.get(request.url));
    const done = hasCode(page) ? page : await finish(browser, page, secret);
    expect(done.location, "signed in").to.contain("code=");
    return { redirect: new URL(done.location), request };
  }

  async function deviceCodeOf(secret: string | null): Promise<string> {
    const browser = vestibule.browser();
    const { body } = await browser.send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: device.id, scope: "openid" }).toString(),
    });
    const asked = JSON.parse(body) as { device_code: string; user_code: string };
    const page = await browser.get("/device");
    const typed = { xsrf: hiddenField(page, "xsrf"), user_code: asked.user_code };
    const confirm = await browser.post(formAction(page), typed);
    const [xsrf, code] = [hiddenField(confirm, "xsrf"), hiddenField(confirm, "user_code")];
    const yes = { xsrf, user_code: code, confirm: "yes" };
    const signIn = await follow(browser, await browser.post(formAction(confirm), yes));
    // Another moment, or the app's code would be the one that was used.
    travel(secret === null ? 0 : MINUTE / 2);
    expect((await finish(browser, signIn, secret)).body).to.contain("The device is signed in");
    return asked.device_code;
  }

  async function hold(secret: string | null): Promise<Held> {
    const deviceCode = await deviceCodeOf(secret);
    travel(secret === null ? 0 : MINUTE / 2);
    const browser = vestibule.browser();
    const first = await codeOf(browser, secret);
    const tokens = tokensOf(await redeem(browser, web, first));
    const both = { resource: API, scope: "openid offline_access payroll:read" };
    const second = tokensOf(await redeem(browser, web, await codeOf(browser, secret, both)));
    const forApi = tokensOf(await refresh(browser, web, second.refresh, { resource: API }));
    const code = await codeOf(browser, secret);
    return { tokens, forApi, code, deviceCode };
  }

  /** What still works, in the order in which nothing spoils the next. */
  async function aliveOf({ tokens, forApi, code, deviceCode }: Held): Promise<string[]> {
    const browser = vestibule.browser();
    const isActive = async (by: TestApplication, token: string) =>
      (await introspect(browser, by, token)).body["active"] === true;
    const ask = { grant_type: DEVICE_GRANT, device_code: deviceCode };
    const works: boolean[] = [
      (await userinfo(browser, tokens.access)).status === 200,
      await isActive(web, tokens.access),
      await isActive(api, forApi.access),
      await isActive(web, tokens.refresh),
    ];
    const answers = [
      await refresh(browser, web, tokens.refresh),
      await refresh(browser, web, forApi.refresh, { resource: API }),
      await redeem(browser, web, code),
      await callToken(browser, device, ask),
    ];
    works.push(...answers.map(({ status }) => status === 200));
    return EVERYTHING.filter((_, index) => works[index]);
  }

  it("work until then: everything is alive", async () => {
    expect(await aliveOf(await hold(null))).to.deep.equal(EVERYTHING);
  });

  it("T132 are worth nothing once the second factor is required", async () => {
    const held = await hold(null);
    await change({ secondFactor: REQUIRED });
    expect(await aliveOf(held)).to.deep.equal([]);
  });

  it("T132 are worth nothing from the announced day on, which no event marks", async () => {
    await change({ secondFactor: { ...REQUIRED, from: new Date(Date.now() + 40 * SECOND) } });
    const held = await hold(null);
    expect((await userinfo(vestibule.browser(), held.tokens.access)).status, "the day before").to.equal(200);
    travel(45 * SECOND);
    expect(await aliveOf(held)).to.deep.equal([]);
  });

  it("T132 are worth nothing once their method is no longer accepted", async () => {
    const app = await giveApp(services, user);
    await change({ secondFactor: { ...REQUIRED, methods: ["totp", "sms"] } });
    const held = await hold(app.secret);
    await change({ secondFactor: { ...REQUIRED, methods: ["sms"] } });
    expect(await aliveOf(held)).to.deep.equal([]);
  });

  it("T212 are worth nothing once a factor that resists phishing is demanded of their user", async () => {
    const app = await giveApp(services, user);
    await change({ secondFactor: { ...REQUIRED, methods: ["totp", "passkey"] } });
    const held = await hold(app.secret);
    await change({ phishingResistance: { of: "all", from: null } });
    expect(await aliveOf(held)).to.deep.equal([]);
  });

  it("T132 are left alone where the factor was proved", async () => {
    const app = await giveApp(services, user);
    const held = await hold(app.secret);
    await change({ secondFactor: REQUIRED });
    expect(await aliveOf(held)).to.deep.equal(EVERYTHING);
  });

  it("T132 of a trusted browser are worth nothing once the office trusts none", async () => {
    const truster = await makeTruster(vestibule);
    const browser = await trustBrowser(vestibule, web, truster);
    const tokens = await tokensOfPage(browser, web, await passAgain(browser, web, truster.user));
    expect((await userinfo(browser, tokens.access)).status).to.equal(200);
    await changeOffice(services, truster.user.office, { trustedBrowserDays: null });
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    expect((await introspect(browser, web, tokens.access)).body).to.deep.equal({ active: false });
    expect((await introspect(browser, web, tokens.refresh)).body).to.deep.equal({ active: false });
    expect((await refresh(browser, web, tokens.refresh)).body["error"]).to.equal("invalid_grant");
  });

  it("T132 that belong to a session end with the session length that the office has now", async () => {
    const browser = vestibule.browser();
    const bound = await redeem(browser, web, await codeOf(browser, null, { scope: "openid" }));
    const access = String(bound.body["access_token"]);
    const offline = tokensOf(await redeem(browser, web, await codeOf(browser, null)));
    travel(6 * MINUTE);
    const looks = async () => [
      (await userinfo(browser, access)).status,
      (await introspect(browser, web, access)).body["active"],
      (await userinfo(browser, offline.access)).status,
    ];
    expect(await looks()).to.deep.equal([200, true, 200]);
    await change({ sessionMinutes: 5 });
    expect(await looks(), "offline access is not bound to the session").to.deep.equal([401, false, 200]);
  });

  it("T132 renewed from a proof that is too weak now are worth nothing either", async () => {
    await change({ secondFactor: { ...REQUIRED, from: new Date(Date.now() + MINUTE) } });
    const browser = vestibule.browser();
    const first = tokensOf(await redeem(browser, web, await codeOf(browser, null)));
    const renewed = tokensOf(await refresh(browser, web, first.refresh));
    expect((await userinfo(browser, renewed.access)).status).to.equal(200);
    travel(2 * MINUTE);
    expect((await userinfo(browser, renewed.access)).status).to.equal(401);
    expect((await introspect(browser, web, renewed.access)).body).to.deep.equal({ active: false });
  });
});

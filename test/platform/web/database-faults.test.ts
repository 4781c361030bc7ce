import { expect } from "chai";
import { freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { FaultyDatabase } from "../../support/faulty-database.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { makeApplication } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import {
  authorizationRequest,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
  signIn,
} from "../../support/relying-party.ts";
import { expectSecured } from "../../support/secured.ts";
import { tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

/** SQLSTATEs that end by themselves or by the operator's hand, and are nobody's fault who asks. */
const CODES =
  "08000 08006 25006 25P03 40P01 53000 53100 53200 53300 55P03 57014 57P01 57P03 58000 58030 58P01 XX000 XX001 28000 3D000".split(
    " ",
  );

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const SPA = "https://spa.test";

describe("a request while the database has a fault", () => {
  const database = useResource(
    () => freshDatabase(),
    (it) => it.drop(),
  );
  const faulty = useResource(
    () => FaultyDatabase.open(database.url),
    (it) => it.close(),
  );
  const vestibule = useVestibule({
    settings: () => ({
      DATABASE_URL: faulty.url,
      VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
      VESTIBULE_DEVICE_FLOW: "yes",
    }),
    application: {},
    office: { code: "NOORD" },
    user: {},
  });
  const { application, user } = vestibule;
  const television = useResource(() =>
    makeApplication(vestibule.services, {
      ...{ type: "native", redirectUris: [], deviceFlow: true, name: "Television" },
    }),
  );
  const singlePage = useResource(() =>
    makeApplication(vestibule.services, {
      ...{ type: "browser", redirectUris: [`${SPA}/cb`], corsOrigins: [SPA], name: "Single page" },
    }),
  );
  const tokens = useResource(() => tokensFor(newBrowser(), application, user));
  afterEach(async () => {
    faulty.mend();
    await eventually(
      () => newBrowser().get("/health/ready"),
      ({ status }) => status === 200,
    );
    // Without a restart, and with everything: a page, a password, a code, tokens.
    expect((await tokensFor(newBrowser(), application, user)).access).to.not.equal("");
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const request = (changes: Record<string, string> = {}) =>
    authorizationRequest(vestibule.issuer, application, changes);
  const enter = (browser: HttpBrowser, page: Page) =>
    sendPassword(browser, page, { officeCode: "NOORD", username: user.username, password: user.password });

  function expectUnavailable(answer: Page, what: string): void {
    expect(answer.status, `${what}: ${answer.body}`).to.equal(503);
    expect(String(answer.headers["retry-after"]), what).to.match(/^[1-9]\d?$/);
    expect(answer.headers["cache-control"], what).to.equal("no-store");
    expect(answer.setCookies.join(), what).to.not.match(/(session|interaction)=[^;]/);
    expect(answer.location, what).to.equal("");
    expect(answer.body, what).to.not.match(/fault of a test|SQLSTATE|postgres|127\.0\.0\.1:/);
  }

  function expectOAuth(answer: Page, what: string): void {
    expectUnavailable(answer, what);
    expect(String(answer.headers["content-type"]), what).to.match(/^application\/json/);
    const body = JSON.parse(answer.body) as Record<string, unknown>;
    expect(body["error"], what).to.equal("temporarily_unavailable");
    expect(body["error_description"], what).to.be.a("string");
  }

  function expectPage(answer: Page, what: string): void {
    expectUnavailable(answer, what);
    expectSecured(answer, what);
    expect(answer.body, what).to.contain("Temporarily unavailable").and.contain("Reference:");
  }

  const token = (fields: Record<string, string>) => () =>
    postAs(newBrowser(), application, { url: "/token", fields });
  const about = (url: string) => () =>
    postAs(newBrowser(), application, { url, fields: { token: tokens.refresh } });

  const programs: Record<string, () => Promise<Page>> = {
    "the token endpoint, for a code": token({
      ...{ grant_type: "authorization_code", code: "x".repeat(43), code_verifier: "y".repeat(43) },
      redirect_uri: "https://app.test/cb",
    }),
    "the token endpoint, for a refresh token": () =>
      token({ grant_type: "refresh_token", refresh_token: tokens.refresh })(),
    "the token endpoint, for a device": () =>
      postAs(newBrowser(), television, {
        url: "/token",
        fields: { grant_type: DEVICE_GRANT, device_code: "z".repeat(43), client_id: television.id },
      }),
    userinfo: () => newBrowser().get("/userinfo", { headers: { authorization: `Bearer ${tokens.access}` } }),
    introspection: () => about("/introspect")(),
    revocation: () => about("/revoke")(),
    "pushed authorization requests": () => {
      const fields = Object.fromEntries(new URL(request().url).searchParams);
      return postAs(newBrowser(), application, { url: "/par", fields });
    },
    "device authorization": () =>
      postAs(newBrowser(), television, {
        url: "/device/authorize",
        fields: { client_id: television.id, scope: "openid" },
      }),
  };

  for (const [what, ask] of Object.entries(programs)) {
    it(`is answered with 503 and OAuth's temporarily_unavailable: ${what}`, async () => {
      for (const code of CODES) {
        faulty.fail({ code });
        expectOAuth(await ask(), `${what}, ${code}`);
      }
    });
  }

  const pages: Record<string, () => Promise<() => Promise<Page>>> = {
    "an authorization request": async () => {
      const browser = newBrowser();
      return Promise.resolve(() => browser.get(request().url));
    },
    "the page of a sign-in": async () => {
      const browser = newBrowser();
      const page = await openSignIn(browser, request());
      return () => browser.get(page.url);
    },
    "a right password": async () => {
      const browser = newBrowser();
      const page = await openSignIn(browser, request());
      return () => enter(browser, page);
    },
    "the account page of a user who is signed in": async () => {
      const browser = newBrowser();
      await signIn(browser, request(), user);
      return () => browser.get("/account");
    },
    "signing out": async () => {
      const browser = newBrowser();
      await signIn(browser, request(), user);
      return () => browser.get("/sign-out");
    },
    "the code of a device": async () => {
      const browser = newBrowser();
      const page = await browser.get("/device");
      const fields = { xsrf: hiddenField(page, "xsrf"), user_code: "BCDF-GHJK" };
      return () => browser.post(formAction(page), fields);
    },
    "a forgotten password": async () => {
      const browser = newBrowser();
      const page = await browser.get("/forgot-password");
      const fields = {
        _csrf: hiddenField(page, "_csrf"),
        mail: "sanne@mail.example",
        username: user.username,
      };
      return () => browser.post(formAction(page), { ...fields, officeCode: "NOORD" });
    },
    "the page of an office": async () => {
      const browser = newBrowser();
      return Promise.resolve(() => browser.get("/o/noord"));
    },
  };

  for (const [what, prepare] of Object.entries(pages)) {
    it(`is answered with 503 and a page that can be tried again: ${what}`, async () => {
      const ask = await prepare();
      for (const code of CODES) {
        faulty.fail({ code });
        expectPage(await ask(), `${what}, ${code}`);
      }
    });
  }

  it("is answered without the database where nothing of it is needed", async () => {
    faulty.fail({ code: "53100" });
    for (const url of ["/.well-known/openid-configuration", "/jwks", "/health/live"]) {
      expect((await newBrowser().get(url)).status, url).to.equal(200);
    }
  });

  it("is readable for the script of an application, which else could not distinguish it from a broken network", async () => {
    const headers = { origin: SPA, "content-type": "application/x-www-form-urlencoded" };
    const fields = { grant_type: "refresh_token", refresh_token: "x".repeat(43), client_id: singlePage.id };
    const body = new URLSearchParams(fields).toString();
    faulty.fail({ code: "57P03" });
    const answer = await newBrowser().send("/token", { method: "POST", headers, body });
    expectOAuth(answer, "token");
    expect(answer.headers["access-control-allow-origin"]).to.equal(SPA);
  });

  for (const code of ["53300", "57P03", "57P01", "28P01", "3D000"]) {
    it(`is answered while the database takes no connection (${code})`, async () => {
      const browser = newBrowser();
      const page = await openSignIn(browser, request());
      faulty.refuse(code);
      await eventually(
        () => newBrowser().get("/health/ready"),
        ({ status }) => status === 503,
      );
      expectOAuth(await about("/introspect")(), "introspection");
      expectPage(await enter(browser, page), "password");
    });
  }
});

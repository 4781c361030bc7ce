import { expect } from "chai";
import { asOwner, freshDatabase } from "../../support/database.ts";
import { FaultyDatabase } from "../../support/faulty-database.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { makeApplication } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import {
  authorizationRequest,
  callToken,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  signIn,
} from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { refresh, tokensFor, tokensOf } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

/** The disk of the database is full: it reads, and refuses what is written. */
const FULL = "53100";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** PostgreSQL refuses no beginning by itself: only together with the whole connection. */
const AFTER_BEGIN = /^(?!begin)/;
/** More statements than any request sends. */
const MOST = 40;

interface Attempt {
  /** Sent while one statement fails. */
  readonly during: () => Promise<Page>;
  /** Sent again afterwards; has to succeed whichever statement it was. */
  readonly afterwards: () => Promise<void>;
}

/** Whatever one statement of a request meets, the same request goes through when it is sent again. */
describe("what a fault of the database leaves as it was", () => {
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
      // Their statements would be counted among those of a request.
      VESTIBULE_MESSAGE_WORKERS: "no",
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
  afterEach(() => {
    faulty.mend();
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const request = () => authorizationRequest(vestibule.issuer, application);

  /** Prepares anew for each statement of the request, until none is left that could fail. */
  async function sweep(prepare: () => Promise<Attempt>): Promise<void> {
    for (let only = 1; only < MOST; only += 1) {
      const { during, afterwards } = await prepare();
      faulty.fail({ code: FULL, only, when: AFTER_BEGIN });
      const { status, body } = await during();
      const wasReached = faulty.seen >= only;
      faulty.mend();
      if (!wasReached) {
        expect(status, "without a fault").to.be.below(400);
        expect(only, "statements of the request").to.be.above(1);
        return;
      }
      // An answer that could be given without that statement is right as well.
      expect(status, `statement ${String(only)}: ${body}`).to.satisfy((it: number) => it === 503 || it < 400);
      if (status === 503) {
        await afterwards();
      }
    }
    throw new Error("The request never came to its end.");
  }

  it("a code brings its tokens afterwards, and its family lives", async () => {
    await sweep(async () => {
      const asked = request();
      const redirect = await signIn(newBrowser(), asked, user);
      const fields = {
        grant_type: "authorization_code",
        code: redirect.searchParams.get("code") ?? "",
        redirect_uri: application.redirectUri,
        code_verifier: asked.verifier,
      };
      return {
        during: () => postAs(newBrowser(), application, { url: "/token", fields }),
        afterwards: async () => {
          const { refresh: token } = tokensOf(
            await redeem(newBrowser(), application, { redirect, request: asked }),
          );
          expect((await refresh(newBrowser(), application, token)).status, "refreshed").to.equal(200);
        },
      };
    });
    const [row] = await asOwner<{ count: number }>(
      database,
      "select count(*)::int as count from audit_events where type = 'token.reused'",
    );
    expect(row?.count, "alarms").to.equal(0);
  });

  it("a refresh token brings its successor afterwards", async () => {
    await sweep(async () => {
      const { refresh: token } = await tokensFor(newBrowser(), application, user);
      const fields = { grant_type: "refresh_token", refresh_token: token };
      return {
        during: () => postAs(newBrowser(), application, { url: "/token", fields }),
        afterwards: async () => {
          expect((await refresh(newBrowser(), application, token)).status).to.equal(200);
        },
      };
    });
  });

  it("the form of a right password signs in when it is sent again", async () => {
    await sweep(async () => {
      const browser = newBrowser();
      const page = await openSignIn(browser, request());
      const send = () =>
        sendPassword(browser, page, {
          officeCode: "NOORD",
          username: user.username,
          password: user.password,
        });
      return {
        during: send,
        afterwards: async () => {
          expect((await follow(browser, await send())).location).to.match(/^https:\/\/app\.test\/cb\?code=/);
        },
      };
    });
  });

  it("a device that is being confirmed can still be, and hears nothing else meanwhile", async () => {
    await sweep(async () => {
      const fields = { client_id: television.id, scope: "openid profile" };
      const asked = JSON.parse(
        (await postAs(newBrowser(), television, { url: "/device/authorize", fields })).body,
      ) as { device_code: string; user_code: string };
      const browser = newBrowser();
      const codePage = await browser.get("/device");
      const confirm = await browser.post(formAction(codePage), {
        xsrf: hiddenField(codePage, "xsrf"),
        user_code: asked.user_code,
      });
      const send = () =>
        browser.post(formAction(confirm), {
          xsrf: hiddenField(confirm, "xsrf"),
          user_code: hiddenField(confirm, "user_code"),
          confirm: "yes",
        });
      return {
        during: send,
        afterwards: async () => {
          const done = await givePassword(browser, await follow(browser, await send()), user);
          expect(done.body).to.contain("The device is signed in");
          const grant = { grant_type: DEVICE_GRANT, device_code: asked.device_code };
          expect((await callToken(newBrowser(), television, grant)).status, "the device").to.equal(200);
        },
      };
    });
  });
});

import { expect } from "chai";
import createKnex from "knex";
import { knexConfig } from "../../knexfile.ts";
import type { Actor } from "../../src/domain/access/actor.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { migrate } from "../../src/platform/database/migrate.ts";
import { runProgram } from "../cli/installation.ts";
import { storedOffice } from "../support/actors.ts";
import { supportOffice } from "../support/console.ts";
import { asOwner } from "../support/database.ts";
import {
  makeApplication,
  makeUser,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "../support/people.ts";
import {
  authorizationRequest,
  callToken,
  claimsOf,
  follow,
  formAction,
  hiddenField,
  redeem,
} from "../support/relying-party.ts";
import { giveApp, givePassword, hasCode, pageName, sendForm, sibling } from "../support/second-factor.ts";
import { MINUTE, travel } from "../support/time.ts";
import { refresh, tokensFor } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const MIGRATION = "014_second_person.ts";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** What keeps the second factor of the platform's staff, so that a test can be an older installation. */
const CONSTRAINT = "offices_staff_factor";

describe("the second factor of the platform's staff", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    application: {},
  });
  const { application, services, database } = vestibule;
  let platform: TestOffice;
  let dana: TestUser;
  let television: TestApplication;
  before(async () => {
    platform = await supportOffice(services);
    television = await makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true });
  });
  beforeEach(async () => {
    dana = await makeUser(services, platform, { role: "support" });
  });

  const policy = async () => {
    const { secondFactor, trustedBrowserDays } = await storedOffice(services, platform);
    return { ...secondFactor, trustedBrowserDays };
  };
  const STRICT = { demand: "required", from: null, methods: ["totp"], trustedBrowserDays: null };

  it("T123 is required from the moment in which their office is made", async () => {
    expect(await policy()).to.deep.equal(STRICT);
  });

  it("T123 is asked for in every application: the password alone gives no code, and later is not offered", async () => {
    const browser = vestibule.browser();
    const request = vestibule.request();
    const page = await follow(browser, await browser.get(request.url));
    const next = await givePassword(browser, page, dana);
    expect([hasCode(next), pageName(next)]).to.deep.equal([false, "enrol-totp"]);
    const csrf = hiddenField(next, "_csrf");
    for (const name of ["enrol-totp", "choose"]) {
      const sent = await browser.post(sibling(next, name), { _csrf: csrf, later: "1" });
      expect(hasCode(await follow(browser, sent)), name).to.equal(false);
    }
    const { secret } = await giveApp(services, dana);
    const again = vestibule.browser();
    const asked = await givePassword(again, await follow(again, await again.get(request.url)), dana);
    expect(pageName(asked)).to.equal("challenge-totp");
    const done = await sendForm(again, asked, { code: totpNow(secret) });
    const { body } = await redeem(again, application, { redirect: new URL(done.location), request });
    expect(claimsOf(body["id_token"])["amr"]).to.include("mfa");
  });

  it("T123 can be set up with the password alone for two weeks, and no longer", async () => {
    travel(14 * 24 * 60 * MINUTE + MINUTE);
    const browser = vestibule.browser();
    const page = await follow(browser, await browser.get(vestibule.request().url));
    expect(pageName(await givePassword(browser, page, dana))).to.equal("enrolment-closed");
  });

  it("T123 is not switched off, delayed or replaced by a trusted browser in the console", async () => {
    const by: Actor = { id: dana.id, officeId: platform.id, role: "support" };
    const { version, secondFactor } = await storedOffice(services, platform);
    const asked = { ...secondFactor, from: null, methods: [...secondFactor.methods] };
    const from = new Date(Date.now() + 24 * 60 * MINUTE).toISOString().slice(0, 10);
    for (const change of [
      { secondFactor: { ...asked, demand: "off" as const } },
      { secondFactor: { ...asked, from } },
      { trustedBrowserDays: 1 },
    ]) {
      const office = await storedOffice(services, platform);
      const { type } = await services.administration.settings.change(office, { version, ...change }, by);
      expect(type, JSON.stringify(change)).to.equal("staff-rule");
    }
    expect(await policy()).to.deep.equal(STRICT);
  });

  it("T123 is not switched off, delayed or replaced on the command line", async () => {
    const edit = (...words: string[]) =>
      runProgram(vestibule.environment, ["office", "edit", "SUPPORT", ...words]);
    for (const words of [
      ["--second-factor", "off"],
      ["--from", "2099-01-31"],
      ["--trusted-browser-days", "14"],
    ]) {
      const { code, error } = await edit(...words);
      expect([code, error], words.join(" ")).to.deep.equal([
        1,
        "The platform's own staff always give a second factor: in the office SUPPORT it stays required at once, and no browser is trusted.\n",
      ]);
    }
    expect((await edit("--session-minutes", "60")).code).to.equal(0);
    expect(await policy()).to.deep.equal(STRICT);
  });

  it("T123 is kept by the database itself, also from the owner of the tables", async () => {
    for (const change of [
      "second_factor = 'off', second_factor_since = null",
      "second_factor_from = now()",
      "second_factor_since = null",
      "trusted_browser_days = 14, trust_since = now()",
    ]) {
      const outcome = await asOwner(database, `update offices set ${change} where code = 'SUPPORT'`).then(
        () => "changed",
        (error: unknown) => String(error),
      );
      expect(outcome, change).to.contain(CONSTRAINT);
    }
  });

  describe("in an installation from before", () => {
    const older = async () => {
      await asOwner(
        database,
        `alter table offices drop constraint ${CONSTRAINT};
         update offices set second_factor = 'off', second_factor_since = null,
           trusted_browser_days = 30, trust_since = now() where code = 'SUPPORT'`,
      );
      travel(MINUTE);
    };
    /** What an upgrade does: the migration runs on the tables as they are. */
    const upgrade = async () => {
      const knex = createKnex(knexConfig(new Secret(database.ownerUrl)));
      await asOwner(database, `alter table offices add constraint ${CONSTRAINT} check (true)`);
      try {
        await knex.migrate.down({ name: MIGRATION });
      } finally {
        await knex.destroy();
      }
      await migrate({ owner: new Secret(database.ownerUrl), application: new Secret(database.url) });
      travel(MINUTE);
    };

    it("T123 nothing that was proved by the password alone gets a token: session, code, refresh token", async () => {
      await older();
      const browser = vestibule.browser();
      const tokens = await tokensFor(browser, application, dana);
      expect(claimsOf(tokens.id)["amr"], "as it was").to.deep.equal(["pwd"]);
      const request = vestibule.request();
      const unspent = new URL((await follow(browser, await browser.get(request.url))).location);
      expect(unspent.searchParams.has("code")).to.equal(true);
      await upgrade();
      expect(await policy()).to.deep.equal(STRICT);
      const codes = await redeem(browser, application, { redirect: unspent, request });
      const refreshed = await refresh(browser, application, tokens.refresh);
      const silent = await browser.get(
        authorizationRequest(browser.issuer, application, { prompt: "none" }).url,
      );
      expect([codes.body["error"], refreshed.body["error"]]).to.deep.equal([
        "invalid_grant",
        "invalid_grant",
      ]);
      expect(new URL(silent.location).searchParams.get("error")).to.equal("login_required");
    });

    it("T123 nor does a trusted browser", async () => {
      const { secret } = await giveApp(services, dana);
      await older();
      const browser = vestibule.browser();
      const request = vestibule.request();
      const page = await givePassword(browser, await follow(browser, await browser.get(request.url)), dana);
      const trusting = await sendForm(browser, page, { code: totpNow(secret), trust: "yes" });
      expect(hasCode(trusting)).to.equal(true);
      const again = async () => {
        browser.forget("vestibule-session");
        const begun = await follow(browser, await browser.get(vestibule.request().url));
        return givePassword(browser, begun, dana);
      };
      expect(hasCode(await again()), "as it was").to.equal(true);
      await upgrade();
      expect(pageName(await again())).to.equal("challenge-totp");
    });

    it("T123 nor does a device that was let in by the password alone", async () => {
      await older();
      const asked = await vestibule.browser().send("/device/authorize", {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ client_id: television.id, scope: "openid offline_access" }).toString(),
      });
      const device = JSON.parse(asked.body) as { device_code: string; user_code: string };
      const browser = vestibule.browser();
      const typed = await browser.get("/device");
      const confirm = await browser.post(formAction(typed), {
        xsrf: hiddenField(typed, "xsrf"),
        user_code: device.user_code,
      });
      const begun = await follow(
        browser,
        await browser.post(formAction(confirm), {
          xsrf: hiddenField(confirm, "xsrf"),
          user_code: hiddenField(confirm, "user_code"),
          confirm: "yes",
        }),
      );
      expect((await givePassword(browser, begun, dana)).status).to.equal(200);
      await upgrade();
      const poll = await callToken(vestibule.browser(), television, {
        grant_type: DEVICE_GRANT,
        device_code: device.device_code,
      });
      expect(poll.body["error"]).to.equal("invalid_grant");
    });
  });
});

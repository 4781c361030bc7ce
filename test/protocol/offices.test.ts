import { expect } from "chai";
import { homeOf } from "../../src/kernel/home.ts";
import { asOwner } from "../support/database.ts";
import { makeOfficeAt } from "../support/homes.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
} from "../support/relying-party.ts";
import { giveApp, hasCode, makeStrictOffice, sibling, type TestApp } from "../support/second-factor.ts";
import { refresh, tokensFor } from "../support/tokens.ts";
import { totpAt } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useFresh } from "../support/suite-resource.ts";

describe("offices and applications", () => {
  const vestibule = useVestibule();
  let ours: TestUser;
  let theirs: TestUser;
  let namesake: TestUser;
  let app: TestApp;
  let open: TestApplication;
  let pinned: TestApplication;

  before(async () => {
    const { services } = vestibule;
    const office = await makeStrictOffice(services, { code: "NOORD", name: "Noord & Zonen" });
    const other = await makeOffice(services, { code: "ZUID", name: "Zuid" });
    ours = await makeUser(services, office, { username: "sanne" });
    namesake = await makeUser(services, other, { username: "sanne", password: "walnut-harbour-candle-7" });
    theirs = await makeUser(services, other, { username: "piet" });
    app = await giveApp(services, ours);
    open = await makeApplication(services);
    pinned = await makeApplication(services, {}, office.id);
  });

  const enter = async (browser: HttpBrowser, application: TestApplication, user: TestUser): Promise<Page> => {
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, application));
    const { username, password, office } = user;
    return follow(
      browser,
      await sendPassword(browser, page, { officeCode: office.code, username, password }),
    );
  };

  it("T86 lets nobody of another office into an office's own application, whichever office they type", async () => {
    for (const user of [theirs, namesake]) {
      const page = await enter(vestibule.browser(), pinned, user);
      expect(hasCode(page)).to.equal(false);
      expect(page.body).to.contain("The office code, username or password is incorrect.");
    }
  });

  it("T86 gives it no code for a session of another office, silently or otherwise", async () => {
    const browser = vestibule.browser();
    expect(hasCode(await enter(browser, open, theirs)), "signed in elsewhere").to.equal(true);
    const silent = await browser.get(authorizationRequest(vestibule.issuer, pinned, { prompt: "none" }).url);
    expect(new URL(silent.location).searchParams.get("error")).to.equal("login_required");
    const asked = await openSignIn(
      browser,
      authorizationRequest(vestibule.issuer, pinned, { office: "ZUID" }),
    );
    expect(asked.body).to.contain('name="password"').and.contain("Noord &amp; Zonen");
  });

  it("T86 takes no refresh token of its people elsewhere", async () => {
    const { refresh: token } = await tokensFor(vestibule.browser(), open, theirs);
    const answer = await refresh(vestibule.browser(), pinned, token);
    expect([answer.status, answer.body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  describe("T86 with a user who is moved to another office", () => {
    let token: string;
    const canRefresh = async () => {
      const answer = await refresh(vestibule.browser(), pinnedSouth, token);
      return answer.status === 200 ? answer.body["refresh_token"] : answer.body["error"];
    };

    const moved = useFresh(() => makeUser(vestibule.services, theirs.office));
    // One that asks for no more than the former: nothing but the office itself may refuse.
    // At the same home: at another one the database would refuse the row already.
    const elsewhere = useFresh(() => makeOfficeAt(vestibule.services, homeOf(theirs.office.id)));
    const pinnedSouth = useFresh(() => makeApplication(vestibule.services, {}, theirs.office.id));
    beforeEach(async () => {
      ({ refresh: token } = await tokensFor(vestibule.browser(), pinnedSouth, moved));
      token = String(await canRefresh());
      expect(token, "before").to.not.equal("invalid_grant");
    });

    it("T86 cannot be done by the application's own role: the row of neither table goes", async () => {
      const { database } = vestibule.services;
      for (const [table, message] of [
        ["users", "row-level security"],
        ["subjects", "permission denied"],
      ] as const) {
        const text = `update ${table} set office_id = $2 where id = $1`;
        const move = database.inOffice(theirs.office.id, (tx) =>
          tx.query({ name: `move_${table}`, text }, [moved.id, elsewhere.id]),
        );
        const fault = await move.then(
          () => null,
          (error: unknown) => String(error),
        );
        expect(fault, table).to.contain(message);
      }
    });

    for (const [what, tables] of [
      ["their row alone", ["users"]],
      ["whatever names their office", ["users", "subjects"]],
    ] as const) {
      it(`T86 refuses the refresh when the owner of the database has moved ${what}`, async () => {
        for (const table of tables) {
          const text = `update ${table} set office_id = $2 where id = $1`;
          await asOwner(vestibule.database, text, [moved.id, elsewhere.id]);
        }
        expect(await canRefresh()).to.equal("invalid_grant");
      });
    }
  });

  it("T84 hears nothing of another office between password and second factor", async () => {
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, open);
    const page = await openSignIn(browser, request);
    const { username, password, office } = ours;
    const challenge = await follow(
      browser,
      await sendPassword(browser, page, { officeCode: office.code, username, password }),
    );
    for (const name of browser.cookieNames().filter((each) => /office/.test(each))) {
      browser.plant(name, "ZUID");
    }
    browser.plant("vestibule-office", "ZUID");
    const headers = {
      "x-office-id": theirs.office.id,
      "x-tenant": "ZUID",
      "x-forwarded-host": "zuid.example",
      forwarded: "host=zuid.example",
    };
    const again = await browser.get(`${sibling(challenge, "challenge-totp")}?office=ZUID&officeCode=ZUID`, {
      headers,
    });
    expect(again.body).to.contain("Noord &amp; Zonen").and.not.contain("Zuid");
    const fields = {
      _csrf: hiddenField(challenge, "_csrf"),
      code: totpAt(app.secret, Date.now() / 1000),
      office: "ZUID",
      officeCode: "ZUID",
      office_id: theirs.office.id,
    };
    const sent = await follow(browser, await browser.post(formAction(challenge), fields, { headers }));
    const { body } = await redeem(browser, open, { redirect: new URL(sent.location), request });
    expect(claimsOf(body["id_token"])["sub"]).to.equal(ours.id);
    const { body: userinfo } = await browser.get("/userinfo", {
      headers: { authorization: `Bearer ${String(body["access_token"])}` },
    });
    expect(JSON.parse(userinfo)).to.have.nested.property("office.code", "NOORD");
  });
});

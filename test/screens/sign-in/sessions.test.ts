import { expect } from "chai";
import type { Office } from "../../../src/domain/offices/office.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import type { User } from "../../../src/domain/users/user.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { TESTER, makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import {
  claimsOf,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  signIn,
} from "../../support/relying-party.ts";
import { HOUR, MINUTE, SECOND, travel } from "../../support/time.ts";
import { introspect, refresh, tokensOf, userinfo, type Tokens } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SESSION = "vestibule-session";

describe("sessions", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application, services } = vestibule;

  const request = (changes: Record<string, string> = {}) => vestibule.request(changes);

  /** Signs in; answers the tokens. */
  async function signedIn(browser: HttpBrowser, who: TestUser, changes: Record<string, string> = {}) {
    const asked = request(changes);
    const redirect = await signIn(browser, asked, who);
    return tokensOf(await redeem(browser, application, { redirect, request: asked }));
  }

  /** The `sub` that the browser's session gives without a page, or the error. */
  async function silently(browser: HttpBrowser): Promise<unknown> {
    const asked = request({ prompt: "none" });
    const redirect = new URL((await browser.get(asked.url)).location);
    const error = redirect.searchParams.get("error");
    if (error !== null) {
      return error;
    }
    const { body } = await redeem(browser, application, { redirect, request: asked });
    return claimsOf(body["id_token"])["sub"];
  }

  it("T57 gives a new session at each sign-in and ends the one before", async () => {
    const browser = vestibule.browser();
    await signedIn(browser, vestibule.user);
    const first = browser.copy();
    expect(await silently(first)).to.equal(vestibule.user.id);
    await signedIn(browser, vestibule.user, { prompt: "login" });
    expect(sessionOf(browser)).to.not.equal(sessionOf(first));
    expect(await silently(first), "the session from before").to.equal("login_required");
    expect(await silently(browser)).to.equal(vestibule.user.id);
  });

  it("T57 signs nobody into a session that an attacker has planted", async () => {
    const attacker = await makeUser(services, vestibule.office);
    const evil = vestibule.browser();
    await signedIn(evil, attacker);
    const planted = evil.copy();
    const victim = evil.copy();
    const page = await openSignIn(victim, request({ prompt: "login" }));
    const { username, password } = vestibule.user;
    const typed = { officeCode: vestibule.office.code, username, password };
    // The session of another user is ended first, by a form that sends itself.
    const leaving = await follow(victim, await sendPassword(victim, page, typed));
    const fields = { xsrf: hiddenField(leaving, "xsrf"), logout: "yes" };
    const answer = await follow(victim, await victim.post(formAction(leaving), fields));
    expect(answer.location).to.match(/^https:\/\/app\.test\/cb\?code=/);
    expect(sessionOf(victim)).to.not.equal(sessionOf(planted));
    expect(await silently(planted)).to.equal("login_required");
    expect(await silently(victim)).to.equal(vestibule.user.id);
  });

  it("T57 signs nobody in by an interaction whose cookies an attacker has planted and kept", async () => {
    const evil = vestibule.browser();
    const page = await openSignIn(evil, request());
    const victim = evil.copy();
    const { username, password } = vestibule.user;
    await follow(
      victim,
      await sendPassword(victim, page, { officeCode: vestibule.office.code, username, password }),
    );
    expect(await silently(victim)).to.equal(vestibule.user.id);
    await evil.get(page.url);
    await evil.get(page.url.replace("/interaction/", "/authorize/"));
    expect(await silently(evil), "the attacker").to.equal("login_required");
  });

  it("T57 takes no session id that a browser made up", async () => {
    const browser = vestibule.browser();
    await signedIn(browser, vestibule.user);
    const invented = vestibule.browser();
    invented.plant(SESSION, "A".repeat(43));
    expect(await silently(invented)).to.equal("login_required");
    const unsigned = vestibule.browser();
    unsigned.plant(SESSION, sessionOf(browser));
    expect(await silently(unsigned), "without its signature").to.equal("login_required");
  });

  it("T62 ends a session that nobody has used for an hour", async () => {
    const browser = vestibule.browser();
    await signedIn(browser, vestibule.user);
    travel(59 * MINUTE);
    expect(await silently(browser), "after 59 minutes").to.equal(vestibule.user.id);
    travel(59 * MINUTE);
    expect(await silently(browser), "used in between").to.equal(vestibule.user.id);
    travel(61 * MINUTE);
    expect(await silently(browser), "after 61 idle minutes").to.equal("login_required");
    expect((await browser.get(request().url)).location, "a sign-in begins").to.contain("/interaction/");
  });

  it("T62 ends a session twelve hours after the sign-in, however busy it was", async () => {
    const browser = vestibule.browser();
    await signedIn(browser, vestibule.user);
    for (let used = 0; used < 14; used += 1) {
      travel(50 * MINUTE);
      expect(await silently(browser), `use ${String(used + 1)}`).to.equal(vestibule.user.id);
    }
    travel(21 * MINUTE);
    expect(await silently(browser), "after 12 hours").to.equal("login_required");
  });

  it("T62 ends a session earlier where the office says so, also one that began before it did", async () => {
    const strict = await makeOffice(services);
    const colleague = await makeUser(services, strict);
    const browser = vestibule.browser();
    await signedIn(browser, colleague);
    await changeOffice(strict, (found) => ({ ...found, sessionMinutes: 30 }));
    travel(29 * MINUTE);
    expect(await silently(browser), "after 29 minutes").to.equal(colleague.id);
    travel(2 * MINUTE);
    expect(await silently(browser), "after 31 minutes").to.equal("login_required");
  });

  it("T62 gives a sign-in an hour, and then says so", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, request());
    // oidc-provider forgives a quarter of a minute.
    travel(HOUR + 20 * SECOND);
    const { username, password } = vestibule.user;
    const answer = await sendPassword(browser, page, {
      officeCode: vestibule.office.code,
      username,
      password,
    });
    expect(answer.status).to.equal(400);
    expect(answer.body).to.contain("This sign-in has expired").and.contain('href="https://app.test/"');
  });

  const ends: Readonly<Record<string, (who: TestUser) => Promise<unknown>>> = {
    "a disabled user": async (who) => services.administration.users.disable(await found(who), TESTER),
    "a closed office": (who) => changeOffice(who.office, (is) => ({ ...is, status: "closed" })),
    "a changed password": async (who) =>
      services.administration.users.changePassword(await found(who), {
        password: new Secret("orange-window-bicycle-77"),
        by: TESTER,
        office: who.office,
      }),
    "a deleted user": (who) => asOwner(vestibule.database, "delete from users where id = $1", [who.id]),
  };
  for (const [what, end] of Object.entries(ends)) {
    it(`T63 leaves nothing alive of ${what}`, async () => {
      const who = await makeUser(services, await makeOffice(services));
      const browser = vestibule.browser();
      const tokens = await signedIn(browser, who);
      const asked = request();
      const redirect = new URL((await browser.get(asked.url)).location);
      await end(who);
      const late = await redeem(browser, application, { redirect, request: asked });
      expect(late.body["error"], "code").to.equal("invalid_grant");
      expect(await silently(browser), "session").to.equal("login_required");
      await expectDead(tokens);
    });
  }

  it("T63 brings nothing back when a user is enabled again", async () => {
    const who = await makeUser(services, vestibule.office);
    const browser = vestibule.browser();
    const tokens = await signedIn(browser, who);
    await services.administration.users.disable(await found(who), TESTER);
    await services.administration.users.enable(await found(who), TESTER);
    expect(await silently(browser)).to.equal("login_required");
    await expectDead(tokens);
    travel(2 * SECOND);
    expect((await signedIn(vestibule.browser(), who)).access).to.be.a("string");
  });

  it("T63 finishes no sign-in of a user who was disabled after the password", async () => {
    const who = await makeUser(services, vestibule.office);
    const browser = vestibule.browser();
    const page = await openSignIn(browser, request());
    const { username, password } = who;
    const proved = await sendPassword(browser, page, {
      officeCode: vestibule.office.code,
      username,
      password,
    });
    expect(proved.status).to.equal(303);
    await services.administration.users.disable(await found(who), TESTER);
    const answer = await follow(browser, proved);
    expect(answer.location).to.not.contain("code=");
    expect(await silently(browser)).to.equal("login_required");
  });

  /** A colleague's tokens go on working, so that a dead endpoint cannot pass for dead tokens. */
  async function expectDead(tokens: Tokens): Promise<void> {
    const browser = vestibule.browser();
    const alive = await signedIn(vestibule.browser(), vestibule.user);
    expect((await userinfo(browser, tokens.access)).status, "userinfo").to.equal(401);
    expect((await userinfo(browser, alive.access)).status).to.equal(200);
    expect((await introspect(browser, application, tokens.access)).body).to.deep.equal({
      active: false,
    });
    expect((await introspect(browser, application, alive.access)).body).to.include({
      active: true,
    });
    expect((await introspect(browser, application, tokens.refresh)).body).to.deep.equal({
      active: false,
    });
    expect((await refresh(browser, application, tokens.refresh)).body["error"]).to.equal("invalid_grant");
    expect((await refresh(browser, application, alive.refresh)).status).to.equal(200);
  }

  async function found(who: TestUser): Promise<User> {
    const user = await services.users.findByUsername(who.office.id, who.username);
    if (user === null) {
      throw new Error("The user is not there.");
    }
    return user;
  }

  async function changeOffice({ id }: TestOffice, change: (office: Office) => Office): Promise<void> {
    const { offices, officeService } = services;
    const found = await offices.find(id);
    if (found === null) {
      throw new Error("The office is not there.");
    }
    await officeService.change(change(found), "test");
  }
});

function sessionOf(browser: HttpBrowser): string {
  return new RegExp(`${SESSION}=([^;]+)`).exec(browser.cookiesFor("/"))?.[1] ?? "";
}

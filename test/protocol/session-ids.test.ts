import { expect } from "chai";
import { homeOf, homeOfToken } from "../../src/kernel/home.ts";
import { now } from "../../src/kernel/clock.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { makeUser, TESTER, type TestUser } from "../support/people.ts";
import { SECOND, travel } from "../support/time.ts";
import { refresh, tokensFor, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("T135 sessions and their ids", () => {
  const vestibule = useVestibule({ office: {}, application: {} });
  const { application, services } = vestibule;
  let user: TestUser;
  beforeEach(async () => {
    user = await makeUser(services, vestibule.office);
  });

  const sessionOf = (browser: HttpBrowser) =>
    browser.cookies().find(({ name }) => name === "vestibule-session")?.value ?? "";
  const silently = async (browser: HttpBrowser) =>
    new URL((await browser.get(vestibule.request({ prompt: "none" }).url)).location).searchParams;

  it("T135 have 240 random bits behind the home of the office, each sign-in others, and say nothing of the user", async () => {
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) {
      const browser = vestibule.browser();
      await vestibule.signIn(browser, vestibule.request(), user);
      ids.push(sessionOf(browser));
    }
    expect(new Set(ids).size).to.equal(5);
    for (const id of ids) {
      // 43 of 64 characters; of the first three, 15 bits are the home, and each other one is as likely as the next.
      expect(id).to.match(/^[\w-]{43}$/);
      expect(homeOfToken(id)).to.equal(homeOf(user.office.id));
    }
    for (let place = 3; place < 43; place += 1) {
      expect(new Set(ids.map((id) => id.charAt(place))).size, `place ${String(place)}`).to.be.above(1);
    }
  });

  it("T135 T63 end for one user by an administrator: session, access token and refresh token", async () => {
    const browser = vestibule.browser();
    const other = await makeUser(services, vestibule.office);
    const bystander = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    await tokensFor(bystander, application, other);
    travel(2 * SECOND);
    const found = await services.users.findByUsername(user.office.id, user.username);
    const ended = await services.administration.users.endSessions(found ?? expect.fail(), TESTER);
    expect(ended.type, now().toISOString()).to.equal("ended");
    expect((await silently(browser)).get("error")).to.equal("login_required");
    expect((await userinfo(vestibule.browser(), tokens.access)).status).to.equal(401);
    expect((await refresh(vestibule.browser(), application, tokens.refresh)).status).to.equal(400);
    expect((await silently(bystander)).has("code")).to.equal(true);
  });
});

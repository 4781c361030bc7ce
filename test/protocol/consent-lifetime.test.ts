import { expect } from "chai";
import type { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import {
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
} from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { DAY, travel } from "../support/time.ts";
import { refresh, tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const OFFLINE = "Access lasts for up to 20 days. You can revoke it earlier on your account page.";
const SESSION = "Access ends when you sign out. You can revoke it earlier on your account page.";

describe("how long an application may have access", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_REFRESH_TOKEN_MAXIMUM_DAYS: "20" },
    user: {},
  });
  const stranger = useResource(() => makeApplication(vestibule.services, { firstParty: false }));

  const arrive = async (browser: HttpBrowser, scope: string) => {
    const request = vestibule.request({ scope }, stranger);
    const page = await openSignIn(browser, request);
    const { username, password, office } = vestibule.user;
    const typed = { officeCode: office.code, username, password };
    return { request, page: await follow(browser, await sendPassword(browser, page, typed)) };
  };

  it("T135 T76 is told before it is allowed: until the sign-out", async () => {
    const { page } = await arrive(vestibule.browser(), "openid email");
    expect(page.body).to.contain(SESSION).and.not.contain(OFFLINE);
  });

  it("T135 T76 is told before it is allowed: for days, where it goes on without the user, and it ends then", async () => {
    const browser = vestibule.browser();
    const { request, page } = await arrive(browser, "openid offline_access");
    expect(page.body).to.contain(OFFLINE).and.not.contain(SESSION);
    const allowed = { _csrf: hiddenField(page, "_csrf"), decision: "allow" };
    const { location } = await follow(browser, await browser.post(formAction(page), allowed));
    const redirect = new URL(location);
    const tokens = tokensOf(await redeem(browser, stranger, { redirect, request }));
    travel(11 * DAY);
    const later = await refresh(browser, stranger, tokens.refresh);
    expect(later.status).to.equal(200);
    travel(10 * DAY);
    expect((await refresh(browser, stranger, tokensOf(later).refresh)).status).to.equal(400);
  });
});

import { asOwner } from "./database.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { makeUser, type TestApplication, type TestUser } from "./people.ts";
import { authorizationRequest, claimsOf, follow, redeem, type Request } from "./relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  makeStrictOffice,
  newBrowser,
  sendForm,
  type TestApp,
} from "./second-factor.ts";
import { MINUTE, travel } from "./time.ts";
import { tokensOf, type Tokens } from "./tokens.ts";
import { totpNow } from "./totp.ts";
import type { TestVestibule } from "./vestibule.ts";

/** A user with an app. */
export interface Truster {
  readonly user: TestUser;
  readonly app: TestApp;
}

/** A user with an app, of an office that demands it and lets people trust a browser. A moment later, as tokens count. */
export async function makeTruster(
  { services }: TestVestibule,
  days = 14,
  username?: string,
): Promise<Truster> {
  const office = await makeStrictOffice(services);
  await changeOffice(services, office, { trustedBrowserDays: days });
  const user = await makeUser(services, office, username === undefined ? {} : { username });
  const app = await giveApp(services, user);
  travel(MINUTE);
  return { user, app };
}

/** A new sign-in in this browser, which has been closed since the last one: where it stands after the password. */
export async function passAgain(
  browser: HttpBrowser,
  application: TestApplication,
  user: TestUser,
  changes: Readonly<Record<string, string>> = {},
): Promise<{ page: Page; request: Request }> {
  browser.forget("vestibule-session");
  browser.forget("__Host-vestibule-session");
  // Another code, and another second: nothing of one sign-in is of use in the next.
  travel(MINUTE);
  const request = authorizationRequest(browser.issuer, application, changes);
  const begun = await follow(browser, await browser.get(request.url));
  return { page: await givePassword(browser, begun, user), request };
}

/** A whole sign-in with password and code, with the box ticked; answers the browser. */
export async function trustBrowser(
  vestibule: TestVestibule,
  application: TestApplication,
  { user, app }: Truster,
  browser = newBrowser(vestibule),
): Promise<HttpBrowser> {
  const { page } = await passAgain(browser, application, user, { prompt: "login" });
  await sendForm(browser, page, { code: totpNow(app.secret), trust: "yes" });
  return browser;
}

/** Tokens of a sign-in that has just been done. */
export async function tokensOfPage(
  browser: HttpBrowser,
  application: TestApplication,
  done: { page: Page; request: Request },
): Promise<Tokens & { readonly claims: Readonly<Record<string, unknown>> }> {
  const redirect = new URL(done.page.location);
  const tokens = tokensOf(await redeem(browser, application, { redirect, request: done.request }));
  return { ...tokens, claims: claimsOf(tokens.id) };
}

/** How many browsers a user trusts, as they are stored. */
export async function trustedOf({ database }: TestVestibule, { id }: TestUser): Promise<number> {
  return (await asOwner(database, "select from trusted_browsers where user_id = $1", [id])).length;
}

import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import type { TestApplication } from "../support/people.ts";
import { follow, formAction, hiddenField } from "../support/relying-party.ts";
import type { RelyingSite } from "./relying-site.ts";

/** Where the tests' applications are led after a sign-out. */
export const BYE = "https://app.test/bye";

/** Opens the sign-out and presses its button where there is one; answers the page or redirect at the end. */
export async function signOut(
  browser: HttpBrowser,
  parameters: Readonly<Record<string, string>>,
): Promise<Page> {
  const page = await browser.get(`/sign-out?${new URLSearchParams(parameters).toString()}`);
  if (!page.body.includes('name="xsrf"')) {
    return page;
  }
  const fields = { xsrf: hiddenField(page, "xsrf"), logout: "yes" };
  return follow(browser, await browser.post(formAction(page), fields));
}

/** What a silent request gets, which is how an application sees that a session has ended. */
export async function expectSignedOut(
  site: RelyingSite,
  browser: HttpBrowser,
  client: TestApplication,
): Promise<void> {
  const { redirect } = await site.visit(browser, client, { prompt: "none" });
  expect(redirect.searchParams.get("error")).to.equal("login_required");
}

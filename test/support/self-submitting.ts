import { expect } from "chai";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { formAction, hiddenField } from "./relying-party.ts";
import { expectSecured } from "./secured.ts";

/** Sends the form that our script sends by itself, as a browser would; without a script there is its button. */
export async function letItSubmit(browser: HttpBrowser, page: Page, names: readonly string[]): Promise<Page> {
  expectSecured(page, "a form that sends itself");
  expect(page.body)
    .to.match(/<form [^>]*data-send>/)
    .and.match(/<button[^>]*>Continue<\/button>/);
  const fields = Object.fromEntries(names.map((name) => [name, hiddenField(page, name)]));
  return browser.post(formAction(page), fields);
}

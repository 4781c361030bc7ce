import { createHash } from "node:crypto";
import { expect } from "chai";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { formAction, hiddenField } from "./relying-party.ts";

/** Sends a form that sends itself, as a browser would: only if the page's policy allows its script. */
export async function letItSubmit(browser: HttpBrowser, page: Page, names: readonly string[]): Promise<Page> {
  const script = /<script>([^<]*)<\/script>/.exec(page.body)?.[1] ?? "";
  expect(script).to.contain(".submit()");
  const digest = createHash("sha256").update(script).digest("base64");
  expect(page.headers["content-security-policy"]).to.contain(`'sha256-${digest}'`);
  const fields = Object.fromEntries(names.map((name) => [name, hiddenField(page, name)]));
  return browser.post(formAction(page), fields);
}

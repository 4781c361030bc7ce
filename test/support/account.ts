import { expect } from "chai";
import { setTimeout } from "node:timers/promises";
import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestUser } from "./people.ts";
import { follow, formAction, hiddenField } from "./relying-party.ts";
import { givePassword, pageName, sendForm } from "./second-factor.ts";
import { STEP, totpAt } from "./totp.ts";

/** Codes of steps that only move on, so that several sign-ins within half a minute each have one of their own. */
export class App {
  readonly secret: string;
  #last = 0;

  constructor(secret: string) {
    this.secret = secret;
  }

  /** The oldest code that is still taken when it arrives: three of them in half a minute, the next one waits. */
  async code(): Promise<string> {
    const seconds = Date.now() / 1000;
    const now = Math.floor(seconds / STEP);
    const endsSoon = (now + 1) * STEP - seconds < 5;
    this.#last = Math.max(this.#last + 1, endsSoon ? now : now - 1);
    if (this.#last > now + 1) await setTimeout(((this.#last - 1) * STEP - seconds) * 1000);
    return totpAt(this.secret, this.#last * STEP);
  }
}

/** Opens a page of the account and signs in where that is asked for; answers the page that comes in the end. */
export async function openAccount(
  browser: HttpBrowser,
  path: string,
  person: { user: TestUser; app?: App },
): Promise<Page> {
  const page = await follow(browser, await browser.get(path));
  return pageName(page) === "password" ? prove(browser, page, person) : page;
}

/** Gives password and code on the pages of a sign-in. */
export async function prove(
  browser: HttpBrowser,
  page: Page,
  { user, app }: { user: TestUser; app?: App },
): Promise<Page> {
  const next = await givePassword(browser, page, user);
  return pageName(next) === "challenge-totp"
    ? sendForm(browser, next, { code: (await app?.code()) ?? "" })
    : next;
}

/** Sends a form of the account as its page would; answers what comes at once. */
export function send(
  browser: HttpBrowser,
  page: Page,
  fields: Readonly<Record<string, string>> = {},
): Promise<Page> {
  return browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields });
}

/** The page's own path. */
export const pathOf = (page: Page): string => new URL(page.url).pathname;

export const titleOf = ({ body }: Page): string => /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? "";

/** That a page of the account is shown, and which. */
export function expectOn(page: Page, path: string): void {
  expect([page.status, pathOf(page)], page.location).to.deep.equal([200, path]);
}

import type { HttpBrowser, Page } from "./http-browser.ts";
import { giveNumber, sentSms } from "./mobile-numbers.ts";
import { makeUser, type TestOffice, type TestUser } from "./people.ts";
import { passPassword, sibling } from "./second-factor.ts";
import type { World } from "./use-vestibule.ts";

/** How users of an office sign in with codes by text message. */
export function smsSignIn(world: World, office: TestOffice) {
  /** The codes that a number was sent, newest first. */
  const codes = async (number: string) =>
    (await sentSms(world.database, number)).map(({ code }) => code).filter((code) => code !== "");
  return {
    codes,
    code: async (number: string) => (await codes(number))[0] ?? "",
    userWithNumber: async (): Promise<{ user: TestUser; number: string }> => {
      const user = await makeUser(world.services, office);
      return { user, number: await giveNumber(world.services, user) };
    },
    arrive: async (user: TestUser) => {
      const browser = world.browser();
      return { browser, page: await passPassword(browser, world.application, user) };
    },
    at: (page: Page) => page.url.split("/").at(-1),
    openPage: (browser: HttpBrowser, page: Page, name: string) => browser.get(sibling(page, name)),
  };
}

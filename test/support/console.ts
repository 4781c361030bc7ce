import type { Services } from "../../src/server/wiring/services.ts";
import type { ConsoleDeps } from "../../src/screens/console/console-deps.ts";
import type { Role } from "../../src/domain/access/role.ts";
import { App, prove } from "./account.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { makeUser, type TestOffice, type TestUser } from "./people.ts";
import { follow } from "./relying-party.ts";
import { giveApp, newBrowser, pageName } from "./second-factor.ts";
import type { TestVestibule } from "./vestibule.ts";

/** For tests that only have to know which pages there are: they are listed, and none of them runs. */
export const PAGE_PARTS = new Proxy({} as ConsoleDeps, { get: () => new Proxy({}, {}) });

/** A member of staff, who has an app. */
export interface Staff {
  readonly user: TestUser;
  readonly secret: string;
}

export async function makeStaff(
  services: Services,
  office: TestOffice,
  changes: { role: Role; name?: string; username?: string },
): Promise<Staff> {
  const user = await makeUser(services, office, changes);
  return { user, secret: (await giveApp(services, user)).secret };
}

/** The office of the platform's own staff. */
export const supportOffice = ({ officeService }: Services): Promise<TestOffice> =>
  officeService.supportOffice("Vestibule", "test");

/** Opens a page of the console and signs in where that is asked for; answers the page that comes in the end. */
export async function openConsole(
  browser: HttpBrowser,
  path: string,
  { user, secret }: Staff,
  app = new App(secret),
): Promise<Page> {
  const page = await follow(browser, await browser.get(path));
  return pageName(page) === "password" ? prove(browser, page, { user, app }) : page;
}

/** A browser in which a user has just signed in to the console, with the codes that they have left. */
export async function atConsole(
  vestibule: TestVestibule,
  staff: Staff,
  app = new App(staff.secret),
): Promise<{ browser: HttpBrowser; app: App }> {
  const browser = newBrowser(vestibule);
  const page = await openConsole(browser, "/console", staff, app);
  if (!new URL(page.url).pathname.startsWith("/console/")) {
    throw new Error(`The sign-in to the console ended at ${page.url}.`);
  }
  return { browser, app };
}

/** What differs between two answers that are the same: the request's own marks. */
export const plain = ({ body }: Page): string =>
  body
    .replaceAll(/<code>[\w-]{12}<\/code>/g, "<code>id</code>")
    .replaceAll(/\?lang=|href="[^"]*\?[^"]*lang=/g, "");

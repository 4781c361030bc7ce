import { asOwner } from "./database.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { makeApplication, makeUser, type TestApplication, type TestUser } from "./people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
  type Request,
} from "./relying-party.ts";
import { changeOffice, giveApp, makeStrictOffice } from "./second-factor.ts";
import { totpNow } from "./totp.ts";
import type { World } from "./use-vestibule.ts";

export const RESOURCE = "https://invoices.example";

/** Applications of every kind that the artefacts need. */
export interface Applications {
  readonly web: TestApplication;
  readonly device: TestApplication;
  /** Not of the installation: it asks for consent. */
  readonly foreign: TestApplication;
}

export async function makeApplications({ services }: World): Promise<Applications> {
  await makeApplication(services, {
    type: "machine",
    redirectUris: [],
    firstParty: false,
    name: "Invoices",
    resourceIdentifier: RESOURCE,
    resourceScopes: ["invoices:read"],
  });
  return {
    web: await makeApplication(services, { resources: [RESOURCE] }),
    device: await makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true }),
    foreign: await makeApplication(services, { firstParty: false }),
  };
}

/** An accountant with an app, in an office that demands it and lets people trust a browser. */
export class ProvedPerson {
  readonly world: World;
  readonly user: TestUser;
  readonly colleague: TestUser;
  readonly mail: string;
  readonly #secret: string;
  /** Recovery codes, unused. */
  readonly codes: readonly string[];
  /** Changes with the cuts that change it. */
  password: string;

  private constructor(
    world: World,
    made: Pick<ProvedPerson, "user" | "colleague" | "mail" | "codes"> & { secret: string },
  ) {
    this.world = world;
    this.user = made.user;
    this.colleague = made.colleague;
    this.mail = made.mail;
    this.#secret = made.secret;
    this.codes = made.codes;
    this.password = made.user.password;
  }

  static async make(world: World, mail: string): Promise<ProvedPerson> {
    const { services } = world;
    const office = await makeStrictOffice(services);
    await changeOffice(services, office, { trustedBrowserDays: 14 });
    const user = await makeUser(services, office, { role: "accountant", mail });
    const colleague = await makeUser(services, office, { mail: `colleague-of-${mail}` });
    const { secret, codes } = await giveApp(services, user);
    return new ProvedPerson(world, { user, colleague, mail, secret, codes });
  }

  request(application: TestApplication, changes: Readonly<Record<string, string>> = {}): Request {
    return authorizationRequest(this.world.issuer, application, changes);
  }

  /** From the password page to the redirect or page that follows it. */
  givePassword(browser: HttpBrowser, page: Page): Promise<Page> {
    const { username, office } = this.user;
    return sendPassword(browser, page, { officeCode: office.code, username, password: this.password });
  }

  /** The current code, however often it was used: the clock stands still while artefacts are made. */
  async giveCode(browser: HttpBrowser, page: Page, more: Record<string, string> = {}): Promise<Page> {
    await asOwner(this.world.database, "update factors set last_step = 0 where user_id = $1", [this.user.id]);
    const fields = { _csrf: hiddenField(page, "_csrf"), code: totpNow(this.#secret), ...more };
    return browser.post(formAction(page), fields);
  }

  /** Password and code, up to the redirect that ends the sign-in. */
  async finish(browser: HttpBrowser, page: Page, more: Record<string, string> = {}): Promise<Page> {
    const challenge = await follow(browser, await this.givePassword(browser, page));
    return this.giveCode(browser, challenge, more);
  }

  /** A browser that has just signed in to an application with password and code. */
  async signedIn(application: TestApplication, more: Record<string, string> = {}): Promise<HttpBrowser> {
    const browser = this.world.browser();
    const page = await openSignIn(browser, this.request(application));
    await follow(browser, await this.finish(browser, page, more));
    return browser;
  }

  /** A sign-in in a trusted browser, up to the redirect that ends it: the password is enough. */
  async finishTrusted(trusted: HttpBrowser, application: TestApplication) {
    const browser = trusted.copy();
    browser.forget("vestibule-session");
    const page = await openSignIn(browser, this.request(application));
    return { browser, redirect: await this.givePassword(browser, page) };
  }
}

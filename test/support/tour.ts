import { HttpBrowser, type Page } from "./http-browser.ts";
import { asOwner } from "./database.ts";
import { makeApplication, makeOffice, makeUser, type TestApplication, type TestUser } from "./people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
  signIn,
} from "./relying-party.ts";
import type { TestVestibule } from "./vestibule.ts";

/** Each page that a browser can be shown, by what it shows. */
export type Tour = Readonly<Record<string, Page>>;

/** Names with which offices, people and applications of a tour are made. */
export interface TourNames {
  readonly code?: string;
  readonly office?: string;
  readonly person?: string;
  readonly application?: string;
  /** What the browser asks pages for. */
  readonly language?: string;
}

/** Goes everywhere where Vestibule answers with a page, also wherever something is wrong. */
export async function tourOf(vestibule: TestVestibule, names: TourNames = {}): Promise<Tour> {
  const { services } = vestibule;
  const { code = "TOUR" } = names;
  const office = await makeOffice(services, { code, ...optional("name", names.office) });
  const user = await makeUser(services, office, optional("name", names.person));
  const application = await makeApplication(services, optional("name", names.application));
  const foreign = await makeApplication(services, {
    name: "Foreign",
    firstParty: false,
    ...optional("name", names.application),
  });
  const guide = new Guide(vestibule, names.language);
  return {
    ...(await guide.plainPages(code)),
    ...(await guide.mistakes(application)),
    ...(await guide.links(user)),
    ...(await guide.signInPages(application, user)),
    ...(await guide.blocked(application, user)),
    ...(await guide.consent(foreign, user)),
    ...(await guide.signOut(application, user)),
  };
}

class Guide {
  readonly #vestibule: TestVestibule;
  readonly #language: string;

  constructor(vestibule: TestVestibule, language = "") {
    this.#vestibule = vestibule;
    this.#language = language;
  }

  async plainPages(code: string): Promise<Tour> {
    const browser = this.#browser();
    const uid = "A".repeat(43);
    return {
      welcome: await browser.get("/"),
      office: await browser.get(`/o/${code}`),
      "office in Dutch": await this.#browser().get(`/o/${code}?lang=nl`),
      "unknown office": await browser.get("/o/nobody"),
      "forgotten password": await browser.get(`/forgot-password?from=${uid}`),
      "forgotten office code": await browser.get("/which-office-code"),
      "link was sent": await browser.get("/forgot-password/sent"),
      "office code was sent": await browser.get("/which-office-code/sent"),
      "moved link": await browser.get(`/reset-password/${"A".repeat(64)}`),
      "link that does not work": await browser.get("/reset-password"),
      "invitation that does not work": await browser.get("/invitation"),
      "link that cancels nothing": await browser.get("/not-me"),
      "no page": await browser.get("/nothing/here"),
      "unknown sign-in": await browser.get(`/interaction/${uid}`),
      "ended sign-in": await browser.get(`/authorize/${uid}`),
      "wrong method": await browser.send("/", { method: "DELETE" }),
      "malformed address": await browser.get("/o/%E0%A4%A"),
    };
  }

  async mistakes(application: TestApplication): Promise<Tour> {
    const browser = this.#browser();
    const ask = (changes: Record<string, string | null>) =>
      browser.get(authorizationRequest(browser.issuer, application, changes).url);
    return {
      "unknown application": await ask({ client_id: "app_unknown" }),
      "no application": await ask({ client_id: null }),
      "wrong return address": await ask({ redirect_uri: "https://evil.test/cb" }),
      "parameter twice": await browser.get(
        `${authorizationRequest(browser.issuer, application).url}&client_id=${application.id}`,
      ),
      "posted answer": await ask({ response_mode: "form_post", prompt: "none" }),
    };
  }

  async links({ id, office }: TestUser): Promise<Tour> {
    const { services } = this.#vestibule;
    const account = await services.users.findAccount(id);
    const make = (purpose: "password-reset" | "invitation" | "not-me") => {
      const data = { mail: account?.mail ?? null, kind: "number-change" };
      const link = { purpose, officeId: office.id, userId: id, at: new Date(Date.now()), data };
      return services.database.inOffice(office.id, (tx) => services.stores.links.make(tx, link));
    };
    const open = async (path: string, purpose: Parameters<typeof make>[0]) => {
      const browser = this.#browser();
      return follow(browser, await browser.get(`${path}/${(await make(purpose)).reveal()}`));
    };
    return {
      "new password": await open("/reset-password", "password-reset"),
      invitation: await open("/invitation", "invitation"),
      "not me": await open("/not-me", "not-me"),
    };
  }

  async signInPages(application: TestApplication, user: TestUser): Promise<Tour> {
    const browser = this.#browser();
    const page = await openSignIn(browser, authorizationRequest(browser.issuer, application));
    const { office, username, password } = user;
    const typed = { officeCode: office.code, username, password: "not the password" };
    const large = { ...typed, _csrf: hiddenField(page, "_csrf"), password: "x".repeat(20_000) };
    const pinned = authorizationRequest(browser.issuer, application, { office: office.code });
    return {
      "password page": page,
      "password page of an office": await openSignIn(this.#browser(), pinned),
      "wrong password": await sendPassword(browser, page, typed),
      "empty form": await sendPassword(browser, page, { officeCode: "", username: "", password: "" }),
      "form without its token": await browser.post(formAction(page), { ...typed }),
      "form that is too large": await browser.post(formAction(page), large),
      "finished sign-in": await this.#finished(browser, page, { ...typed, password }),
    };
  }

  async #finished(
    browser: HttpBrowser,
    page: Page,
    typed: { officeCode: string; username: string; password: string },
  ): Promise<Page> {
    await follow(browser, await sendPassword(browser, page, typed));
    return browser.get(page.url);
  }

  async blocked(application: TestApplication, user: TestUser): Promise<Tour> {
    const browser = this.#browser();
    const page = await openSignIn(browser, authorizationRequest(browser.issuer, application));
    const { office, username, password } = user;
    await this.#setBlock(user, "infinity");
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    const blocked = await follow(browser, sent).finally(() => this.#setBlock(user, "-infinity"));
    return { blocked };
  }

  async #setBlock(user: TestUser, until: string): Promise<void> {
    await asOwner(
      this.#vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, blocked_until)
       values (home_of($1), $1, $2, case $3 when 'infinity' then now() + interval '1 hour' end)
       on conflict (home, office_id, user_id) do update set blocked_until = excluded.blocked_until`,
      [user.office.id, user.id, until],
    );
  }

  async consent(application: TestApplication, user: TestUser): Promise<Tour> {
    const browser = this.#browser();
    const page = await openSignIn(browser, authorizationRequest(browser.issuer, application));
    const { office, username, password } = user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    const consent = await follow(browser, sent);
    return { consent, "consent without its token": await browser.post(formAction(consent), {}) };
  }

  async signOut(application: TestApplication, user: TestUser): Promise<Tour> {
    const browser = this.#browser();
    const nobody = await browser.get("/sign-out");
    await signIn(browser, authorizationRequest(browser.issuer, application), user);
    const posted = await browser.get(
      authorizationRequest(browser.issuer, application, { response_mode: "form_post" }).url,
    );
    const page = await browser.get(`/sign-out?client_id=${application.id}`);
    const older = { xsrf: "older", client_id: application.id };
    const again = await follow(browser, await browser.post(formAction(page), older));
    const fields = { xsrf: hiddenField(again, "xsrf"), logout: "yes" };
    return {
      "sign-out of nobody": nobody,
      "posted code": posted,
      "sign-out": page,
      "sign-out by the form of an older page": again,
      "signed out": await follow(browser, await browser.post(formAction(page), fields)),
      "sign-out by a form of another site": await browser
        .fresh()
        .post("/sign-out", {}, { headers: { origin: "https://app.test" } }),
    };
  }

  #browser(): HttpBrowser {
    return new HttpBrowser(this.#vestibule.issuer, this.#vestibule.settings.port, this.#language);
  }
}

const optional = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });

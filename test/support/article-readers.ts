import type { Page } from "playwright-core";
import type { Language } from "../../src/kernel/languages.ts";
import { App } from "./account.ts";
import { spoken } from "./catalogue.ts";
import { makeStaff, supportOffice, type Staff } from "./console.ts";
import { giveCode } from "./factor-pages.ts";
import { button, link, onPage } from "./pages.ts";
import type { TestUser } from "./people.ts";
import { useVestibule } from "./use-vestibule.ts";
import { useBrowser } from "./visitors.ts";
import { wordsIn } from "./words.ts";

export const SUPPORT_MAIL = "help@platform.example";
const REASON = "Called back on the number of the office";

/** The people of the help article, who read the pages in one language. Call it inside `describe`. */
export function useReaders(language: Language) {
  const open = useBrowser();
  const vestibule = useVestibule({ application: {}, settings: { VESTIBULE_SUPPORT_EMAIL: SUPPORT_MAIL } });
  const [t, words] = [spoken(language), wordsIn(language)];

  async function signIn(page: Page, { office, username, password }: TestUser): Promise<void> {
    await page.getByLabel(words.officeCode, { exact: true }).fill(office.code);
    await page.getByLabel(words.username, { exact: true }).fill(username);
    await page.getByRole("textbox", { name: words.password, exact: true }).fill(password);
    await button(page, words.signIn).click();
  }

  /** A user in a browser of their own, after the password: on the way to the application unless an address is given. */
  async function visit(user: TestUser, address = vestibule.request().url): Promise<Page> {
    const { page } = await open({ locale: words.locale });
    await page.goto(address);
    await signIn(page, user);
    return page;
  }

  /** A member of staff at the console, on the page of a user where one is given. */
  async function atConsole({ user: staff, secret }: Staff, user?: TestUser): Promise<Page> {
    const below = user === undefined ? "" : `/o/${user.office.code}/users/${user.id}`;
    const page = await visit(staff, `${vestibule.issuer}/console${below}`);
    await giveCode(page, words, await new App(secret).code());
    await page.waitForURL("**/console/o/**");
    return page;
  }

  return {
    t,
    words,
    vestibule,
    visit,
    atConsole,
    superuser: (office: TestUser["office"]) => makeStaff(vestibule.services, office, { role: "superuser" }),
    accountant: (office: TestUser["office"]) => makeStaff(vestibule.services, office, { role: "accountant" }),
    support: async () =>
      makeStaff(vestibule.services, await supportOffice(vestibule.services), { role: "support" }),
    arrived: (page: Page) => onPage(page, "Arrived"),
    main: (page: Page) => page.getByRole("main").innerText(),
    press: (page: Page, key: string) => button(page, t(key)).click(),
    follow: (page: Page, key: string) => link(page, t(key)).first().click(),
    /** The link beside a fact, which names what it does and to what. */
    change: (page: Page, what: string, fact: string) => link(page, `${t(what)} ${t(fact)}`).click(),
    pick: (page: Page, key: string) => page.getByRole("radio", { name: t(key) }).check(),
    reason: (page: Page) => page.getByLabel(t("console.reason.label"), { exact: true }).fill(REASON),
    saveCodes: async (page: Page) => {
      await onPage(page, words.save);
      await page.getByLabel(words.saved).check();
      await button(page, words.continue).click();
    },
  };
}

export type Readers = ReturnType<typeof useReaders>;

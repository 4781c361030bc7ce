import { expect } from "chai";
import { LANGUAGE_CODES, LANGUAGES } from "../../../src/kernel/languages.ts";
import { englishOn } from "../../support/english.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { makeUser } from "../../support/people.ts";
import { authorizationRequest, openSignIn } from "../../support/relying-party.ts";
import { givePassword, makeStrictOffice } from "../../support/second-factor.ts";
import { tourOf } from "../../support/tour.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const languageOf = ({ body }: Page): string => /<html lang="([^"]*)"/.exec(body)?.[1] ?? "";

/** The addresses of the switch, by language. */
const switchOf = ({ body }: Page): Map<string, string> =>
  new Map(
    [...body.matchAll(/<a href="([^"]*)" lang="\w+" hreflang="(\w+)"/g)].map(
      ([, href = "", language = ""]) => [language, href.replaceAll("&amp;", "&")],
    ),
  );

const isPage = ({ body }: Page): boolean => body.startsWith("<!doctype html>");

/** What decides the language, and every page in every language, without a script. */
describe("the language of the pages", () => {
  const vestibule = useVestibule({ application: {} });

  const browserIn = (language: string) =>
    new HttpBrowser(vestibule.issuer, vestibule.settings.port, language);
  const signInIn = async (browser: HttpBrowser, wish: string | null) => {
    const changes = wish === null ? {} : { ui_locales: wish };
    return openSignIn(browser, authorizationRequest(browser.issuer, vestibule.application, changes));
  };

  for (const language of ["de", "fr"] as const) {
    it(`is ${LANGUAGES[language]} on every page for users who prefer it, with no word of English`, async () => {
      const pages = await tourOf(vestibule, { code: `TOUR-${language}`, language });
      const shown = Object.entries(pages).filter(
        ([name, page]) => isPage(page) && name !== "office in Dutch",
      );
      expect(shown.length).to.be.greaterThan(25);
      for (const [name, page] of shown) {
        expect(languageOf(page), name).to.equal(language);
        expect(englishOn(page.body, language), name).to.deep.equal([]);
      }
    });
  }

  it("can be switched on every page, among four, and the address of the page stays", async () => {
    const pages = Object.entries(await tourOf(vestibule, { code: "TOUR-SWITCH" }));
    for (const [name, page] of pages.filter(([, page]) => isPage(page))) {
      const links = switchOf(page);
      expect([...links.keys()], name).to.deep.equal([...LANGUAGE_CODES]);
      for (const [language, href] of links) {
        const target = new URL(href, page.url);
        const before = new URL(page.url);
        expect(target.searchParams.get("lang"), name).to.equal(language);
        target.searchParams.delete("lang");
        before.searchParams.delete("lang");
        expect([target.pathname, target.search], name).to.deep.equal([before.pathname, before.search]);
      }
    }
  });

  it("is switched in the middle of a sign-in without losing it, and stays switched", async () => {
    const browser = browserIn("en");
    const page = await signInIn(browser, null);
    const french = await browser.get(switchOf(page).get("fr") ?? "");
    expect(french.body).to.contain('lang="fr"').and.to.contain("<h1>Connexion</h1>");
    expect((await browser.get(page.url)).body).to.contain("<h1>Connexion</h1>");
    const german = await browser.get(switchOf(french).get("de") ?? "");
    expect(german.body).to.contain("<h1>Anmelden</h1>");
    expect(languageOf(await browser.get("/nowhere"))).to.equal("de");
  });

  it("follows the browser's list, with regions, and is English where none of it is spoken", async () => {
    const wishes = {
      "de-AT,de;q=0.9,en;q=0.8": "de",
      "fr-CH": "fr",
      "sv,nl;q=0.5,fr;q=0.7": "fr",
      "nl-BE,fr;q=0.9": "nl",
      "sv, fi": "en",
      "*": "en",
    };
    for (const [wish, language] of Object.entries(wishes)) {
      expect(languageOf(await browserIn(wish).get("/")), wish).to.equal(language);
    }
  });

  it("follows the application's ui_locales, by the first part of each", async () => {
    const wishes = { "fr-CA en": "fr", "sv de-CH nl": "de", DE: "de", "fry den": "nl", "": "nl" };
    for (const [wish, language] of Object.entries(wishes)) {
      expect(languageOf(await signInIn(browserIn("nl"), wish)), wish).to.equal(language);
    }
  });

  it("is the one of the account from the right password on, unless the browser or the application chose one", async () => {
    const { services } = vestibule;
    const office = await makeStrictOffice(services);
    const user = await makeUser(services, office, { language: "de" });
    const afterPassword = async (browser: HttpBrowser, wish: string | null) => {
      const page = await signInIn(browser, wish);
      return [languageOf(page), languageOf(await givePassword(browser, page, user))];
    };
    expect(await afterPassword(browserIn("nl"), null)).to.deep.equal(["nl", "de"]);
    expect(await afterPassword(browserIn("nl"), "fr")).to.deep.equal(["fr", "fr"]);
    expect(await afterPassword(browserIn("nl"), "sv")).to.deep.equal(["nl", "de"]);
    const chosen = browserIn("nl");
    await chosen.get("/?lang=fr");
    expect(await afterPassword(chosen, null)).to.deep.equal(["fr", "fr"]);
  });

  it("is the browser's, and not the office's, for users who keep none in the account", async () => {
    const { services } = vestibule;
    const office = await makeStrictOffice(services);
    const user = await makeUser(services, office);
    const browser = browserIn("fr");
    expect(languageOf(await givePassword(browser, await signInIn(browser, null), user))).to.equal("fr");
  });

  it("is announced to applications", async () => {
    const { body } = await browserIn("").get("/.well-known/openid-configuration");
    expect(JSON.parse(body)).to.deep.include({ ui_locales_supported: ["en", "nl", "de", "fr"] });
  });
});

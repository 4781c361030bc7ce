import { expect } from "chai";
import { spoken } from "../support/catalogue.ts";
import { ANNA, useDemo } from "../support/demo.ts";
import { button, link, onPage, wrongField } from "../support/pages.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useBrowser } from "../support/visitors.ts";
import { useResource } from "../support/suite-resource.ts";

describe("in Dutch", () => {
  const open = useBrowser();
  const address = (changes: Record<string, string> = {}) =>
    authorizationRequest(demo.vestibule.issuer, application, changes).url;

  const demo = useDemo();
  const application = useResource(() => makeApplication(demo.vestibule.services, { firstParty: false }));

  it("a user who has pressed the switch signs in and out, and stays in Dutch", async () => {
    const { page } = await open();
    await page.goto(`${demo.url}/sign-in`);
    await link(page, "Nederlands").click();
    await onPage(page, "Inloggen");
    expect(await page.getAttribute("html", "lang")).to.equal("nl");
    await page.getByLabel("Kantoorcode").fill(ANNA.officeCode);
    await page.getByLabel("Gebruikersnaam").fill(ANNA.username);
    await button(page, "Inloggen").click();
    expect(await page.title()).to.match(/^Fout: Inloggen/);
    await wrongField(page, spoken("nl")("password.password.required")).waitFor();
    await page.getByRole("textbox", { name: "Wachtwoord" }).fill(ANNA.password);
    await button(page, "Inloggen").click();
    await onPage(page, "Signed in as Anna de Vries");
    await page.goto(`${demo.vestibule.issuer}/sign-out`);
    await onPage(page, "Uitloggen?");
    await button(page, "Uitloggen").click();
    await onPage(page, "U bent uitgelogd");
  });

  it("the application's wish is heard, and the person's own choice counts more", async () => {
    const { page } = await open();
    await page.goto(address({ ui_locales: "sv nl-BE en" }));
    await onPage(page, "Inloggen");
    await link(page, "English").click();
    await onPage(page, "Sign in");
    await page.goto(address({ ui_locales: "nl" }));
    await onPage(page, "Sign in");
  });

  it("a browser that prefers it gets it everywhere, also for the consent", async () => {
    const { page } = await open({ locale: "nl-NL" });
    await page.goto(demo.vestibule.issuer);
    await onPage(page, "Welkom bij Vestibule");
    await page.goto(address());
    await page.getByLabel("Kantoorcode").fill(ANNA.officeCode);
    await page.getByLabel("Gebruikersnaam").fill(ANNA.username);
    await page.getByRole("textbox", { name: "Wachtwoord" }).fill(ANNA.password);
    await button(page, "Inloggen").click();
    await onPage(page, "Toegang geven?");
    await button(page, "Toestaan").click();
    await onPage(page, "Arrived");
    await page.goto(`${demo.vestibule.issuer}/o/DEMO`);
    expect(await page.getByRole("main").innerText()).to.contain("Deze browser onthoudt nu uw kantoorcode");
    const answer = await page.goto(`${demo.vestibule.issuer}/nowhere`);
    expect(answer?.status()).to.equal(404);
    await onPage(page, "Pagina niet gevonden");
  });
});

import { createServer, type Server as HttpServer } from "node:http";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { composeServer, type Server } from "../../src/server/wiring/server.ts";
import { expectGood } from "../support/accessibility.ts";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { makeUser, type TestOffice } from "../support/people.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { changeOffice, makeStrictOffice, REQUIRED } from "../support/second-factor.ts";
import { DAY } from "../support/time.ts";
import { useBrowser } from "../support/visitors.ts";
import { useServices } from "../support/use-vestibule.ts";

describe("the choice of a method", () => {
  const open = useBrowser();
  const running = useServices({ application: {} });
  const { application } = running;
  let server: Server;
  let http: HttpServer;
  let office: TestOffice;

  before(async () => {
    const { services } = running;
    server = await composeServer(services);
    const answer = server.app.callback();
    http = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => http.listen(services.settings.port, "127.0.0.1", resolve));
    office = await makeStrictOffice(services, { code: "NOORD" });
  });
  after(async () => {
    http.closeAllConnections();
    http.close();
    await server.close();
  });
  beforeEach(() => accept("totp", "sms"));

  const accept = (...methods: ("totp" | "sms")[]) =>
    changeOffice(running.services, office, { secondFactor: { ...REQUIRED, methods } });

  async function begin(page: Page): Promise<void> {
    const user = await makeUser(running.services, office);
    await page.goto(authorizationRequest(running.services.settings.issuer, application).url);
    await sendIn(page, entriesOf(user));
  }
  const choices = (page: Page) => page.getByRole("radio");

  it("must be made by the user: check the Authenticator app, and click on Confirm", async () => {
    const { page } = await open();
    await begin(page);
    await onPage(page, "Choose how you receive your verification code");
    expect(await choices(page).count()).to.equal(2);
    const app = page.getByRole("radio", { name: "Authenticator app Recommended" });
    expect(await app.isChecked()).to.equal(true);
    await page.getByRole("radio", { name: "Text message (SMS)" }).check();
    await app.check();
    await button(page, "Confirm").click();
    await onPage(page, "Set up your authenticator app");
  });

  it("is made with the arrow keys too", async () => {
    const { page } = await open();
    await begin(page);
    await onPage(page, "Choose how you receive your verification code");
    await choices(page).first().focus();
    await page.keyboard.press("ArrowDown");
    expect(await choices(page).last().isChecked()).to.equal(true);
    await page.keyboard.press("Enter");
    await onPage(page, "Enter your mobile number");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`is a good page for every user in ${colorScheme}`, async () => {
      const { page } = await open({ colorScheme, viewport: { width: 320, height: 640 } });
      await begin(page);
      await onPage(page, "Choose how you receive your verification code");
      await expectGood(page, "choose");
    });
  }

  it("is no choice where the office accepts one method", async () => {
    await accept("totp");
    const { page } = await open();
    await begin(page);
    await onPage(page, "Set up your authenticator app");
  });

  it("can be put off before the day from which the office requires it, and is named", async () => {
    const from = new Date(Date.now() + 3 * DAY);
    const secondFactor = { demand: "required", from, methods: ["totp", "sms"] } as const;
    await changeOffice(running.services, office, { secondFactor });
    const { page } = await open({ locale: "nl-NL" });
    const user = await makeUser(running.services, office);
    await page.goto(authorizationRequest(running.services.settings.issuer, application).url);
    await page.getByLabel("Kantoorcode").fill(office.code);
    await page.getByLabel("Gebruikersnaam").fill(user.username);
    await page.getByRole("textbox", { name: "Wachtwoord" }).fill(user.password);
    await button(page, "Inloggen").click();
    await onPage(page, "Kies hoe u uw verificatiecode ontvangt");
    const day = from.toLocaleDateString("nl", { dateStyle: "long" });
    expect(await page.getByRole("main").innerText()).to.contain(`U kunt dit uitstellen tot ${day}.`);
    await button(page, "Later").click();
    await onPage(page, "Arrived");
  });
});

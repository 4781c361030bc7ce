import { expect } from "chai";
import type { Page, Response } from "playwright-core";
import { freshDatabase } from "../support/database.ts";
import { openGate } from "../support/database-gate.ts";
import { button, entriesOf, fillIn, link, onPage, sendIn } from "../support/pages.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { HOUR, travel } from "../support/time.ts";
import { AT_FULL_COST } from "../support/test-settings.ts";
import { useBrowser } from "../support/visitors.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("when something is wrong, in a browser", () => {
  const open = useBrowser();
  const address = (changes: Record<string, string> = {}) =>
    authorizationRequest(vestibule.issuer, application, changes).url;

  const database = useResource(
    () => freshDatabase(),
    (it) => it.drop(),
  );
  const gate = useResource(
    () => openGate(database.url),
    (it) => it.shut(),
  );
  const vestibule = useVestibule({
    settings: () => ({
      DATABASE_URL: gate.url,
      VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
      ...AT_FULL_COST,
      VESTIBULE_PASSWORD_CONCURRENCY: "1",
      VESTIBULE_PASSWORD_QUEUE: "1",
    }),
    application: {},
    user: {},
  });
  const { application, user } = vestibule;

  async function backToApplication(page: Page): Promise<void> {
    await link(page, "Back to Ledger").click();
    await onPage(page, "Arrived");
    expect(page.url()).to.equal("https://app.test/");
  }

  it("a sign-in that was open for too long leads back to its application", async () => {
    const { page } = await open();
    await page.goto(address());
    await fillIn(page, entriesOf(user));
    travel(2 * HOUR);
    const answer = await answerTo(page, () => button(page, "Sign in").click());
    expect(answer.status()).to.equal(400);
    await onPage(page, "This sign-in has expired");
    await backToApplication(page);
  });

  it("a sign-in whose cookie the browser has lost leads back to its application", async () => {
    const { page, context } = await open();
    await page.goto(address());
    await context.clearCookies();
    const answer = await answerTo(page, () => sendIn(page, entriesOf(user)));
    expect(answer.status()).to.equal(400);
    await onPage(page, "This sign-in has expired");
    await backToApplication(page);
  });

  it("an unknown application is named as the reason, and nobody is sent anywhere", async () => {
    const { page } = await open();
    const answer = await page.goto(address({ client_id: "app_nobody" }));
    expect(answer?.status()).to.equal(400);
    await onPage(page, "Unknown application");
    expect(page.url()).to.match(/^http:\/\/localhost/);
  });

  it("an address that the application has not registered is not gone to; its own page is offered", async () => {
    const { page } = await open();
    const answer = await page.goto(address({ redirect_uri: "https://evil.test/cb" }));
    expect(answer?.status()).to.equal(400);
    await onPage(page, "We cannot send you back");
    expect(await page.locator("a[href^='https://evil']").count()).to.equal(0);
    await backToApplication(page);
  });

  it("a server that is too busy says so, and lets the user try again a little later", async () => {
    const { page } = await open();
    await page.goto(address());
    await whileBusy(async () => {
      const answer = await answerTo(page, () => sendIn(page, entriesOf(user)));
      expect(answer.status()).to.equal(503);
      expect(answer.headers()["retry-after"]).to.equal("5");
      await onPage(page, "One moment, please");
    });
    await link(page, "Try again").click();
    await sendIn(page, entriesOf(user));
    await onPage(page, "Arrived");
  });

  it("a database that is away is nobody's fault, and the sign-in goes on when it is back", async () => {
    const { page } = await open();
    await page.goto(address());
    await gate.shut();
    const answer = await answerTo(page, () => sendIn(page, entriesOf(user)));
    expect(answer.status()).to.equal(503);
    await onPage(page, "Temporarily unavailable");
    await gate.open();
    await link(page, "Try again").click();
    await sendIn(page, entriesOf(user));
    await onPage(page, "Arrived");
  });

  it("a form that did not come from our page is not accepted", async () => {
    const { page } = await open();
    await page.goto(address());
    await page.evaluate("document.querySelector('[name=_csrf]').value = 'forged'");
    const answer = await answerTo(page, () => sendIn(page, entriesOf(user)));
    expect(answer.status()).to.equal(403);
    await onPage(page, "The form was not accepted");
  });

  it("every such page carries the reference that support can look for", async () => {
    const { page } = await open();
    const answer = await page.goto(`${vestibule.issuer}/nowhere`);
    const reference = answer?.headers()["x-request-id"] ?? "";
    expect(reference).to.not.equal("");
    expect(await page.getByRole("main").innerText()).to.contain(`Reference: ${reference}`);
  });

  /** Keeps the one place for hashing and the one to wait taken. */
  async function whileBusy(work: () => Promise<void>): Promise<void> {
    let isBusy = true;
    const others = [1, 2].map(async () => {
      while (isBusy) {
        await vestibule.services.hasher.hash("another user's password");
      }
    });
    try {
      await work();
    } finally {
      isBusy = false;
      await Promise.all(others);
    }
  }
});

/** The page's own answer to what a user does. */
async function answerTo(page: Page, act: () => Promise<void>): Promise<Response> {
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest());
  await act();
  return answered;
}

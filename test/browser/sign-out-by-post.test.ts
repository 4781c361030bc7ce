import { expect } from "chai";
import type { BrowserContextOptions, Page } from "playwright-core";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { useLocalSite } from "../support/local-site.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("a sign-out that another site posts, in a browser", () => {
  const open = useBrowser();
  const vestibule = useVestibule({
    user: {},
    application: { name: "Ledger", postLogoutRedirectUris: ["https://app.test/bye"] },
  });
  const port = useLocalSite((_request, response) => {
    const fields = { client_id: vestibule.application.id, post_logout_redirect_uri: "https://app.test/bye" };
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
    response.setHeader("content-type", "text/html");
    response.end(
      `<h1>Elsewhere</h1><form method="post" action="${vestibule.issuer}/sign-out">${inputs.join("")}<button>Leave</button></form>`,
    );
  });

  /** Signs in and posts the form: `127.0.0.1` is another site than `localhost`. */
  async function leave(options: BrowserContextOptions = {}) {
    const { page } = await open(options);
    await page.goto(vestibule.request().url);
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    await postFrom(page);
    return page;
  }

  async function postFrom(page: Page): Promise<void> {
    await page.goto(`http://127.0.0.1:${String(port())}/`);
    await button(page, "Leave").click();
  }

  it("T144 asks, with the user's session, and leads back", async () => {
    const page = await leave();
    await onPage(page, "Sign out?");
    expect(page.url(), "nothing of the form in the address").to.equal(`${vestibule.issuer}/sign-out`);
    await button(page, "Sign out").click();
    await onPage(page, "Arrived");
    expect(page.url()).to.equal("https://app.test/bye");
    await page.goto(`${vestibule.issuer}/account`);
    await onPage(page, "Sign in");
  });

  it("T144 leaves the session alone until then, also without JavaScript", async () => {
    const page = await leave({ javaScriptEnabled: false });
    await onPage(page, "One moment");
    await page.goto(`${vestibule.issuer}/account`);
    await page.getByText(vestibule.user.username).first().waitFor();
    await postFrom(page);
    await button(page, "Continue").click();
    await onPage(page, "Sign out?");
  });
});

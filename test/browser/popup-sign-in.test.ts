import { expect } from "chai";
import type { Page } from "playwright-core";
import { useLocalSite } from "../support/local-site.ts";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

/** Opens a popup for each address it is given and keeps what popups say, as Swagger UI and oidc-client-ts do. */
const OPENER = `<title>Opener</title><h1>Opener</h1><script>
  window.heard = [];
  addEventListener("message", ({ data }) => heard.push(data));
  window.pop = (address) => { window.popup = open(address, "sign-in", "width=600,height=700"); };
</script>`;

/** The page of the redirect address: it hands the answer to the window that opened it. */
const CALLBACK = `<title>Back</title><h1>Back</h1><script>
  opener.postMessage(location.search || "posted", "*");
</script>`;

describe("a sign-in in a popup", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const site = useLocalSite((incoming, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(incoming.url?.startsWith("/callback") === true ? CALLBACK : OPENER);
  });
  const vestibule = useVestibule({ user: { mail: "sanne@mail.example" } });
  const redirectUris = () => [`http://localhost:${String(site())}/callback`];
  const own = useResource(() => makeApplication(vestibule.services, { redirectUris: redirectUris() }));
  const foreign = useResource(() =>
    makeApplication(vestibule.services, { redirectUris: redirectUris(), firstParty: false }),
  );

  /** The window of the application, and the popup that it has opened. */
  async function pop(opener: Page, address: string): Promise<Page> {
    await opener.goto(`http://localhost:${String(site())}/`);
    const popup = opener.waitForEvent("popup");
    await opener.evaluate(`pop(${JSON.stringify(address)})`);
    return popup;
  }

  /** The first thing that a popup has said. */
  const heard = async (opener: Page) => String(await (await opener.waitForFunction("heard[0]")).jsonValue());

  const address = (application: typeof own, changes: Record<string, string> = {}) =>
    authorizationRequest(vestibule.issuer, application, changes).url;

  it("tells the window that opened it", async () => {
    const { page } = await open();
    const popup = await pop(page, address(own));
    await sendIn(popup, entriesOf(vestibule.user));
    expect(await heard(page)).to.match(/[?&]code=[\w-]{20,}/);
  });

  it("tells it after the consent, too", async () => {
    const { page } = await open();
    const popup = await pop(page, address(foreign));
    await sendIn(popup, entriesOf(vestibule.user));
    await onPage(popup, "Allow access?");
    await button(popup, "Allow").click();
    expect(await heard(page)).to.match(/[?&]code=[\w-]{20,}/);
  });

  it("tells it when the answer is posted as a form, and after a look at another page of ours", async () => {
    const { page } = await open();
    const popup = await pop(page, address(own, { response_mode: "form_post" }));
    await popup.getByRole("link", { name: "Forgot password?" }).click();
    await popup.goBack();
    await sendIn(popup, entriesOf(vestibule.user));
    expect(await heard(page)).to.equal("posted");
  });

  it("is no way to hold a window of the account", async () => {
    const { page, context } = await open();
    await page.goto(`${vestibule.issuer}/account`);
    await sendIn(page, entriesOf(vestibule.user));
    await page.waitForURL(`${vestibule.issuer}/account**`);
    const other = await context.newPage();
    const popup = await pop(other, `${vestibule.issuer}/account`);
    await popup.waitForLoadState();
    expect(await popup.evaluate("opener === null")).to.equal(true);
  });
});

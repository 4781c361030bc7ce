import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectGood } from "../support/accessibility.ts";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("an answer that is posted as a form, in a browser", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ user: {}, application: {} });
  const address = (changes: Record<string, string> = {}) =>
    vestibule.request({ response_mode: "form_post", ...changes }).url;

  /** What the application is sent. */
  const postedTo = async (page: Page, act: () => Promise<unknown>): Promise<URLSearchParams> => {
    const [request] = await Promise.all([
      page.waitForRequest(
        (asked) => asked.url().startsWith(vestibule.application.redirectUri) && asked.method() === "POST",
      ),
      act(),
    ]);
    return new URLSearchParams(request.postData() ?? "");
  };

  it("reaches the application by itself", async () => {
    const { page } = await open();
    await page.goto(address({ state: `"<&'>` }));
    const posted = await postedTo(page, () => sendIn(page, entriesOf(vestibule.user)));
    await onPage(page, "Arrived");
    expect(posted.get("code")).to.have.length.above(20);
    expect(posted.get("state")).to.equal(`"<&'>`);
    expect(posted.get("iss")).to.equal(vestibule.issuer);
  });

  it("reaches the application by a button where there is no JavaScript, in our own look", async () => {
    const { page } = await open({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    await page.goto(address());
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "One moment");
    const posted = await postedTo(page, () => button(page, "Continue").press("Enter"));
    await onPage(page, "Arrived");
    expect(posted.has("code")).to.equal(true);
  });

  it("is a page that every user can use, in their language", async () => {
    const { page } = await open({ locale: "nl-NL", viewport: { width: 320, height: 640 } });
    // The form stays: only what sends it is taken away.
    await page.addInitScript("HTMLFormElement.prototype.submit = () => undefined");
    await page.goto(address({ prompt: "none" }));
    await onPage(page, "Een ogenblik");
    await expectGood(page, "form-post");
    const posted = await postedTo(page, () => button(page, "Doorgaan").click());
    expect(posted.get("error")).to.equal("login_required");
  });

  it("is the page of a sign-out where nobody is signed in, too", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(`${vestibule.issuer}/sign-out`);
    await onPage(page, "One moment");
    await button(page, "Continue").click();
    await onPage(page, "You are signed out");
  });
});

import { expect } from "chai";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { authorizationRequest, claimsOf, redeem, type Request } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser, type Visitor } from "../support/visitors.ts";

describe("an application of a third party, in a browser", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ user: { name: "Sanne Bakker" } });
  let application: TestApplication;
  // Another one for each test: what was allowed once is not asked again in the same session.
  beforeEach(async () => {
    application = await makeApplication(vestibule.services, { name: "Printshop", firstParty: false });
  });

  async function toConsent(scope = "openid profile email"): Promise<Visitor & { request: Request }> {
    const visitor = await open();
    const request = authorizationRequest(vestibule.issuer, application, { scope });
    await visitor.page.goto(request.url);
    await sendIn(visitor.page, entriesOf(vestibule.user));
    await onPage(visitor.page, "Allow access?");
    return { ...visitor, request };
  }

  it("says who asks for what, and in whose name", async () => {
    const { page } = await toConsent("openid profile email office offline_access");
    const text = await page.getByRole("main").innerText();
    expect(text).to.contain("Printshop").and.contain("app.test");
    expect(await page.getByRole("listitem").allInnerTexts()).to.deep.equal([
      "Confirmation of your identity",
      "Your name, username and language",
      "Your email address",
      "Your office and your role in it",
      "Access even when you are not using it",
    ]);
    expect(text).to.contain("Signed in as Sanne Bakker, Noord & Zonen");
  });

  it("gets what it asked for when the person presses Allow, and is not asked about again", async () => {
    const { page, request } = await toConsent();
    await button(page, "Allow").click();
    await onPage(page, "Arrived");
    const browser = vestibule.browser();
    const { status, body } = await redeem(browser, application, { redirect: new URL(page.url()), request });
    expect(status).to.equal(200);
    expect(claimsOf(body["id_token"])["sub"]).to.equal(vestibule.user.id);
    await page.goto(authorizationRequest(vestibule.issuer, application, { scope: "openid profile" }).url);
    expect(new URL(page.url()).searchParams.get("code")).to.be.a("string");
  });

  it("gets access_denied when the person presses Deny", async () => {
    const { page, request } = await toConsent();
    await button(page, "Deny").click();
    await onPage(page, "Arrived");
    const { searchParams } = new URL(page.url());
    expect(searchParams.get("error")).to.equal("access_denied");
    expect(searchParams.get("state")).to.equal(request.state);
    expect(searchParams.has("code")).to.equal(false);
  });

  it("gets access_denied when the person cancels before, on the password page", async () => {
    const { page } = await open();
    await page.goto(authorizationRequest(vestibule.issuer, application).url);
    await button(page, "Cancel").click();
    await onPage(page, "Arrived");
    expect(new URL(page.url()).searchParams.get("error")).to.equal("access_denied");
  });

  it("gets nothing by the back button: what was answered once is answered", async () => {
    const { page } = await toConsent();
    await button(page, "Deny").click();
    await onPage(page, "Arrived");
    await page.goBack();
    if (await button(page, "Allow").isVisible()) {
      await button(page, "Allow").click();
    }
    await onPage(page, "This sign-in has expired");
  });
});

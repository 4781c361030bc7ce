import { expect } from "chai";
import type { Page } from "playwright-core";
import { theBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { useLocalSite } from "../support/local-site.ts";
import { button, entriesOf, fillIn, onPage, sendIn } from "../support/pages.ts";
import { authorizationRequest, claimsOf, redeem, type Request } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

/** A production Vestibule on https, behind a proxy. Every other browser test uses http on localhost. */
const ISSUER = "https://id.test";

/** The one cookie that is not HttpOnly: the page's script writes it, and it holds nothing but the name of a time zone. */
const ZONE = "__Host-vestibule-zone";

describe("T105 the production policy in Chromium", () => {
  const open = useBrowser();
  const program = useLocalSite((_request, response) => response.end("<title>Done</title><h1>Done</h1>"));
  const restricted = useLocalSite((incoming, response) => {
    const isForm = incoming.method === "GET";
    response.writeHead(isForm ? 200 : 303, {
      "Content-Type": "text/html",
      "Content-Security-Policy": "form-action 'self'",
      ...(isForm ? {} : { Location: "https://app.test/cb" }),
    });
    response.end("<title>Form</title><form method=post><button>Send</button></form>");
  });
  const vestibule = useVestibule({
    settings: { NODE_ENV: "production", VESTIBULE_ISSUER: ISSUER },
    user: {},
  });

  before(async () => {
    (await theBrowser()).sites.proxy("id.test", vestibule.settings.port);
  });

  const expectTokens = async (application: TestApplication, request: Request, redirect: URL) => {
    const browser = new HttpBrowser(ISSUER, vestibule.settings.port);
    expect(redirect.searchParams.get("state")).to.equal(request.state);
    expect(redirect.searchParams.get("iss")).to.equal(ISSUER);
    const { status, body } = await redeem(browser, application, { redirect, request });
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(claimsOf(body["id_token"])["sub"]).to.equal(vestibule.user.id);
  };

  it("lets a sign-in lead to an https application", async () => {
    const { page, context } = await open();
    const application = await makeApplication(vestibule.services);
    const request = authorizationRequest(ISSUER, application);
    const answer = await page.goto(request.url);
    expect(answer?.headers()["content-security-policy"]).to.match(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]+'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'$/,
    );
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    await expectTokens(application, request, new URL(page.url()));
    const cookies = (await context.cookies(ISSUER)).filter(({ domain }) => domain === "id.test");
    expect(cookies.filter(({ secure }) => !secure)).to.deep.equal([]);
    const readable = cookies
      .filter(({ httpOnly }) => !httpOnly)
      .map(({ name, sameSite }) => [name, sameSite]);
    expect(readable).to.deep.equal([[ZONE, "Lax"]]);
    expect(cookies.map(({ name }) => name).filter((name) => !/^__(Host|Secure)-/.test(name))).to.deep.equal(
      [],
    );
  });

  it("lets a consent and a sign-out lead to an https application", async () => {
    const { page } = await open();
    const application = await makeApplication(vestibule.services, {
      firstParty: false,
      postLogoutRedirectUris: ["https://app.test/bye"],
    });
    const request = authorizationRequest(ISSUER, application);
    await page.goto(request.url);
    await sendIn(page, entriesOf(vestibule.user));
    await button(page, "Allow").click();
    await onPage(page, "Arrived");
    await expectTokens(application, request, new URL(page.url()));
    const query = new URLSearchParams({
      client_id: application.id,
      post_logout_redirect_uri: "https://app.test/bye",
    });
    await page.goto(`${ISSUER}/sign-out?${query.toString()}`);
    await button(page, "Sign out").click();
    await onPage(page, "Arrived");
    expect(page.url()).to.equal("https://app.test/bye");
  });

  it("lets Cancel lead to an https application", async () => {
    const { page } = await open();
    const application = await makeApplication(vestibule.services);
    await page.goto(authorizationRequest(ISSUER, application).url);
    await button(page, "Cancel").click();
    await onPage(page, "Arrived");
    expect(new URL(page.url()).searchParams.get("error")).to.equal("access_denied");
  });

  it("lets a sign-in lead to an application on a loopback address", async () => {
    const { page } = await open();
    const application = await makeApplication(vestibule.services, {
      type: "native",
      redirectUris: ["http://127.0.0.1/cb"],
      homeUrl: null,
    });
    const redirectUri = `http://127.0.0.1:${String(program())}/cb`;
    const request = authorizationRequest(ISSUER, application, { redirect_uri: redirectUri });
    await page.goto(request.url);
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Done");
    await expectTokens({ ...application, redirectUri }, request, new URL(page.url()));
  });

  it("lets a sign-in lead to a private scheme", async () => {
    const { page } = await open();
    const redirectUri = "com.example.app:/cb";
    const application = await makeApplication(vestibule.services, {
      type: "native",
      redirectUris: [redirectUri],
      homeUrl: null,
    });
    const request = authorizationRequest(ISSUER, application);
    await page.goto(request.url);
    await fillIn(page, entriesOf(vestibule.user));
    const redirect = await handedOver(page, redirectUri, () => button(page, "Sign in").click());
    await expectTokens(application, request, redirect);
  });

  it("would be seen to stop a sign-in: this browser does apply form-action to the redirect after a form", async () => {
    const { page, complaints } = await open();
    await page.goto(`http://127.0.0.1:${String(restricted())}/`);
    await button(page, "Send").click();
    const violations = () => Promise.resolve(complaints.join("\n"));
    expect(await eventually(violations, (text) => text !== "")).to.contain("form-action");
    expect(await page.title()).to.equal("Form");
    complaints.splice(0);
  });
});

/** Where the browser hands over to another program; it follows the redirect and then shows no page for it. */
async function handedOver(page: Page, redirectUri: string, act: () => Promise<void>): Promise<URL> {
  const followed = page.waitForRequest((request) => request.url().startsWith(redirectUri));
  await act();
  return new URL((await followed).url());
}

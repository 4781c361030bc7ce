import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import {
  express,
  startResourceServer,
  startSnippet,
  webPage,
  type RunningResourceServer,
} from "../support/foreign-client.ts";
import { button, onPage } from "../support/pages.ts";
import { useRecordedIssuer } from "../support/recorded-issuer.ts";
import { makePerson, passBothFactors, renewalsAt } from "../support/snippet-steps.ts";
import { useBrowser } from "../support/visitors.ts";

/** A quarter of an hour, in which the library renews the access token by itself. */
const QUARTER = 15 * 60_000;

for (const scheme of ["http", "https"] as const) {
  describe(`snippets for browsers, word for word, with an issuer at ${scheme}`, () => {
    const open = useBrowser();
    const around = useRecordedIssuer(scheme);
    const { front } = around;
    let server: RunningResourceServer;
    before(async () => {
      server = await startResourceServer(around, express, "resource-server-node");
    });
    after(() => server.stop());

    const start = (name: string) =>
      startSnippet(around, webPage, name, (here) => ({
        ...{ type: "browser", redirectUris: [`${here}/callback`], postLogoutRedirectUris: [`${here}/`] },
        ...{ corsOrigins: [here], resources: [server.resource] },
      }));

    for (const name of ["oidc-client-ts", "oidc-client-ts-api"]) {
      it(`${name} signs in, shows the name, renews by itself, and signs out`, async function () {
        this.timeout(60_000);
        const running = await start(name);
        try {
          const { page } = await open({ ignoreHTTPSErrors: true });
          const person = await makePerson(around.vestibule);
          await page.clock.install();
          await page.goto(running.here);
          await page.getByText("You are not signed in").waitFor();
          await button(page, "Sign in here").click();
          await passBothFactors(page, person);
          const hello = `Hello Sanne Bakker (${around.vestibule.issuer} ${person.user.id})`;
          await page.getByText(hello).waitFor();
          expect(page.url()).to.equal(`${running.here}/`);
          if (name.endsWith("-api")) {
            await button(page, "Invoices").click();
            await page.getByText(`[{"number":1,"for":"${person.user.id}"}]`).waitFor();
          }

          const before = renewalsAt(front);
          const kept = () => page.evaluate("JSON.stringify(sessionStorage)");
          const first = await kept();
          const renewed = page.waitForResponse((response) => response.url().endsWith("/token"));
          await page.clock.fastForward(QUARTER);
          expect((await renewed).status()).to.equal(200);
          expect(renewalsAt(front)).to.equal(before + 1);
          // The library keeps the answer later than it arrives, and would keep it beside a sign-out that has begun.
          await eventually(kept, (now) => now !== first);
          await page.getByText(hello).waitFor();

          await button(page, "Sign out here").click();
          await page.getByText("You are not signed in").waitFor();
          await button(page, "Sign in here").click();
          await onPage(page, "Sign in");
        } finally {
          await running.stop();
        }
      });
    }

    // Browsers keep cookies from a frame of another site, and a site is of one scheme.
    if (scheme === "https") {
      return;
    }

    it("oidc-client-ts renews in a frame when it has no refresh token, and gives its tokens back", async function () {
      this.timeout(60_000);
      const running = await start("oidc-client-ts");
      try {
        const { page } = await open({ ignoreHTTPSErrors: true });
        await page.clock.install();
        await page.goto(running.here);
        await button(page, "Sign in here").click();
        await passBothFactors(page, await makePerson(around.vestibule));
        await page.getByText("Hello Sanne Bakker").waitFor();
        await page.evaluate(`for (const key of Object.keys(sessionStorage)) {
          const user = JSON.parse(sessionStorage.getItem(key));
          sessionStorage.setItem(key, JSON.stringify({ ...user, refresh_token: undefined }));
        }`);
        await page.reload();
        await page.getByText("Hello Sanne Bakker").waitFor();
        const redeemed = front.recorded.filter(({ grant }) => grant === "authorization_code").length;
        const renewed = page.waitForResponse((response) => response.url().endsWith("/token"));
        await page.clock.fastForward(QUARTER);
        expect((await renewed).status()).to.equal(200);
        const codes = front.recorded.filter(({ grant }) => grant === "authorization_code");
        expect(codes).to.have.lengthOf(redeemed + 1);

        await page.evaluate(`(async () => {
          const { UserManager } = await import("/library.js");
          const settings = { authority: ${JSON.stringify(around.vestibule.issuer)}, redirect_uri: location.origin };
          await new UserManager({ ...settings, client_id: ${JSON.stringify(running.application.id)} }).revokeTokens();
        })()`);
        const given = front.recorded.filter(({ path }) => path === "/revoke");
        expect(given.map(({ status }) => status)).to.include(200);
      } finally {
        await running.stop();
      }
    });
  });
}

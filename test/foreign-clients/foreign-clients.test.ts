import { expect } from "chai";
import type { Page } from "playwright-core";
import {
  authlib,
  modAuthOpenidc,
  nodeClient,
  startClient,
  type ForeignClient,
} from "../support/foreign-client.ts";
import { button, entriesOf, link, onPage, sendIn } from "../support/pages.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { giveApp, makeStrictOffice, type TestApp } from "../support/second-factor.ts";
import { totpAt } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

interface Row {
  readonly client: ForeignClient;
  /** The address where the application says who it is. */
  readonly personPath: string;
  /** What its own sign-in needs besides the link, and whether leaving it signs out here too. */
  readonly ownButton?: string;
  readonly leaves: "both" | "only-itself";
}

const callback = (path: string) => (here: string) => ({
  redirectUris: [`${here}${path}`],
  postLogoutRedirectUris: [here],
});

const ROWS: readonly Row[] = [
  {
    client: nodeClient("express-openid-connect", "express-openid-connect.js", callback("/callback")),
    personPath: "/person",
    leaves: "both",
  },
  {
    client: nodeClient("Auth.js", "auth-js.js", callback("/auth/callback/vestibule")),
    personPath: "/person",
    ownButton: "Sign in with Vestibule",
    leaves: "only-itself",
  },
  {
    client: nodeClient("Passport", "passport.js", (here) => ({
      ...callback("/callback")(here),
      withoutPkce: true,
    })),
    personPath: "/person",
    leaves: "only-itself",
  },
  { client: authlib, personPath: "/person", leaves: "both" },
  { client: modAuthOpenidc, personPath: "/person.shtml", leaves: "both" },
];

describe("applications with other people's libraries", () => {
  const open = useBrowser();
  const vestibule = useVestibule();
  let user: TestUser;
  let app: TestApp;
  beforeEach(async () => {
    const office = await makeStrictOffice(vestibule.services);
    user = await makeUser(vestibule.services, office, { mail: "sanne@noord.example", isMailProved: true });
    app = await giveApp(vestibule.services, user);
  });

  async function passBothFactors(page: Page): Promise<void> {
    await sendIn(page, entriesOf(user));
    await page.getByLabel("Verification code", { exact: true }).fill(totpAt(app.secret, Date.now() / 1000));
    await button(page, "Confirm").click();
  }

  for (const { client, personPath, ownButton, leaves } of ROWS) {
    it(`${client.name} signs a user in with both factors, reads who it is, and signs out`, async function () {
      this.timeout(60_000);
      const missing = client.missing();
      if (missing !== null) {
        console.log(`      ${client.name} is not tried: this machine lacks ${missing}`);
        this.skip();
      }
      const running = await startClient(vestibule, client);
      try {
        const { page } = await open();
        await page.goto(running.here);
        await link(page, "Sign in here").click();
        if (ownButton !== undefined) {
          await button(page, ownButton).click();
        }
        await onPage(page, "Sign in");
        await passBothFactors(page);
        await page.waitForURL(`${running.here}/**`);
        await page.goto(`${running.here}${personPath}`);
        expect(await page.locator("body").innerText()).to.contain("Hello Sanne Bakker, sanne@noord.example.");

        await link(page, "Sign out here").click();
        if (leaves === "both") {
          await page.getByText("Nobody is signed in.").waitFor();
          await link(page, "Sign in here").click();
          await onPage(page, "Sign in");
        }
      } finally {
        await running.stop();
      }
    });
  }

  it("express-openid-connect renews its access token", async function () {
    this.timeout(60_000);
    const client = nodeClient("express-openid-connect", "express-openid-connect.js", callback("/callback"));
    const running = await startClient(vestibule, client);
    try {
      const { page } = await open();
      await page.goto(`${running.here}/person`);
      await passBothFactors(page);
      await page.getByText("Hello Sanne Bakker").waitFor();
      await page.goto(`${running.here}/refresh`);
      expect(await page.locator("body").innerText()).to.equal("Renewed");
    } finally {
      await running.stop();
    }
  });

  it("oidc-client-ts signs in, renews by token and in a frame, gives its tokens back, and signs out", async function () {
    this.timeout(60_000);
    const client = nodeClient("oidc-client-ts", "oidc-client-ts.js", (here) => ({
      type: "browser",
      redirectUris: [`${here}/`, `${here}/silent`],
      postLogoutRedirectUris: [`${here}/`],
      corsOrigins: [here],
    }));
    const running = await startClient(vestibule, client);
    try {
      const { page } = await open();
      await page.goto(running.here);
      await button(page, "Sign in here").click();
      await passBothFactors(page);
      await page.getByText("Hello Sanne Bakker, sanne@noord.example").waitFor();
      await button(page, "Renew in a frame").click();
      await page.getByText("Renewed in a frame for Sanne Bakker").waitFor();
      await button(page, "Give back").click();
      await page.getByText("Given back").waitFor();
      await page.goto(running.here);
      await button(page, "Sign out here").click();
      await page.getByText("Nobody is signed in.").waitFor();
      await button(page, "Sign in here").click();
      await onPage(page, "Sign in");
    } finally {
      await running.stop();
    }
  });
});

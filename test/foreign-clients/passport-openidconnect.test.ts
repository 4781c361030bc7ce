import { expect } from "chai";
import { placeOf, startProgram } from "../support/example.ts";
import { freePort } from "../support/free-port.ts";
import { link } from "../support/pages.ts";
import { makeApplication } from "../support/people.ts";
import { makePerson, passBothFactors } from "../support/snippet-steps.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("an application with passport-openidconnect, which cannot send PKCE", () => {
  const open = useBrowser();
  const vestibule = useVestibule();

  for (const settings of [{ withoutPkce: true }, {}]) {
    const how = "withoutPkce" in settings ? "by the exception" : "by its nonce";
    it(`signs a user in with both factors ${how}, and reads who it is`, async function () {
      this.timeout(60_000);
      const port = String(await freePort());
      const here = `http://localhost:${port}`;
      const redirectUris = [`${here}/callback`];
      const { id, secret } = await makeApplication(vestibule.services, { redirectUris, ...settings });
      const program = startProgram(
        [process.execPath, placeOf("test/foreign-clients/passport-openidconnect.js")],
        {
          ...{ ISSUER: vestibule.issuer, CLIENT_ID: id, CLIENT_SECRET: secret ?? "", PORT: port },
          ...("withoutPkce" in settings ? {} : { NONCE: "yes" }),
        },
      );
      try {
        await program.says(/^open /m);
        const { page } = await open();
        await page.goto(here);
        await link(page, "Sign in here").click();
        await passBothFactors(page, await makePerson(vestibule));
        await page.waitForURL(`${here}/**`);
        await page.goto(`${here}/person`);
        expect(await page.locator("body").innerText()).to.contain("Hello Sanne Bakker, sanne@noord.example.");
        await link(page, "Sign out here").click();
        await page.getByText("Nobody is signed in.").waitFor();
      } finally {
        await program.stop();
      }
    });
  }
});

import { expect } from "chai";
import { startExample, type Example } from "../support/example.ts";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { makeApplication } from "../support/people.ts";
import { freePort } from "../support/free-port.ts";

import { useBrowser } from "../support/visitors.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the single-page example in a browser", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ user: {} });
  const { user } = vestibule;
  let example: Example;
  let here: string;

  before(async () => {
    const port = await freePort();
    here = `http://localhost:${String(port)}`;
    const { id } = await makeApplication(vestibule.services, {
      type: "browser",
      redirectUris: [`${here}/`],
      postLogoutRedirectUris: [`${here}/`],
      corsOrigins: [here],
    });
    example = startExample("single-page/serve.ts", {
      ISSUER: vestibule.issuer,
      CLIENT_ID: id,
      PORT: String(port),
    });
    await example.says(/^open /m);
  });
  after(() => example.stop());

  it("signs in, reads who it is, and signs out", async () => {
    const { page } = await open();
    await page.goto(here);
    await onPage(page, "You are not signed in");
    await button(page, "Sign in").click();
    await onPage(page, "Sign in");
    await sendIn(page, entriesOf(user));
    await onPage(page, "Hello Sanne Bakker");
    expect(page.url()).to.equal(`${here}/`);
    await button(page, "Sign out").click();
    await onPage(page, "You are not signed in");
  });

  it("refuses an answer that it has not asked for", async () => {
    const { page } = await open();
    await page.goto(`${here}/?code=stolen&state=guessed&iss=${encodeURIComponent(vestibule.issuer)}`);
    await onPage(page, "The sign-in failed: not our answer");
  });
});

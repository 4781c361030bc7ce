import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, redeem } from "../support/relying-party.ts";
import { statementsOf } from "../support/statements.ts";
import { useResource } from "../support/suite-resource.ts";
import { tokensFor, tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const SILENTLY = { prompt: "none" };

describe("a sign-in without a page", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application, user } = vestibule;
  const another = useResource(() => makeApplication(vestibule.services));

  async function member() {
    const browser = vestibule.browser();
    await tokensFor(browser, application, user);
    return browser;
  }

  it("reads the session with its user and with the grant of the application, in one statement", async () => {
    const browser = await member();
    const { url } = authorizationRequest(vestibule.issuer, application, SILENTLY);
    const statements = await statementsOf(() => browser.get(url));
    expect(statements).to.deep.equal(["oidc_find", "oidc_write_add"]);
  });

  it("is as good at an application that the user comes to for the first time", async () => {
    const browser = await member();
    const request = authorizationRequest(vestibule.issuer, another, SILENTLY);
    const { location } = await browser.get(request.url);
    const redirect = new URL(location);
    expect(tokensOf(await redeem(browser, another, { redirect, request })).id).to.match(/^ey/);
  });

  it("is refused by an application whose id no application can have", async () => {
    const browser = await member();
    const strange = { ...application, id: "app_\0\ud800" };
    const { url } = authorizationRequest(vestibule.issuer, strange, SILENTLY);
    expect((await browser.get(url)).status).to.equal(400);
  });
});

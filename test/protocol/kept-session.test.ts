import { expect } from "chai";
import { openAccount, send } from "../support/account.ts";
import { makeOffice, makeUser } from "../support/people.ts";
import { authorizationRequest, follow, openSignIn } from "../support/relying-party.ts";
import { giveApp, hasCode, pageName, sendForm } from "../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { tokensFor, refresh } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const SECOND_FACTOR = { acr_values: "urn:vestibule:acr:2" };

describe("T121 the session that has ended all others", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;

  async function keptSession() {
    const user = await makeUser(services, await makeOffice(services));
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    travel(SECOND);
    const page = await openAccount(browser, "/account/sessions/others", { user });
    expect((await follow(browser, await send(browser, page))).status).to.equal(200);
    return { user, browser, tokens };
  }

  it("T121 keeps its tokens, and gets new ones without a page", async () => {
    const { browser, tokens } = await keptSession();
    expect((await refresh(browser, application, tokens.refresh)).status, "refreshed").to.equal(200);
    const silent = authorizationRequest(vestibule.issuer, application, { prompt: "none" });
    expect(hasCode(await browser.get(silent.url)), "silent").to.equal(true);
  });

  it("T121 still needs the code alone where an application asks for the second factor", async () => {
    const { user, browser } = await keptSession();
    const { secret } = await giveApp(services, user);
    travel(MINUTE);
    const request = authorizationRequest(vestibule.issuer, application, SECOND_FACTOR);
    const opened = await openSignIn(browser, request);
    const page = await follow(browser, opened);
    expect(pageName(page)).to.equal("challenge-totp");
    expect(hasCode(await sendForm(browser, page, { code: totpNow(secret) }))).to.equal(true);
    expect((await browser.get("/account")).status).to.equal(200);
  });

  it("T121 is dead itself as soon as another one ends the others", async () => {
    const { user, browser } = await keptSession();
    travel(SECOND);
    const other = vestibule.browser();
    const page = await openAccount(other, "/account/sessions/others", { user });
    await send(other, page);
    expect([(await browser.get("/account")).status, (await other.get("/account")).status]).to.deep.equal([
      303, 200,
    ]);
  });
});

import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { passkeyOwner, type PasskeyOwner } from "../support/passkey-owner.ts";
import { makePasskeyUser, useOn } from "../support/passkeys.ts";
import { claimsOf, follow, redeem, type Request } from "../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  hasCode,
  makeStrictUser,
  pageName,
  sendForm,
  sibling,
} from "../support/second-factor.ts";
import { tokensOf } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const PHISHING_RESISTANT = "urn:vestibule:acr:3";
const ESSENTIAL = JSON.stringify({ id_token: { acr: { essential: true, value: PHISHING_RESISTANT } } });

describe("a request for a factor that resists phishing", () => {
  const vestibule = useVestibule({ application: {} });
  const { services, application } = vestibule;

  const open = async (browser: HttpBrowser, request: Request): Promise<Page> =>
    follow(browser, await browser.get(request.url));

  const claimsAt = async (browser: HttpBrowser, { location }: Page, request: Request) =>
    claimsOf(tokensOf(await redeem(browser, application, { redirect: new URL(location), request })).id);

  async function signIn(owner: PasskeyOwner, browser: HttpBrowser, changes = {}) {
    const request = vestibule.request(changes);
    const page = await givePassword(browser, await open(browser, request), owner.user);
    return claimsAt(browser, await useOn(browser, page, owner.device), request);
  }

  it("is met by a passkey, and the ID token says so; without the request it says acr:2", async () => {
    const owner = await passkeyOwner(vestibule);
    const plain = await signIn(owner, vestibule.browser());
    expect(plain).to.deep.include({ acr: "urn:vestibule:acr:2", amr: ["pwd", "hwk", "user", "mfa"] });
    const asked = await signIn(owner, vestibule.browser(), { acr_values: PHISHING_RESISTANT });
    expect(asked).to.deep.include({ acr: PHISHING_RESISTANT });
  });

  it("asks a session of acr:2 for the passkey again, and a session of acr:3 for nothing", async () => {
    const owner = await passkeyOwner(vestibule);
    const browser = vestibule.browser();
    await signIn(owner, browser);
    const request = vestibule.request({ claims: ESSENTIAL });
    const page = await open(browser, request);
    expect(pageName(page)).to.equal("challenge-passkey");
    const claims = await claimsAt(browser, await useOn(browser, page, owner.device), request);
    expect(claims).to.deep.include({ acr: PHISHING_RESISTANT });
    const silent = vestibule.request({ acr_values: "urn:vestibule:acr:2", prompt: "none" });
    expect(hasCode(await open(browser, silent))).to.equal(true);
  });

  it("leads a user with another method to set up a passkey, and a recovery code does not take its place", async () => {
    const user = await makePasskeyUser(services);
    const { secret, codes } = await giveApp(services, user);
    const browser = vestibule.browser();
    const request = vestibule.request({ acr_values: PHISHING_RESISTANT });
    const asked = await givePassword(browser, await open(browser, request), user);
    const recovery = await browser.get(sibling(asked, "recovery-code"));
    const after = await sendForm(browser, recovery, { recoveryCode: codes[0] ?? "" });
    expect(pageName(after)).to.equal("enrol-passkey");
    const other = vestibule.browser();
    const page = await givePassword(other, await open(other, request), user);
    expect(pageName(await sendForm(other, page, { code: totpNow(secret) }))).to.equal("enrol-passkey");
  });

  it("is a wish where the office accepts no passkeys, and an error where it was essential", async () => {
    const user = await makeStrictUser(services);
    const app = await giveApp(services, user);
    const signInByApp = async (changes: Record<string, string>) => {
      const browser = vestibule.browser();
      const request = vestibule.request(changes);
      const page = await givePassword(browser, await open(browser, request), user);
      return { browser, request, done: await sendForm(browser, page, { code: totpNow(app.secret) }) };
    };
    const { browser, request, done } = await signInByApp({ acr_values: PHISHING_RESISTANT });
    expect(await claimsAt(browser, done, request)).to.deep.include({ acr: "urn:vestibule:acr:2" });
    const silent = await open(browser, vestibule.request({ claims: ESSENTIAL }));
    expect(new URL(silent.location).searchParams.get("error")).to.equal("unmet_authentication_requirements");
  });

  it("is demanded of everybody by an office that accepts passkeys alone", async () => {
    const owner = await passkeyOwner(vestibule);
    const secondFactor = { demand: "required", from: null, methods: ["passkey"] } as const;
    await changeOffice(services, owner.user.office, { secondFactor });
    const browser = vestibule.browser();
    expect(await signIn(owner, browser)).to.deep.include({ acr: PHISHING_RESISTANT });
    const other = await owner.arrive();
    const recovery = await other.browser.get(sibling(other.page, "recovery-code"));
    const after = await sendForm(other.browser, recovery, { recoveryCode: owner.codes[0] ?? "" });
    expect(pageName(after), "a code that can be phished signs no user in there").to.equal("enrol-passkey");
  });
});

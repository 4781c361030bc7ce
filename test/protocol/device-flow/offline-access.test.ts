import { expect } from "chai";
import { callToken, follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

describe("a device of a third party that asks for access while the user is away", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    user: {},
    application: { type: "native", redirectUris: [], deviceFlow: true, firstParty: false },
  });
  const { application } = vestibule;

  /** What the device gets after its user has sent the consent page with these fields. */
  async function signedInWith(fields: Record<string, string>) {
    const { body } = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: application.id, scope: "openid offline_access" }).toString(),
    });
    const { device_code = "", user_code = "" } = JSON.parse(body) as Record<string, string>;
    const browser = vestibule.browser();
    const typed = await browser.get("/device");
    const code = { xsrf: hiddenField(typed, "xsrf"), user_code };
    const page = await browser.post(formAction(typed), code);
    const confirmed = { xsrf: hiddenField(page, "xsrf"), user_code, confirm: "yes" };
    const signIn = await follow(browser, await browser.post(formAction(page), confirmed));
    const consent = await givePassword(browser, signIn, vestibule.user);
    expect(consent.body).to.contain("Access even when you are not using it");
    const allowed = { _csrf: hiddenField(consent, "_csrf"), decision: "allow", ...fields };
    await follow(browser, await browser.post(formAction(consent), allowed));
    travel(6 * SECOND);
    const answer = await callToken(vestibule.browser(), application, { grant_type: GRANT, device_code });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body;
  }

  it("T76 gets a refresh token where the user allows it", async () => {
    const tokens = await signedInWith({});
    expect(tokens).to.include.keys("refresh_token").and.include({ scope: "openid offline_access" });
  });

  it("T76 gets none where the user refuses that alone", async () => {
    const tokens = await signedInWith({ only_while_using: "yes" });
    expect(tokens).to.not.have.property("refresh_token");
    expect(tokens).to.include({ scope: "openid" });
  });
});

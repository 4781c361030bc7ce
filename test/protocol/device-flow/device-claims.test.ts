import { expect } from "chai";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { callToken, claimsOf, follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { refresh, tokensOf, userinfo, type Tokens } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const DEVICE = { type: "native", redirectUris: [], deviceFlow: true };
const ABOUT_THE_USER = ["name", "preferred_username", "locale", "email", "email_verified", "groups"];
const ALL = { id_token: Object.fromEntries(ABOUT_THE_USER.map((name) => [name, null])) };

describe("the ID token of a device", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    user: { isMailProved: true },
  });

  const begin = async (application: TestApplication, fields: Record<string, string>) => {
    const { status, body } = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: application.id, ...fields }).toString(),
    });
    return { status, body: JSON.parse(body) as Record<string, string> };
  };

  async function signIn(application: TestApplication, fields: Record<string, string>): Promise<Tokens> {
    const { body } = await begin(application, fields);
    const browser = vestibule.browser();
    const asked = await browser.get("/device");
    const confirm = await browser.post(formAction(asked), {
      ...{ xsrf: hiddenField(asked, "xsrf"), user_code: body["user_code"] ?? "" },
    });
    const page = await browser.post(formAction(confirm), {
      ...{ xsrf: hiddenField(confirm, "xsrf"), user_code: hiddenField(confirm, "user_code"), confirm: "yes" },
    });
    await givePassword(browser, await follow(browser, page), vestibule.user);
    return tokensOf(
      await callToken(vestibule.browser(), application, {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: body["device_code"] ?? "",
      }),
    );
  }

  const namesIn = ({ id }: Tokens) =>
    Object.keys(claimsOf(id)).filter((name) => ABOUT_THE_USER.includes(name));

  it("T140 has the claims that the device names, of the scopes that it asks for", async () => {
    const application = await makeApplication(vestibule.services, DEVICE);
    const fields = { scope: "openid profile offline_access", claims: JSON.stringify(ALL) };
    const tokens = await signIn(application, fields);
    expect(namesIn(tokens)).to.have.members(["name", "preferred_username", "locale"]);
    const again = tokensOf(await refresh(vestibule.browser(), application, tokens.refresh));
    expect(namesIn(again)).to.deep.equal(namesIn(tokens));
  });

  it("T140 has those of the scopes where the application is set to that, also after a refresh", async () => {
    const application = await makeApplication(vestibule.services, { ...DEVICE, idTokenClaims: true });
    const tokens = await signIn(application, { scope: "openid email groups offline_access" });
    expect(namesIn(tokens)).to.have.members(["email", "email_verified", "groups"]);
    const again = tokensOf(await refresh(vestibule.browser(), application, tokens.refresh));
    expect(namesIn(again)).to.deep.equal(namesIn(tokens));
    const info = (await userinfo(vestibule.browser(), again.access)).body;
    expect(info).to.have.all.keys("sub", ...namesIn(again));
  });

  it("is refused for claims that are no JSON, before a user sees a code", async () => {
    const application = await makeApplication(vestibule.services, DEVICE);
    const { status, body } = await begin(application, { scope: "openid", claims: "name" });
    expect([status, body["error"]]).to.deep.equal([400, "invalid_request"]);
    expect(body["error_description"]).to.contain("claims must be a JSON object");
  });
});

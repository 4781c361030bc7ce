import { expect } from "chai";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { callToken, claimsOf, follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { letItSubmit } from "../../support/self-submitting.ts";
import { useResource } from "../../support/suite-resource.ts";
import { SECOND, travel } from "../../support/time.ts";
import { tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const QUESTION = "A different account is required";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

describe("a device that asks for another user than the one signed in", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    user: {},
    application: { type: "native", redirectUris: ["http://127.0.0.1/cb"], deviceFlow: true },
  });
  const { application, user: sanne } = vestibule;
  const omar = useResource(() => vestibule.makeUser());

  async function ask(): Promise<Readonly<Record<string, string>>> {
    const hint = (await tokensFor(vestibule.browser(), application, omar, { scope: "openid" })).id;
    const fields = { client_id: application.id, scope: "openid", id_token_hint: hint };
    const { body } = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
    return JSON.parse(body) as Record<string, string>;
  }
  /** Types the code and confirms the device, in the browser of a user who is signed in. */
  async function confirm(browser: HttpBrowser, code = ""): Promise<Page> {
    await tokensFor(browser, application, sanne, { scope: "openid" });
    const typed = await browser.get("/device");
    const fields = { xsrf: hiddenField(typed, "xsrf"), user_code: code };
    const page = await browser.post(formAction(typed), fields);
    return send(browser, page, { xsrf: hiddenField(page, "xsrf"), user_code: code, confirm: "yes" });
  }
  const send = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    follow(browser, await browser.post(formAction(page), fields));
  const decide = (browser: HttpBrowser, page: Page, decision: string) =>
    send(browser, page, { _csrf: hiddenField(page, "_csrf"), decision });
  const poll = (code = "") => {
    travel(6 * SECOND);
    return callToken(vestibule.browser(), application, { grant_type: GRANT, device_code: code });
  };

  it("T141 is signed in as that user alone", async () => {
    const asked = await ask();
    const browser = vestibule.browser();
    const question = await confirm(browser, asked["user_code"]);
    expect(question.body).to.contain(QUESTION);
    const page = await decide(browser, question, "switch");
    const again = await givePassword(browser, page, sanne);
    expect(again.body, "the wrong user").to.contain(QUESTION);
    expect((await poll(asked["device_code"])).body["error"]).to.equal("authorization_pending");
    const sent = await givePassword(browser, await decide(browser, again, "switch"), omar);
    const done = await follow(browser, await letItSubmit(browser, sent, ["xsrf", "logout"]));
    expect(done.body).to.contain("The device is signed in");
    const { body } = await poll(asked["device_code"]);
    expect(claimsOf(body["id_token"])["sub"]).to.equal(omar.id);
  });

  it("T141 gets access_denied where the signed-in user stays", async () => {
    const asked = await ask();
    const browser = vestibule.browser();
    const end = await decide(browser, await confirm(browser, asked["user_code"]), "back");
    expect([end.status, end.location]).to.deep.equal([200, ""]);
    expect(end.body).to.not.contain("The device is signed in").and.not.contain(QUESTION);
    expect((await poll(asked["device_code"])).body["error"]).to.equal("access_denied");
  });
});

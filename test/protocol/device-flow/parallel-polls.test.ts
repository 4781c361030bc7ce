import { expect } from "chai";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { callToken, follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { useResource } from "../../support/suite-resource.ts";
import { refresh, tokensOf, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a device that asks at two server processes at the same moment", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    application: { type: "native", redirectUris: [], deviceFlow: true, name: "Television" },
  });
  const { application, services } = vestibule;
  const other = useOtherProcess(vestibule);
  const user = useResource(async () => makeUser(services, await makeOffice(services)));
  const here = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const turn = (index: number) => (index % 2 === 0 ? here() : new HttpBrowser(vestibule.issuer, other.port));

  async function approve(userCode: string): Promise<void> {
    const browser = here();
    const send = async (page: Page, fields: Record<string, string>) =>
      browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), user_code: userCode, ...fields });
    const confirm = await send(await browser.get("/device"), {});
    const signIn = await follow(browser, await send(confirm, { confirm: "yes" }));
    expect((await givePassword(browser, signIn, user)).body).to.contain("The device is signed in");
  }

  it("T139 gets tokens once, is told to slow down otherwise, and its tokens live on", async () => {
    const { body } = await here().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: application.id, scope: "openid offline_access" }).toString(),
    });
    const asked = JSON.parse(body) as { device_code: string; user_code: string };
    await approve(asked.user_code);
    const fields = {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: asked.device_code,
    };
    const answers = await Promise.all(
      [0, 1, 2, 3].map((index) => callToken(turn(index), application, fields)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).to.have.lengthOf(1);
    expect(answers.flatMap(({ body: { error } }) => error ?? [])).to.deep.equal([
      "slow_down",
      "slow_down",
      "slow_down",
    ]);
    const [tokens] = won.map(tokensOf);
    expect((await userinfo(here(), tokens?.access ?? "")).status).to.equal(200);
    const refreshes = [0, 1].map((index) => refresh(turn(index), application, tokens?.refresh ?? ""));
    expect((await Promise.all(refreshes)).map(({ status }) => status)).to.deep.equal([200, 200]);
  });
});

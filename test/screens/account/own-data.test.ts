import { expect } from "chai";
import { send } from "../../support/account.ts";
import { follow } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the data of a user, for that user", () => {
  const vestibule = useVestibule({ user: {} });
  const { user } = vestibule;

  it("T152 are on the account page as JSON: profile, sessions and sign-ins, without a secret", async () => {
    const browser = vestibule.browser();
    const signIn = await follow(browser, await browser.get("/account/data"));
    const page = await follow(browser, await givePassword(browser, signIn, user));
    expect(page.body).to.contain("Your data");
    const file = await send(browser, page, {});
    const data = JSON.parse(file.body) as {
      account: object;
      sessions: object[];
      events: { by: string; type: string }[];
    };
    expect(data.account).to.include({ id: user.id, username: user.username });
    expect(data.sessions).to.have.length(1);
    expect(data.events.map(({ type }) => type)).to.include.members(["sign-in", "user.data-exported"]);
    expect(data.events.at(-1)).to.include({ by: "you", type: "user.data-exported" });
    expect(file.body).to.not.match(/password_hash|argon2|sealed/);
  });
});

import { expect } from "chai";
import { ceremonyOn, makePasskeyUser } from "../../support/passkeys.ts";
import { passPassword, sendForm } from "../../support/second-factor.ts";
import { useVestibule, type World } from "../../support/use-vestibule.ts";

const PATH = "/.well-known/webauthn";

describe("the domain of passkeys", () => {
  const vestibule = useVestibule({ application: {} });
  const elsewhere = useVestibule({ application: {}, settings: { VESTIBULE_PASSKEY_DOMAIN: "example.com" } });

  async function domainOf(world: World): Promise<string> {
    const browser = world.browser();
    const choice = await passPassword(browser, world.application, await makePasskeyUser(world.services));
    return ceremonyOn(await sendForm(browser, choice, { method: "passkey" })).rp.id;
  }

  it("is the issuer's host, and no other origin is named", async () => {
    expect(await domainOf(vestibule)).to.equal(new URL(vestibule.issuer).hostname);
    expect((await vestibule.browser().get(PATH)).status).to.equal(404);
  });

  it("is the one of the setting, which has to serve what we serve: our origin", async () => {
    expect(await domainOf(elsewhere)).to.equal("example.com");
    const answer = await elsewhere.browser().get(PATH);
    expect(JSON.parse(answer.body)).to.deep.equal({ origins: [elsewhere.issuer] });
    expect(answer.headers["content-type"]).to.contain("application/json");
  });
});

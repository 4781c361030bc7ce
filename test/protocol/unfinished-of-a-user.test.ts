import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** The least that the setting allows. */
const MOST = 50;

describe("what a signed-in user leaves unfinished", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_UNFINISHED_PER_ADDRESS: String(MOST) },
    user: {},
    application: {},
  });
  const unfinished = async () => {
    const text = "select count(*)::integer as count from oidc_models where kind = 2";
    return (await asOwner<{ count: number }>(vestibule.database, text))[0]?.count;
  };

  it("T131 is as much as one address may leave, and the newest still goes on", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    await asOwner(vestibule.database, "delete from oidc_models where kind = 2");
    const begin = () => browser.get(vestibule.request({ prompt: "login" }).url);
    for (let times = 0; times < MOST + 20; times += 1) {
      await begin();
    }
    expect(await unfinished()).to.equal(MOST);
    expect((await browser.get((await begin()).location)).status).to.equal(200);
  });

  it("T131 takes nothing from another user at the same address", async () => {
    const [one, other] = [vestibule.browser(), vestibule.browser()];
    await vestibule.signIn(one);
    await vestibule.signIn(other, vestibule.request(), await vestibule.makeUser());
    const begun = await other.get(vestibule.request({ prompt: "login" }).url);
    for (let times = 0; times < MOST + 5; times += 1) {
      await one.get(vestibule.request({ prompt: "login" }).url);
    }
    expect((await other.get(begun.location)).status).to.equal(200);
  });
});

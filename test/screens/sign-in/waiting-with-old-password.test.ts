import { expect } from "chai";
import { storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, TESTER } from "../../support/people.ts";
import { hasCode, pageName, passPassword, sendForm } from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("T121 a sign-in that waits on the page for a new password", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;

  /** A user whose password has expired, and two browsers that have just given it. */
  async function twoWaiting() {
    const user = await makeUser(services, await makeOffice(services));
    await services.administration.users.expirePassword(await storedUser(services, user), TESTER);
    travel(2 * SECOND);
    const [owner, thief] = [vestibule.browser(), vestibule.browser()];
    const form = await passPassword(owner, application, user);
    travel(SECOND);
    const waiting = await passPassword(thief, application, user);
    expect([pageName(form), pageName(waiting)]).to.deep.equal(["new-password", "new-password"]);
    return { user, owner, form, thief, waiting };
  }

  it("T121 is over when another one has set it: the old password signs nobody in", async () => {
    const { owner, form, thief, waiting } = await twoWaiting();
    expect(hasCode(await sendForm(owner, form, { newPassword: NEW })), "the owner").to.equal(true);
    const reloaded = await thief.get(waiting.url.replace(/\/[^/]+$/, ""));
    expect(reloaded.location, "the thief").to.equal("");
    expect(pageName(reloaded)).to.equal("password");
  });

  it("T121 goes on for the one that has set it, and its session counts", async () => {
    const { owner, form } = await twoWaiting();
    await sendForm(owner, form, { newPassword: NEW });
    expect((await owner.get("/account")).status).to.equal(200);
    travel(2 * SECOND);
    expect((await owner.get("/account")).status, "later").to.equal(200);
  });
});

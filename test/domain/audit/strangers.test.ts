import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import {
  authorizationRequest,
  formAction,
  hiddenField,
  openSignIn,
  signIn,
} from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the audit log, of strangers", () => {
  const vestibule = useVestibule({ application: {}, user: {} });
  const request = () => authorizationRequest(vestibule.issuer, vestibule.application);

  const events = () =>
    asOwner<{ type: string; actor: string }>(
      vestibule.database,
      "select type, actor from audit_events where type in ('sign-in.cancelled', 'sign-out') order by id",
    );

  async function signOut(browser: HttpBrowser): Promise<void> {
    const page = await browser.get("/sign-out");
    const fields = { xsrf: hiddenField(page, "xsrf"), logout: "yes" };
    expect((await browser.post("/sign-out/confirm", fields)).status).to.equal(303);
  }

  it("T131 has no row of a sign-in that was cancelled before its password: a stranger could write without limit", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, request());
    const answer = await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), cancel: "1" });
    expect(answer.status).to.equal(303);
    expect(await events()).to.deep.equal([]);
  });

  it("T131 has no row of a sign-out in a browser without a session", async () => {
    await signOut(vestibule.browser());
    // What oidc-provider reports is written after its answer: the row of a user comes after that of a stranger.
    const known = vestibule.browser();
    await signIn(known, request(), vestibule.user);
    await signOut(known);
    const rows = await eventually(events, ({ length }) => length > 0);
    expect(rows).to.deep.equal([{ type: "sign-out", actor: vestibule.user.id }]);
  });
});

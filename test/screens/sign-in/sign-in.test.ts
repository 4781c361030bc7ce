import { expect } from "chai";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
} from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("signing in", () => {
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: { username: "sanne" }, application: {} });

  it("leads back to the application with tokens", async () => {
    const browser = vestibule.browser();
    const request = vestibule.request();
    const redirect = await vestibule.signIn(browser, request);
    expect(redirect.origin + redirect.pathname).to.equal("https://app.test/cb");
    expect(redirect.searchParams.get("state")).to.equal(request.state);
    const { status, body } = await redeem(browser, vestibule.application, { redirect, request });
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(claimsOf(body["id_token"])).to.include({ sub: vestibule.user.id, acr: "urn:vestibule:acr:1" });
    expect(body).to.have.keys(
      "access_token",
      "expires_in",
      "id_token",
      "refresh_token",
      "scope",
      "token_type",
    );
  });

  it("is silent for the next application while the session lasts", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    const other = await makeApplication(vestibule.services);
    const answer = await browser.get(authorizationRequest(vestibule.issuer, other, { prompt: "none" }).url);
    expect(new URL(answer.location).searchParams.get("code")).to.be.a("string");
  });

  it("compares office code and username after folding", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const typed = { officeCode: " noord ", username: "ＳＡＮＮＥ ", password: vestibule.user.password };
    const answer = await follow(browser, await sendPassword(browser, page, typed));
    expect(answer.location).to.match(/^https:\/\/app\.test\/cb\?code=/);
  });

  it("keeps what was typed after a wrong password, but not the password", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const typed = { officeCode: "noord", username: "sanne", password: "not-the-password" };
    const answer = await sendPassword(browser, page, typed);
    expect(answer.status).to.equal(400);
    expect(answer.body).to.contain("The office code, username or password is incorrect.");
    expect(answer.body).to.contain("<title>Error: Sign in");
    expect(hiddenField(answer, "_csrf")).to.not.equal("");
    expect(answer.body).to.contain('value="noord"').and.to.contain('value="sanne"');
    expect(answer.body).to.not.contain("not-the-password");
  });

  it("names each field that is missing", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const answer = await sendPassword(browser, page, { officeCode: "", username: " ", password: "" });
    expect(answer.body)
      .to.contain('href="#officeCode"')
      .and.contain('href="#username"')
      .and.contain('href="#password"');
  });

  it("gives access_denied to the application on Cancel", async () => {
    const browser = vestibule.browser();
    const request = vestibule.request();
    const page = await openSignIn(browser, request);
    const fields = { _csrf: hiddenField(page, "_csrf"), cancel: "1" };
    const answer = await follow(browser, await browser.post(`${page.url}/password`, fields));
    const { searchParams } = new URL(answer.location);
    expect(searchParams.get("error")).to.equal("access_denied");
    expect(searchParams.get("state")).to.equal(request.state);
  });

  it("fills in the office of the last sign-in, and the application's login_hint", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    browser.forget("vestibule-session");
    const page = await openSignIn(browser, vestibule.request({ login_hint: "sanne" }));
    expect(page.body).to.contain('value="NOORD"').and.contain('value="sanne"');
  });

  it("takes the office of the request whatever the form says", async () => {
    const other = await makeOffice(vestibule.services);
    const namesake = await makeUser(vestibule.services, other, { username: "sanne" });
    const browser = vestibule.browser();
    const request = vestibule.request({ office: "noord" });
    const page = await openSignIn(browser, request);
    expect(page.body).to.not.contain('name="officeCode"');
    const typed = { officeCode: other.code, username: "sanne", password: namesake.password };
    const redirect = new URL((await follow(browser, await sendPassword(browser, page, typed))).location);
    const { body } = await redeem(browser, vestibule.application, { redirect, request });
    expect(claimsOf(body["id_token"])["sub"]).to.equal(vestibule.user.id);
  });
});

import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  signIn,
} from "../support/relying-party.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("signing in", () => {
  let vestibule: TestVestibule;
  let application: TestApplication;
  let user: TestUser;
  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);

  before(async () => {
    vestibule = await startVestibule();
    const office = await makeOffice(vestibule.services, { code: "NOORD" });
    user = await makeUser(vestibule.services, office, { username: "sanne" });
    application = await makeApplication(vestibule.services);
  });
  after(() => vestibule.stop());

  it("leads back to the application with tokens", async () => {
    const browser = newBrowser();
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(browser, request, user);
    expect(redirect.origin + redirect.pathname).to.equal("https://app.test/cb");
    expect(redirect.searchParams.get("state")).to.equal(request.state);
    const { status, body } = await redeem(browser, application, { redirect, request });
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(claimsOf(body["id_token"])).to.include({ sub: user.id, acr: "urn:vestibule:acr:1" });
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
    const browser = newBrowser();
    await signIn(browser, authorizationRequest(vestibule.issuer, application), user);
    const other = await makeApplication(vestibule.services);
    const answer = await browser.get(authorizationRequest(vestibule.issuer, other, { prompt: "none" }).url);
    expect(new URL(answer.location).searchParams.get("code")).to.be.a("string");
  });

  it("compares office code and username after folding", async () => {
    const browser = newBrowser();
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, application));
    const typed = { officeCode: " noord ", username: "ＳＡＮＮＥ ", password: user.password };
    const answer = await follow(browser, await sendPassword(browser, page, typed));
    expect(answer.location).to.match(/^https:\/\/app\.test\/cb\?code=/);
  });

  it("keeps what was typed after a wrong password, but not the password", async () => {
    const browser = newBrowser();
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, application));
    const typed = { officeCode: "noord", username: "sanne", password: "not-the-password" };
    const answer = await sendPassword(browser, page, typed);
    expect(answer.status).to.equal(400);
    expect(answer.body).to.contain("The office code, username or password is not right.");
    expect(answer.body).to.contain("<title>Error: Sign in");
    expect(hiddenField(answer, "_csrf")).to.not.equal("");
    expect(answer.body).to.contain('value="noord"').and.to.contain('value="sanne"');
    expect(answer.body).to.not.contain("not-the-password");
  });

  it("names each field that is missing", async () => {
    const browser = newBrowser();
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, application));
    const answer = await sendPassword(browser, page, { officeCode: "", username: " ", password: "" });
    expect(answer.body)
      .to.contain('href="#officeCode"')
      .and.contain('href="#username"')
      .and.contain('href="#password"');
  });

  it("gives access_denied to the application on Cancel", async () => {
    const browser = newBrowser();
    const request = authorizationRequest(vestibule.issuer, application);
    const page = await openSignIn(browser, request);
    const fields = { _csrf: hiddenField(page, "_csrf"), cancel: "1" };
    const answer = await follow(browser, await browser.post(`${page.url}/password`, fields));
    const { searchParams } = new URL(answer.location);
    expect(searchParams.get("error")).to.equal("access_denied");
    expect(searchParams.get("state")).to.equal(request.state);
  });

  it("fills in the office of the last sign-in, and the application's login_hint", async () => {
    const browser = newBrowser();
    await signIn(browser, authorizationRequest(vestibule.issuer, application), user);
    browser.forget("vestibule-session");
    const page = await openSignIn(
      browser,
      authorizationRequest(vestibule.issuer, application, { login_hint: "sanne" }),
    );
    expect(page.body).to.contain('value="NOORD"').and.contain('value="sanne"');
  });

  it("takes the office of the request whatever the form says", async () => {
    const other = await makeOffice(vestibule.services);
    const namesake = await makeUser(vestibule.services, other, { username: "sanne" });
    const browser = newBrowser();
    const request = authorizationRequest(vestibule.issuer, application, { office: "noord" });
    const page = await openSignIn(browser, request);
    expect(page.body).to.not.contain('name="officeCode"');
    const typed = { officeCode: other.code, username: "sanne", password: namesake.password };
    const redirect = new URL((await follow(browser, await sendPassword(browser, page, typed))).location);
    const { body } = await redeem(browser, application, { redirect, request });
    expect(claimsOf(body["id_token"])["sub"]).to.equal(user.id);
  });
});

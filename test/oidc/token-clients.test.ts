import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { authorizationRequest, callToken, redeem, signIn } from "../support/relying-party.ts";
import { introspect, refresh, revoke, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("tokens belong to one application", () => {
  let vestibule: TestVestibule;
  let owner: TestApplication;
  let user: TestUser;
  let strangers: readonly TestApplication[];
  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);

  before(async () => {
    vestibule = await startVestibule();
    const { services } = vestibule;
    const office = await makeOffice(services);
    user = await makeUser(services, office);
    owner = await makeApplication(services);
    strangers = await Promise.all([
      makeApplication(services, { name: "Payroll" }),
      makeApplication(services, { name: "Planner", type: "browser" }),
      makeApplication(services, { name: "Pocket", type: "native" }),
    ]);
  });
  after(() => vestibule.stop());

  it("T69 refuses another application's code to every stranger, and the owner can still redeem it", async () => {
    const browser = newBrowser();
    const request = authorizationRequest(vestibule.issuer, owner);
    const redirect = await signIn(browser, request, user);
    for (const stranger of strangers) {
      const { status, body } = await redeem(browser, stranger, { redirect, request });
      expect([status, body["error"]], stranger.application.name).to.deep.equal([400, "invalid_grant"]);
    }
    expect((await redeem(browser, owner, { redirect, request })).status).to.equal(200);
  });

  it("T69 refuses another application's refresh token to every stranger, and the owner can still use it", async () => {
    const browser = newBrowser();
    const tokens = await tokensFor(browser, owner, user);
    for (const stranger of strangers) {
      const { status, body } = await refresh(browser, stranger, tokens.refresh);
      expect([status, body["error"]], stranger.application.name).to.deep.equal([400, "invalid_grant"]);
    }
    expect((await refresh(browser, owner, tokens.refresh)).status).to.equal(200);
  });

  it("T69 tells a stranger nothing about a token at introspection, and the owner everything", async () => {
    const browser = newBrowser();
    const tokens = await tokensFor(browser, owner, user);
    for (const stranger of strangers) {
      for (const token of [tokens.access, tokens.refresh]) {
        const { body } = await introspect(browser, stranger, token);
        expect(body, stranger.application.name).to.deep.equal({ active: false });
      }
    }
    const own = await introspect(browser, owner, tokens.access);
    expect(own.body).to.include({ active: true, client_id: owner.id, sub: user.id, iss: vestibule.issuer });
  });

  it("T69 lets a stranger's revocation change nothing", async () => {
    const browser = newBrowser();
    const tokens = await tokensFor(browser, owner, user);
    for (const stranger of strangers) {
      for (const token of [tokens.access, tokens.refresh]) {
        const { status } = await revoke(browser, stranger, token);
        expect(status, stranger.application.name).to.be.oneOf([200, 400]);
      }
    }
    expect((await userinfo(browser, tokens.access)).status).to.equal(200);
    expect(tokensOf(await refresh(browser, owner, tokens.refresh)).access).to.be.a("string");
  });

  it("T69 refuses a code with the redirect address of another request", async () => {
    const application = await makeApplication(vestibule.services, {
      redirectUris: ["https://app.test/cb", "https://app.test/other"],
    });
    const browser = newBrowser();
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(browser, request, user);
    const { status, body } = await callToken(browser, application, {
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: "https://app.test/other",
      code_verifier: request.verifier,
    });
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });
});

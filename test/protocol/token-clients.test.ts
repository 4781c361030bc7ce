import { expect } from "chai";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, callToken, redeem } from "../support/relying-party.ts";
import { introspect, refresh, revoke, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("tokens belong to one application", () => {
  const vestibule = useVestibule({ office: {}, user: {} });
  let strangers: readonly TestApplication[];

  const owner = useResource(() => makeApplication(vestibule.services));
  before(async () => {
    strangers = await Promise.all([
      makeApplication(vestibule.services, { name: "Payroll" }),
      makeApplication(vestibule.services, { name: "Planner", type: "browser" }),
      makeApplication(vestibule.services, { name: "Pocket", type: "native" }),
    ]);
  });

  it("T69 refuses another application's code to every stranger, and the owner can still redeem it", async () => {
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, owner);
    const redirect = await vestibule.signIn(browser, request);
    for (const stranger of strangers) {
      const { status, body } = await redeem(browser, stranger, { redirect, request });
      expect([status, body["error"]], stranger.application.name).to.deep.equal([400, "invalid_grant"]);
    }
    expect((await redeem(browser, owner, { redirect, request })).status).to.equal(200);
  });

  it("T69 refuses another application's refresh token to every stranger, and the owner can still use it", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, owner, vestibule.user);
    for (const stranger of strangers) {
      const { status, body } = await refresh(browser, stranger, tokens.refresh);
      expect([status, body["error"]], stranger.application.name).to.deep.equal([400, "invalid_grant"]);
    }
    expect((await refresh(browser, owner, tokens.refresh)).status).to.equal(200);
  });

  it("T69 reveals nothing about a token to a stranger at introspection, and everything to its owner", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, owner, vestibule.user);
    for (const stranger of strangers) {
      for (const token of [tokens.access, tokens.refresh]) {
        const { body } = await introspect(browser, stranger, token);
        expect(body, stranger.application.name).to.deep.equal({ active: false });
      }
    }
    const own = await introspect(browser, owner, tokens.access);
    expect(own.body).to.include({
      active: true,
      client_id: owner.id,
      sub: vestibule.user.id,
      iss: vestibule.issuer,
    });
  });

  it("T69 lets a stranger's revocation change nothing", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, owner, vestibule.user);
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
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await vestibule.signIn(browser, request);
    const { status, body } = await callToken(browser, application, {
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: "https://app.test/other",
      code_verifier: request.verifier,
    });
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });
});

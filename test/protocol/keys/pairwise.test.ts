import { expect } from "chai";
import { startBackChannel } from "../../support/back-channel.ts";
import { eventually } from "../../support/eventually.ts";
import { useLocalSite } from "../../support/local-site.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { authorizationRequest, claimsOf, formAction, hiddenField } from "../../support/relying-party.ts";
import { introspect, refresh, tokensFor, tokensOf, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("an application that is to know people by a name of its own", () => {
  const vestibule = useVestibule({ user: {} });
  let listed: unknown;
  const port = useLocalSite((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(listed));
  });

  const make = (host: string, changes: Record<string, unknown> = {}) =>
    makeApplication(vestibule.services, {
      pairwise: true,
      redirectUris: [`https://${host}/cb`],
      ...changes,
    });
  const subjectOf = async (application: TestApplication) =>
    claimsOf((await tokensFor(vestibule.browser(), application, vestibule.user)).id)["sub"];

  it("T75 gets another sub than applications elsewhere, always the same, and never the account's id", async () => {
    const [one, other, neighbour] = [await make("one.test"), await make("two.test"), await make("one.test")];
    const subjects = [await subjectOf(one), await subjectOf(other), await subjectOf(neighbour)];
    expect(await subjectOf(one)).to.equal(subjects[0]);
    expect(subjects[2], "of the same sector").to.equal(subjects[0]);
    expect(new Set([...subjects, vestibule.user.id]).size).to.equal(3);
    const public_ = await subjectOf(await makeApplication(vestibule.services));
    expect(public_).to.equal(vestibule.user.id);
  });

  it("T75 reads the same name in userinfo, at introspection, after a refresh, and as a hint", async () => {
    const application = await make("one.test");
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, vestibule.user);
    const { sub } = claimsOf(tokens.id);
    expect((await userinfo(browser, tokens.access)).body["sub"]).to.equal(sub);
    expect((await introspect(browser, application, tokens.access)).body["sub"]).to.equal(sub);
    const hinted = authorizationRequest(vestibule.issuer, application, {
      prompt: "none",
      id_token_hint: tokens.id,
    });
    expect((await browser.get(hinted.url)).location).to.contain("code=");
    const renewed = tokensOf(await refresh(browser, application, tokens.refresh));
    expect(claimsOf(renewed.id)["sub"]).to.equal(sub);
  });

  it("T65 is notified of a sign-out by that name", async () => {
    const channel = await startBackChannel();
    const application = await make("one.test", { backchannelLogoutUri: channel.url });
    const browser = vestibule.browser();
    const { sub } = claimsOf((await tokensFor(browser, application, vestibule.user)).id);
    const page = await browser.get("/sign-out");
    await browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), logout: "yes" });
    const [token] = await eventually(
      () => Promise.resolve(channel.tokens),
      ({ length }) => length > 0,
    );
    await channel.stop();
    expect(claimsOf(token)["sub"]).to.equal(sub);
  });

  it("T100 joins a sector only when that lists its addresses, and asks through the guard", async () => {
    const sectorIdentifierUri = `http://127.0.0.1:${String(port())}/sector.json`;
    listed = ["https://a.test/cb", "https://b.test/cb"];
    const application = await make("a.test", { sectorIdentifierUri });
    expect(await subjectOf(application)).to.equal(
      await subjectOf(await make("b.test", { sectorIdentifierUri })),
    );
    for (const [answer, address] of [
      [["https://a.test/cb"], sectorIdentifierUri],
      [{ not: "a list" }, sectorIdentifierUri],
      [["https://c.test/cb"], "https://169.254.169.254/sector.json"],
    ] as const) {
      listed = answer;
      const made = await make("c.test", { sectorIdentifierUri: address }).catch((error: unknown) =>
        String(error),
      );
      expect(made).to.be.a("string").and.contain("The sector identifier");
    }
  });

  it("T76 gets of a person what it was allowed, and no more than its scopes say", async () => {
    const narrow = await makeApplication(vestibule.services, { claims: ["name", "office"] });
    const tokens = await tokensFor(vestibule.browser(), narrow, vestibule.user, {
      scope: "openid profile email",
    });
    const claims = (await userinfo(vestibule.browser(), tokens.access)).body;
    expect(claims).to.have.all.keys("sub", "name");
  });
});

import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { storedUser } from "../support/mobile-numbers.ts";
import { makeApplication, TESTER } from "../support/people.ts";
import { statementsOf } from "../support/statements.ts";
import { useResource } from "../support/suite-resource.ts";
import { DAY, MINUTE, SECOND, travel } from "../support/time.ts";
import { introspect, refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the refresh token of a confidential application", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application, user } = vestibule;
  const rotating = useResource(() => makeApplication(vestibule.services, { rotateRefreshTokens: true }));
  const browser = () => vestibule.browser();
  const first = () => tokensFor(browser(), application, user);
  const errorOf = async (token: string) => (await refresh(browser(), application, token)).body["error"];

  it("T139 stays the same, so that a lost answer and a parallel refresh cost nothing", async () => {
    const { refresh: token } = await first();
    for (const wait of [0, 30 * SECOND, DAY]) {
      travel(wait);
      const answered = tokensOf(await refresh(browser(), application, token));
      expect(answered.refresh).to.equal(token);
      expect((await userinfo(browser(), answered.access)).status).to.equal(200);
    }
  });

  it("is replaced at each use where the application asks for it", async () => {
    const { refresh: token } = await tokensFor(browser(), rotating, user);
    const next = tokensOf(await refresh(browser(), rotating, token));
    expect(next.refresh).to.not.equal(token);
    travel(11 * SECOND);
    expect((await refresh(browser(), rotating, token)).body["error"]).to.equal("invalid_grant");
  });

  it("T139 is a good one where the replacement ends while a replaced token is within its grace", async () => {
    const changing = await makeApplication(vestibule.services, { rotateRefreshTokens: true });
    const { refresh: token } = await tokensFor(browser(), changing, user);
    await refresh(browser(), changing, token);
    const { applications, applicationService } = vestibule.services;
    const draft = { ...changing.application, rotateRefreshTokens: false };
    await applicationService.change(changing.application, draft, "test");
    await eventually(
      () => applications.find(changing.id),
      (found) => found?.rotateRefreshTokens === false,
    );
    const { refresh: kept } = tokensOf(await refresh(browser(), changing, token));
    travel(MINUTE);
    expect(tokensOf(await refresh(browser(), changing, kept)).refresh).to.equal(kept);
  });

  it("T139 is worth nothing to anybody else", async () => {
    const { refresh: token } = await first();
    const other = await makeApplication(vestibule.services);
    const page = await makeApplication(vestibule.services, { type: "browser" });
    const { id } = application;
    const thieves = [other, page, { id, secret: "guess-okapi" }, { id, secret: null }];
    const answers = await Promise.all(thieves.map((thief) => refresh(browser(), thief, token)));
    expect(answers.map(({ body }) => body["error"])).to.deep.equal([
      ...["invalid_grant", "invalid_grant"],
      ...["invalid_client", "invalid_client"],
    ]);
    expect((await refresh(browser(), application, token)).status, "its own").to.equal(200);
  });

  it("T68 ends 14 days after its last use, and lives on while it is used", async () => {
    const { refresh: token } = await first();
    for (let use = 0; use < 3; use += 1) {
      travel(13 * DAY);
      expect((await refresh(browser(), application, token)).status).to.equal(200);
    }
    travel(14 * DAY + SECOND);
    expect(await errorOf(token)).to.equal("invalid_grant");
  });

  it("T68 ends 90 days after the sign-in although it is used daily", async () => {
    const { refresh: token } = await first();
    for (let day = 1; day < 90; day += 1) {
      travel(DAY);
      expect((await refresh(browser(), application, token)).status, `day ${String(day)}`).to.equal(200);
    }
    travel(DAY + SECOND);
    expect(await errorOf(token)).to.equal("invalid_grant");
  });

  it("tells its new end at introspection", async () => {
    const { refresh: token } = await first();
    const endOf = async () => Number((await introspect(browser(), application, token)).body["exp"]);
    const before = await endOf();
    travel(DAY);
    await refresh(browser(), application, token);
    expect((await endOf()) - before).to.be.within(DAY / SECOND, DAY / SECOND + 60);
  });

  it("costs one statement that reads and one that writes, whether or not its end moves", async () => {
    const { refresh: token } = await first();
    const refreshed = () => statementsOf(() => refresh(browser(), application, token));
    expect(await refreshed()).to.deep.equal(["oidc_find", "oidc_write_add"]);
    travel(2 * MINUTE);
    expect(await refreshed()).to.deep.equal(["oidc_find", "oidc_write_change_add"]);
  });

  it("T121 T139 ends with everything that the user proved before, however often it was used", async () => {
    const { refresh: token } = await first();
    travel(DAY);
    const { access } = tokensOf(await refresh(browser(), application, token));
    const { services } = vestibule;
    await services.administration.users.endSessions(await storedUser(services, user), TESTER);
    expect(await errorOf(token)).to.equal("invalid_grant");
    expect((await userinfo(browser(), access)).status).to.equal(401);
  });
});

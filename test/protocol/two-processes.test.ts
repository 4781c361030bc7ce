import { expect } from "chai";
import { newApplicationSchema } from "../../src/domain/applications/application.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { useOtherProcess } from "../support/other-process.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { authorizationRequest, redeem, signIn, type TokenAnswer } from "../support/relying-party.ts";
import { aliveAmong, refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const PARALLEL = 20;
const ROUNDS = 3;

describe("two server processes on one database", () => {
  // Refresh tokens are good once, and have no grace.
  const vestibule = useVestibule({ application: { rotateRefreshTokens: true, refreshGraceSeconds: 0 } });
  const { application, database, services } = vestibule;
  let user: TestUser;
  const here = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const there = () => new HttpBrowser(vestibule.issuer, other.port);

  const other = useOtherProcess(vestibule);
  before(async () => {
    const office = await makeOffice(services);
    user = await makeUser(services, office);
  });

  /** Sends the same call many times at once, to both processes in turn. */
  const race = (call: (browser: HttpBrowser) => Promise<TokenAnswer>): Promise<TokenAnswer[]> =>
    Promise.all(Array.from({ length: PARALLEL }, (_, index) => call(index % 2 === 0 ? here() : there())));

  async function expectDeadFamily(answers: readonly TokenAnswer[]): Promise<void> {
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length, "answers with tokens").to.be.at.most(1);
    answers
      .filter(({ status }) => status !== 200)
      .forEach(({ status, body }) => expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]));
    const tokens = won.map(tokensOf);
    expect(await aliveAmong(here(), application, tokens)).to.be.empty;
    expect(await aliveAmong(there(), application, tokens)).to.be.empty;
  }

  it("T66 lets one of 20 parallel redemptions of a code win at most, and then kills its tokens too", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const request = authorizationRequest(vestibule.issuer, application);
      const redirect = await signIn(here(), request, user);
      const answers = await race((browser) => redeem(browser, application, { redirect, request }));
      await expectDeadFamily(answers);
      expect(await familyRows(), "rows of codes and tokens").to.equal(0);
    }
  });

  it("T66 gives tokens that both processes accept to a code that is redeemed once", async () => {
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(here(), request, user);
    const { access } = tokensOf(await redeem(there(), application, { redirect, request }));
    expect((await userinfo(here(), access)).body["sub"]).to.equal(user.id);
    expect((await userinfo(there(), access)).body["sub"]).to.equal(user.id);
    await forgetAll();
  });

  it("T67 lets one of 20 parallel refreshes win at most, and then kills the whole family", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = await tokensFor(here(), application, user);
      const answers = await race((browser) => refresh(browser, application, first.refresh));
      await expectDeadFamily(answers);
      expect(await aliveAmong(there(), application, [first])).to.be.empty;
      expect(await familyRows(), "rows of tokens").to.equal(0);
    }
  });

  it("T67 kills the winner's new tokens when the used refresh token is replayed at the other process", async () => {
    const first = await tokensFor(here(), application, user);
    const second = tokensOf(await refresh(here(), application, first.refresh));
    const third = tokensOf(await refresh(there(), application, second.refresh));
    expect((await userinfo(there(), third.access)).status).to.equal(200);
    const replayed = await refresh(there(), application, first.refresh);
    expect([replayed.status, replayed.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect(await aliveAmong(here(), application, [first, second, third])).to.be.empty;
  });

  it("T67 writes an alarm for a token that came twice", async () => {
    const alarms = () =>
      asOwner(database, "select 1 from audit_events where type = 'token.reused' and outcome = 'alarm'");
    const before = (await alarms()).length;
    const first = await tokensFor(here(), application, user);
    await race((browser) => refresh(browser, application, first.refresh));
    expect((await alarms()).length).to.be.above(before);
  });

  it("shows a change of an application within moments to the process that did not make it", async () => {
    const changing = await makeApplication(services);
    const ask = (redirectUri: string) =>
      there().get(
        authorizationRequest(vestibule.issuer, changing, { redirect_uri: redirectUri, prompt: "none" }).url,
      );
    expect((await ask("https://app.test/cb")).status).to.equal(303);
    expect((await ask("https://new.test/cb")).status).to.equal(400);
    const draft = newApplicationSchema.parse({
      ...changing.application,
      redirectUris: ["https://new.test/cb"],
    });
    await services.applicationService.change(changing.application, draft, "test");
    const old = await eventually(
      () => ask("https://app.test/cb"),
      ({ status }) => status === 400,
    );
    expect(old.status, "the old address").to.equal(400);
    expect((await ask("https://new.test/cb")).status, "the new address").to.equal(303);
  });

  const CODES_AND_TOKENS = "kind in (3, 4, 5)";

  async function familyRows(): Promise<number> {
    const rows = await asOwner(database, `select 1 from oidc_models where ${CODES_AND_TOKENS}`);
    return rows.length;
  }

  const forgetAll = () => asOwner(database, `delete from oidc_models where ${CODES_AND_TOKENS}`);
});

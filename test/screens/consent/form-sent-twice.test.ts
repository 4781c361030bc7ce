import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { follow, openSignIn, redeem, sendPassword, type Request } from "../../support/relying-party.ts";
import { eventsFrom, leads, senderOf } from "../../support/sent-twice.ts";
import { useResource } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SCOPE = "openid profile offline_access";

describe("the form of the consent page that is sent twice", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ office: {}, user: {} });
  const foreign = useResource(() => vestibule.makeApplication({ name: "Shoebox", firstParty: false }));
  const other = useOtherProcess(vestibule);
  const sendTwice = senderOf(vestibule, other);
  const row = { table: "users", id: "" };

  async function arrive(browser: HttpBrowser, request: Request): Promise<Page> {
    const page = await openSignIn(browser, request);
    const { username, password, office } = vestibule.user;
    return page.body.includes('name="password"')
      ? follow(browser, await sendPassword(browser, page, { officeCode: office.code, username, password }))
      : page;
  }
  const opened = async () => {
    const browser = vestibule.browser();
    const request = vestibule.request({ scope: SCOPE }, foreign);
    return { browser, request, page: await arrive(browser, request), row };
  };
  const grants = () =>
    asOwner(vestibule.database, "select from oidc_models where kind = 0 and application_id = $1", [
      foreign.id,
    ]);
  /** The browser shows the second answer alone, with the cookies of both. */
  async function goOn(browser: HttpBrowser, answers: readonly Page[]): Promise<Page> {
    answers.forEach((answer) => {
      browser.keep(answer);
    });
    return follow(browser, answers.at(-1) ?? expect.fail());
  }
  beforeEach(() =>
    asOwner(vestibule.database, "delete from oidc_models where kind = 0 and application_id = $1", [
      foreign.id,
    ]),
  );

  for (const order of ["one after the other", "at the same moment"] as const) {
    it(`allows once, with one grant, and leads back to the application (${order})`, async () => {
      const { browser, request, ...sent } = await opened();
      const events = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, ...sent, fields: { decision: "allow" } }, order);
      expect(new Set(leads(answers)).size).to.equal(1);
      expect(await events()).to.deep.equal(["consent"]);
      expect(await grants()).to.have.length(1);
      const back = await goOn(browser, answers);
      const answer = await redeem(browser, foreign, { redirect: new URL(back.location), request });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      expect(answer.body["scope"]).to.equal(SCOPE);
    });

    it(`allows more once, in the grant that there is (${order})`, async () => {
      const first = await opened();
      const allow = { decision: "allow", only_while_using: "1" };
      const answers = await sendTwice({ ...first, fields: allow }, order);
      await goOn(first.browser, answers);
      const { browser } = first;
      const request = vestibule.request({ scope: `${SCOPE} email` }, foreign);
      const page = await arrive(browser, request);
      const events = await eventsFrom(vestibule);
      await sendTwice({ browser, page, row, fields: { decision: "allow" } }, order);
      expect(await events()).to.deep.equal(["consent"]);
      expect(await grants()).to.have.length(1);
    });

    it(`refuses once (${order})`, async () => {
      const { browser, ...sent } = await opened();
      const events = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, ...sent, fields: { decision: "deny" } }, order);
      expect(new Set(leads(answers)).size).to.equal(1);
      expect(await events()).to.deep.equal(["consent"]);
      expect(await grants()).to.have.length(0);
      const back = await goOn(browser, answers);
      expect(new URL(back.location).searchParams.get("error")).to.equal("access_denied");
    });
  }

  it("takes the last decision of a user who changes their mind, and records each", async () => {
    const { browser, request, page } = await opened();
    const events = await eventsFrom(vestibule);
    const allow = { decision: "allow" };
    let last: readonly Page[] = [];
    for (const fields of [allow, { decision: "deny" }, { ...allow, only_while_using: "1" }, allow]) {
      last = await sendTwice({ browser, page, row, fields }, "one after the other");
    }
    expect(await events()).to.deep.equal(["consent", "consent", "consent", "consent"]);
    const back = await goOn(browser, last);
    const answer = await redeem(browser, foreign, { redirect: new URL(back.location), request });
    expect(answer.body["scope"]).to.equal(SCOPE);
    expect(await grants()).to.have.length(1);
  });
});

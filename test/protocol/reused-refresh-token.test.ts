import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { captureLog, type LogLine } from "../support/log-capture.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, redeem, signIn } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { SECOND, travel } from "../support/time.ts";
import { aliveAmong, refresh, tokensFor, tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const MESSAGE = "what is good once came again, and was refused";

describe("a refresh token that comes back after it was replaced", () => {
  const vestibule = useVestibule({ user: {} });
  const { user, services } = vestibule;
  const application = useResource(() => makeApplication(services, { type: "browser" }));
  const browser = () => vestibule.browser();
  let lines: LogLine[];
  beforeEach(() => {
    lines = captureLog(services.log);
  });
  const reports = () => lines.filter(({ msg }) => msg === MESSAGE);

  it("T139 ends everything when its grace is over, and the log says whose it was and why", async () => {
    const first = await tokensFor(browser(), application, user);
    const second = tokensOf(await refresh(browser(), application, first.refresh));
    travel(11 * SECOND);
    const late = await refresh(browser(), application, first.refresh);
    expect([late.status, late.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect(await aliveAmong(browser(), application, [first, second])).to.be.empty;
    const [report, ...others] = reports();
    expect(others, "other reports").to.be.empty;
    expect(report).to.include({
      level: "warn",
      application: application.id,
      subject: user.id,
      reason: "a refresh token that had been replaced was used after its grace; its access was ended",
    });
    expect(JSON.stringify(lines)).to.not.contain(first.refresh).and.not.contain(second.refresh);
    expect(await lastAlarm()).to.deep.include({
      actor: user.id,
      application_id: application.id,
      office_id: user.office.id,
    });
  });

  it("T139 is good for its grace of ten seconds, and neither it nor a successor then is a thief's", async () => {
    const first = await tokensFor(browser(), application, user);
    const successors = [tokensOf(await refresh(browser(), application, first.refresh))];
    for (const wait of [0, 5, 4]) {
      travel(wait * SECOND);
      successors.push(tokensOf(await refresh(browser(), application, first.refresh)));
    }
    travel(60 * SECOND);
    for (const { refresh: token } of successors) {
      expect((await refresh(browser(), application, token)).status).to.equal(200);
    }
    expect(reports()).to.be.empty;
  });

  it("T139 is judged once, when the grace ends while the request is under way", async () => {
    const first = await tokensFor(browser(), application, user);
    await refresh(browser(), application, first.refresh);
    travel(9.9 * SECOND);
    const { applications } = services;
    const find = applications.find.bind(applications);
    // The application is read after the token, and before anything is written.
    let reads = 0;
    Object.assign(applications, {
      find: async (id: string) => {
        const found = await find(id);
        reads += 1;
        if (reads === 3) {
          travel(SECOND);
        }
        return found;
      },
    });
    try {
      expect((await refresh(browser(), application, first.refresh)).status).to.equal(200);
    } finally {
      Object.assign(applications, { find });
    }
    expect(reads, "times that the application was read").to.be.at.least(3);
    expect((await refresh(browser(), application, first.refresh)).body["error"]).to.equal("invalid_grant");
  });

  it("T139 is not spent by a request that is refused", async () => {
    const first = await tokensFor(browser(), application, user);
    const wrong = { resource: "https://unknown.test" };
    const refused = await refresh(browser(), application, first.refresh, wrong);
    expect([refused.status, refused.body["error"]]).to.deep.equal([400, "invalid_target"]);
    travel(60 * SECOND);
    expect((await refresh(browser(), application, first.refresh)).status).to.equal(200);
    expect(reports()).to.be.empty;
  });

  it("T139 is told apart from a code that is redeemed twice, one after the other or at the same moment", async () => {
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(browser(), request, user);
    const use = () => redeem(browser(), application, { redirect, request });
    await use();
    await use();
    const again = authorizationRequest(vestibule.issuer, application);
    const answer = { redirect: await signIn(browser(), again, user), request: again };
    const answers = await Promise.all([1, 2].map(() => redeem(browser(), application, answer)));
    expect(answers.filter(({ status }) => status === 200).length).to.be.at.most(1);
    expect(reports().map(({ reason, subject }) => [reason, subject])).to.deep.equal(
      [1, 2].map(() => ["an authorization code was redeemed twice; its access was ended", user.id]),
    );
  });

  async function lastAlarm() {
    const [row] = await asOwner<Record<string, unknown>>(
      vestibule.database,
      "select actor, application_id, office_id from audit_events where type = 'token.reused' order by id desc limit 1",
    );
    return row;
  }
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { makeKeys, proofOf } from "../support/key-client.ts";
import { captureLog, type LogLine } from "../support/log-capture.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("one proof in several requests at the same moment", () => {
  const vestibule = useVestibule({ application: { type: "browser" } });
  let lines: LogLine[];
  before(() => {
    lines = captureLog(vestibule.services.log);
  });

  it("T139 is refused, and fills no audit log where nothing is redeemed: a stranger can push requests", async () => {
    const keys = await makeKeys();
    const url = `${vestibule.issuer}/par`;
    const fields = Object.fromEntries(new URL(vestibule.request().url).searchParams);
    const push = (dpop: string) =>
      vestibule.browser().send("/par", {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", dpop },
        body: new URLSearchParams(fields).toString(),
      });
    const { headers } = await push(await proofOf(keys, { url }));
    const nonce = String(headers["dpop-nonce"]);
    for (let round = 0; round < 5; round += 1) {
      const proof = await proofOf(keys, { url, nonce });
      const answers = await Promise.all([1, 2, 3].map(() => push(proof)));
      expect(answers.filter(({ status }) => status === 201)).to.have.lengthOf(1);
    }
    const reports = lines.filter(
      ({ msg }) => msg === "two requests at the same moment had one proof, and one was refused",
    );
    expect(reports.length, "lines of the log").to.be.above(0);
    expect(await asOwner(vestibule.database, "select 1 from audit_events where type = 'token.reused'")).to.be
      .empty;
  });
});

import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { captureLog, type LogLine } from "../../support/log-capture.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const MADE_UP = 150;

describe("refused requests of applications that a stranger makes up", () => {
  const vestibule = useVestibule({ application: {} });
  const { application } = vestibule;
  let lines: LogLine[];
  before(() => {
    lines = captureLog(vestibule.services.log);
  });
  const warnings = (of: (id: string) => boolean) =>
    lines.filter(
      ({ level, refusal, application: id }) =>
        level === "warn" && typeof refusal === "string" && of(String(id)),
    );

  it("T145 hide none of an application's own, and are a few warnings a minute themselves", async () => {
    for (let place = 0; place < MADE_UP; place += 1) {
      const id = `app_of-a-stranger-${String(place)}`;
      await vestibule.browser().get(vestibule.request({}, { ...application, id }).url);
    }
    await vestibule.browser().get(vestibule.request({ code_challenge_method: "plain" }).url);
    const own = () => Promise.resolve(warnings((id) => id === application.id));
    expect(await eventually(own, (found) => found.length > 0), "its own").to.have.lengthOf(1);
    expect(warnings((id) => id.startsWith("app_of-a-stranger")).length, "those of strangers").to.be.within(
      1,
      10,
    );
  });
});

import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import { DAY, SECOND, travel } from "../support/time.ts";
import { aliveAmong, refresh, tokensFor, tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("a refresh whose answer was lost", () => {
  const vestibule = useVestibule({ user: {} });
  const rotating = (refreshGraceSeconds: number) =>
    makeApplication(vestibule.services, { rotateRefreshTokens: true, refreshGraceSeconds });
  const patient = useResource(() => rotating(10));
  const strict = useResource(() => rotating(0));

  it("may be repeated within the seconds that the application was given", async () => {
    const first = await tokensFor(vestibule.browser(), patient, vestibule.user);
    await refresh(vestibule.browser(), patient, first.refresh);
    travel(9 * SECOND);
    const again = tokensOf(await refresh(vestibule.browser(), patient, first.refresh));
    expect(again.refresh).to.not.equal(first.refresh);
    expect((await refresh(vestibule.browser(), patient, again.refresh)).status).to.equal(200);
  });

  it("T67 ends the whole family after them", async () => {
    const first = await tokensFor(vestibule.browser(), patient, vestibule.user);
    const second = tokensOf(await refresh(vestibule.browser(), patient, first.refresh));
    travel(11 * SECOND);
    const late = await refresh(vestibule.browser(), patient, first.refresh);
    expect([late.status, late.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect(await aliveAmong(vestibule.browser(), patient, [first, second])).to.be.empty;
  });

  it("T67 counts the seconds from the first use, so that they cannot be drawn out", async () => {
    const first = await tokensFor(vestibule.browser(), patient, vestibule.user);
    await refresh(vestibule.browser(), patient, first.refresh);
    travel(6 * SECOND);
    expect((await refresh(vestibule.browser(), patient, first.refresh)).status).to.equal(200);
    travel(6 * SECOND);
    expect((await refresh(vestibule.browser(), patient, first.refresh)).body["error"]).to.equal(
      "invalid_grant",
    );
  });

  it("T67 ends the whole family at once where the application has none", async () => {
    const first = await tokensFor(vestibule.browser(), strict, vestibule.user);
    const second = tokensOf(await refresh(vestibule.browser(), strict, first.refresh));
    expect((await refresh(vestibule.browser(), strict, first.refresh)).body["error"]).to.equal(
      "invalid_grant",
    );
    expect(await aliveAmong(vestibule.browser(), strict, [first, second])).to.be.empty;
  });

  it("T68 gives a single-page application a day without use, not fourteen", async () => {
    const page = await makeApplication(vestibule.services, { type: "browser" });
    const first = await tokensFor(vestibule.browser(), page, vestibule.user);
    travel(0.9 * DAY);
    const second = tokensOf(await refresh(vestibule.browser(), page, first.refresh));
    travel(1.1 * DAY);
    expect((await refresh(vestibule.browser(), page, second.refresh)).body["error"]).to.equal(
      "invalid_grant",
    );
  });
});

import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { DAY, SECOND, travel } from "../support/time.ts";
import { aliveAmong, refresh, tokensFor, tokensOf } from "../support/tokens.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("a refresh whose answer was lost", () => {
  let vestibule: TestVestibule;
  let user: TestUser;
  let patient: TestApplication;
  let strict: TestApplication;
  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);

  before(async () => {
    vestibule = await startVestibule();
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    patient = await makeApplication(vestibule.services, { refreshGraceSeconds: 10 });
    strict = await makeApplication(vestibule.services);
  });
  after(() => vestibule.stop());

  it("may be repeated within the seconds that the application was given", async () => {
    const first = await tokensFor(newBrowser(), patient, user);
    await refresh(newBrowser(), patient, first.refresh);
    travel(9 * SECOND);
    const again = tokensOf(await refresh(newBrowser(), patient, first.refresh));
    expect(again.refresh).to.not.equal(first.refresh);
    expect((await refresh(newBrowser(), patient, again.refresh)).status).to.equal(200);
  });

  it("T67 ends the whole family after them", async () => {
    const first = await tokensFor(newBrowser(), patient, user);
    const second = tokensOf(await refresh(newBrowser(), patient, first.refresh));
    travel(11 * SECOND);
    const late = await refresh(newBrowser(), patient, first.refresh);
    expect([late.status, late.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect(await aliveAmong(newBrowser(), patient, [first, second])).to.be.empty;
  });

  it("T67 counts the seconds from the first use, so that they cannot be drawn out", async () => {
    const first = await tokensFor(newBrowser(), patient, user);
    await refresh(newBrowser(), patient, first.refresh);
    travel(6 * SECOND);
    expect((await refresh(newBrowser(), patient, first.refresh)).status).to.equal(200);
    travel(6 * SECOND);
    expect((await refresh(newBrowser(), patient, first.refresh)).body["error"]).to.equal("invalid_grant");
  });

  it("T67 ends the whole family at once where nobody asked for them", async () => {
    const first = await tokensFor(newBrowser(), strict, user);
    const second = tokensOf(await refresh(newBrowser(), strict, first.refresh));
    expect((await refresh(newBrowser(), strict, first.refresh)).body["error"]).to.equal("invalid_grant");
    expect(await aliveAmong(newBrowser(), strict, [first, second])).to.be.empty;
  });

  it("T68 gives a single-page application a day without use, not fourteen", async () => {
    const page = await makeApplication(vestibule.services, { type: "browser" });
    const first = await tokensFor(newBrowser(), page, user);
    travel(0.9 * DAY);
    const second = tokensOf(await refresh(newBrowser(), page, first.refresh));
    travel(1.1 * DAY);
    expect((await refresh(newBrowser(), page, second.refresh)).body["error"]).to.equal("invalid_grant");
  });
});

import { expect } from "chai";
import type { LinkData } from "../../src/users/one-time-link.ts";
import { asOwner } from "../support/database.ts";
import { HttpBrowser, type Page } from "../support/http-browser.ts";
import { openLink } from "../support/mailbox.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../support/people.ts";
import { formAction, hiddenField } from "../support/relying-party.ts";
import { DAY, SECOND, travel } from "../support/time.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("this was not me", () => {
  let vestibule: TestVestibule;
  let office: TestOffice;
  let user: TestUser;
  let cancelled: { userId: string; data: LinkData }[];

  before(async () => {
    vestibule = await startVestibule();
    office = await makeOffice(vestibule.services);
    user = await makeUser(vestibule.services, office);
    vestibule.services.links.notMeHandlers.set("number-change", (_tx, { userId, data }) => {
      cancelled.push({ userId, data });
      return Promise.resolve(data["late"] === true ? "too-late" : "cancelled");
    });
  });
  after(() => vestibule.stop());
  beforeEach(() => {
    cancelled = [];
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const link = (data: LinkData = {}) =>
    vestibule.services.database.inOffice(office.id, (tx) =>
      vestibule.services.links.notMe.link(
        tx,
        { id: user.id, officeId: office.id },
        { kind: "number-change", ...data },
      ),
    );
  const press = (browser: HttpBrowser, page: Page) =>
    browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf") });
  const isGone = ({ status, body }: Page) =>
    status === 400 && body.includes("This link does not work any more");

  it("T12 changes nothing when its link is opened, by whomever", async () => {
    const address = await link();
    for (const method of ["GET", "HEAD", "GET"]) {
      const browser = newBrowser();
      const { location } = await browser.send(address, { method });
      await browser.send(location, { method });
    }
    expect(cancelled).to.deep.equal([]);
    const page = await openLink(newBrowser(), address);
    expect(page.body).to.contain("Was this not you?").and.contain("Cancel the change");
    expect(page.body).to.not.contain(address.split("/").at(-1));
  });

  it("cancels with its button, once, and says what to do next", async () => {
    const address = await link({ change: 7 });
    const browser = newBrowser();
    const page = await openLink(browser, address);
    const done = await press(browser, page);
    expect(done.body).to.contain("It is cancelled").and.contain('href="/forgot-password"');
    expect(cancelled).to.deep.equal([{ userId: user.id, data: { kind: "number-change", change: 7 } }]);
    expect(isGone(await openLink(newBrowser(), address))).to.equal(true);
    const [event] = await asOwner<{ type: string; outcome: string; details: unknown }>(
      vestibule.database,
      "select type, outcome, details from audit_events order by id desc limit 1",
    );
    expect(event).to.deep.equal({
      type: "not-me.used",
      outcome: "alarm",
      details: { kind: "number-change", outcome: "cancelled" },
    });
  });

  it("T8 cancels once when ten press at the same moment", async () => {
    const address = await link();
    const pages = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const browser = newBrowser();
        return { browser, page: await openLink(browser, address) };
      }),
    );
    const answers = await Promise.all(pages.map(({ browser, page }) => press(browser, page)));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    expect(cancelled).to.have.length(1);
  });

  it("says when there is nothing left to cancel", async () => {
    const browser = newBrowser();
    const done = await press(browser, await openLink(browser, await link({ late: true })));
    expect(done.body).to.contain("There is nothing left to cancel");
  });

  it("waits for a week", async () => {
    const address = await link();
    travel(7 * DAY - SECOND);
    expect((await openLink(newBrowser(), address)).status).to.equal(200);
    travel(2 * SECOND);
    expect(isGone(await openLink(newBrowser(), address))).to.equal(true);
  });

  it("leaves earlier notices their links", async () => {
    const [older] = [await link(), await link()];
    expect((await openLink(newBrowser(), older)).status).to.equal(200);
  });

  it("T60 takes no form of another site or another browser", async () => {
    const address = await link();
    const [browser, other] = [newBrowser(), newBrowser()];
    const page = await openLink(browser, address);
    await openLink(other, address);
    const fields = { _csrf: hiddenField(page, "_csrf") };
    const evil = { headers: { origin: "https://evil.test" } };
    expect((await browser.post("/not-me", fields, evil)).status).to.equal(403);
    expect((await other.post("/not-me", fields)).status).to.equal(403);
    expect((await browser.post("/not-me", {})).status).to.equal(403);
    expect(cancelled).to.deep.equal([]);
  });

  it("T9 is no other link", async () => {
    const token = (await link()).split("/").at(-1) ?? "";
    for (const path of ["/reset-password", "/invitation"]) {
      expect(isGone(await openLink(newBrowser(), `${path}/${token}`)), path).to.equal(true);
    }
  });
});

import { expect } from "chai";
import type { LinkData } from "../../../src/domain/credentials/one-time-link.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { type Page } from "../../support/http-browser.ts";
import { openLink } from "../../support/mailbox.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import { DAY, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("this was not me", () => {
  const vestibule = useVestibule({ office: {}, user: {} });
  const { office, services, user } = vestibule;
  let cancelled: { userId: string; data: LinkData }[];

  before(() => {
    services.links.disputeHandlers.set("number-change", (_tx, { userId, data }) => {
      cancelled.push({ userId, data });
      return Promise.resolve(data["late"] === true ? "too-late" : "cancelled");
    });
  });
  beforeEach(() => {
    cancelled = [];
  });

  const link = (data: LinkData = {}) =>
    services.database.inOffice(office.id, (tx) =>
      services.links.disputes.link(
        tx,
        { id: user.id, officeId: office.id },
        { kind: "number-change", ...data },
      ),
    );
  const press = (browser: HttpBrowser, page: Page) =>
    browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf") });
  const isGone = ({ status, body }: Page) => status === 400 && body.includes("This link no longer works");

  it("T12 changes nothing when its link is opened, by whomever", async () => {
    const address = await link();
    for (const method of ["GET", "HEAD", "GET"]) {
      const browser = vestibule.browser();
      const { location } = await browser.send(address, { method });
      await browser.send(location, { method });
    }
    expect(cancelled).to.deep.equal([]);
    const page = await openLink(vestibule.browser(), address);
    expect(page.body).to.contain("Was this not you?").and.contain("Cancel the change");
    expect(page.body).to.not.contain(address.split("/").at(-1));
  });

  it("cancels with its button, once, and says what to do next", async () => {
    const address = await link({ change: 7 });
    const browser = vestibule.browser();
    const page = await openLink(browser, address);
    const done = await press(browser, page);
    expect(done.body).to.contain("The change was cancelled").and.contain('href="/forgot-password"');
    expect(cancelled).to.deep.equal([{ userId: user.id, data: { kind: "number-change", change: 7 } }]);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
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
        const browser = vestibule.browser();
        return { browser, page: await openLink(browser, address) };
      }),
    );
    const answers = await Promise.all(pages.map(({ browser, page }) => press(browser, page)));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    expect(cancelled).to.have.length(1);
  });

  it("says when there is nothing left to cancel", async () => {
    const browser = vestibule.browser();
    const done = await press(browser, await openLink(browser, await link({ late: true })));
    expect(done.body).to.contain("There is nothing left to cancel");
  });

  it("waits for a week", async () => {
    const address = await link();
    travel(7 * DAY - SECOND);
    expect((await openLink(vestibule.browser(), address)).status).to.equal(200);
    travel(2 * SECOND);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
  });

  it("leaves earlier notices their links", async () => {
    const [older] = [await link(), await link()];
    expect((await openLink(vestibule.browser(), older)).status).to.equal(200);
  });

  it("T60 takes no form of another site or another browser", async () => {
    const address = await link();
    const [browser, other] = [vestibule.browser(), vestibule.browser()];
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
      expect(isGone(await openLink(vestibule.browser(), `${path}/${token}`)), path).to.equal(true);
    }
  });
});

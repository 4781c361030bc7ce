import { expect } from "chai";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, makeSmsOffice, sentSms } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser } from "../../support/people.ts";
import { hasCode, passPassword, sendForm } from "../../support/second-factor.ts";
import { useFresh, useResource } from "../../support/suite-resource.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const RESENT = "New code sent. The previous one no longer works.";
const LATE = "That code has expired. Choose “Resend” for a new one.";
const SUPERSEDED = "That code no longer works because a newer one was sent.";
const CLOCK = "The clock on your phone may be wrong";

describe("a code by text message that no longer works", () => {
  const world = useVestibule({ settings: BY_HAND, application: {} });
  const office = useResource(() => makeSmsOffice(world.services));

  interface Place {
    readonly browser: HttpBrowser;
    readonly page: Page;
    readonly number: string;
  }

  const place = useFresh(async (): Promise<Place> => {
    const user = await makeUser(world.services, office);
    const number = await giveNumber(world.services, user);
    const browser = world.browser();
    return { browser, number, page: await passPassword(browser, world.application, user) };
  });

  const newest = async () =>
    (await sentSms(world.database, place.number)).find(({ code }) => code !== "")?.code ?? "";
  const type = (code: string) => sendForm(place.browser, place.page, { code });
  const reload = () => place.browser.get(place.page.url);
  /** Another message; its code differs from all before, as it does but for one time in a million. */
  async function resend(...before: string[]): Promise<string> {
    travel(121 * SECOND);
    await sendForm(place.browser, place.page, { resend: "1" });
    const code = await newest();
    return before.includes(code) ? resend(...before) : code;
  }

  it("T149 says that its minutes are over, and blames no clock, however often it is typed", async () => {
    const code = await newest();
    travel(5 * MINUTE + SECOND);
    for (const tries of [2, 1]) {
      const { status, body } = await type(code);
      expect(status).to.equal(400);
      expect(body)
        .to.include(LATE)
        .and.include(`You have ${String(tries)} tr`)
        .and.not.include(CLOCK);
    }
  });

  it("T149 says that a newer one was sent, of whichever message before it, and costs a try", async () => {
    const first = await newest();
    const second = await resend(first);
    const third = await resend(first, second);
    expect((await type(first)).body)
      .to.include(SUPERSEDED)
      .and.include("You have 2 tries left.");
    expect((await type(second)).body)
      .to.include(SUPERSEDED)
      .and.include("You have 1 try left.");
    expect(hasCode(await type(third))).to.equal(true);
  });

  it("is announced as dead by the page that follows Resend, and by no page before", async () => {
    expect((await reload()).body).to.not.include(RESENT);
    const first = await newest();
    await resend(first);
    expect((await reload()).body).to.include(RESENT);
    expect((await type("12")).body).to.not.include(RESENT);
    travel(5 * MINUTE + SECOND);
    expect((await reload()).body).to.not.include(RESENT);
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, makeSmsOffice } from "../../support/mobile-numbers.ts";
import {
  makeApplication,
  makeUser,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "../../support/people.ts";
import { hasCode, newBrowser, passPassword, sendForm, sibling } from "../../support/second-factor.ts";
import { API_KEY, MAGIC, signedReceipt, type Scenario, useSmsStandIn } from "../../support/sms-stand-in.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { withSmsTimeout } from "../../support/test-settings.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** How long an answer is waited for here; ten seconds in an installation. */
const TIMEOUT = 3 * SECOND;

describe("what the page says of a text message that was sent", function () {
  this.timeout(120_000);
  let application: TestApplication;
  let office: TestOffice;

  const provider = useSmsStandIn();
  const vestibule = useVestibule({
    settings: () => ({ ...provider.environment, ...withSmsTimeout(TIMEOUT) }),
  });
  const { database, services } = vestibule;
  before(async () => {
    office = await makeSmsOffice(services);
    application = await makeApplication(services);
  });
  afterEach(() => {
    provider.fault(null);
  });

  let made = 0;
  /** Signs in up to the code page, with a number that ends as given. */
  const arrive = async (ending = "0678") => {
    made += 1;
    const user = await makeUser(services, office);
    const number = await giveNumber(services, user, {
      number: `+316${String(2000 + made)}${ending}`,
    });
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    return { browser, page, number, user };
  };
  const messageOf = "from messages m join sent_codes c on c.message_id = m.id where c.user_id = $1";
  /** Waits until the message of a user's code is in that state; with a reason, if it was tried. */
  const stateOf = async ({ user }: { user: TestUser }, state: string, { isTried = false } = {}) => {
    const read = async () =>
      asOwner<{ state: string; reason: string | null }>(database, `select m.state, m.reason ${messageOf}`, [
        user.id,
      ]);
    await eventually(read, ([now]) => now?.state === state && (!isTried || now.reason !== null));
  };
  /** The time until the next try is over. */
  const tryNow = async ({ user }: { user: TestUser }) => {
    await asOwner(
      database,
      `update messages set due_at = now() - interval '1 second' where id = (select m.id ${messageOf})`,
      [user.id],
    );
    await asOwner(database, "update jobs set due_at = now() where claimed_at is null");
  };
  const load = (browser: HttpBrowser, page: Page) => browser.get(page.url);
  const statusOf = async (browser: HttpBrowser, page: Page) => {
    const answer = await browser.get(`${page.url}/status`);
    expect(answer.status).to.equal(200);
    return JSON.parse(answer.body) as { text: string; isFinal: boolean };
  };
  const receipt = (number: string, status: string) =>
    fetch(`${vestibule.issuer}/webhooks/vonage/receipts`, {
      method: "POST",
      body: signedReceipt({
        msisdn: number.slice(1),
        messageId: provider.newest(number)?.id ?? "",
        status,
        "api-key": API_KEY,
        timestamp: "1609459200",
      }),
    });

  it("says when it was handed over and when it was delivered, on the page and to its script", async () => {
    const arrived = await arrive();
    const { browser, page, number } = arrived;
    await stateOf(arrived, "sent");
    expect((await load(browser, page)).body).to.match(
      /Not received\? <span[^>]*>On its way since \d\d:\d\d UTC\./,
    );
    expect(await statusOf(browser, page)).to.deep.include({ isFinal: false });
    expect((await receipt(number, "delivered")).status).to.equal(204);
    expect((await load(browser, page)).body).to.match(/Delivered \d\d:\d\d UTC\./);
    const live = await statusOf(browser, page);
    expect(live.text).to.match(/^Delivered/);
    expect(live.isFinal).to.equal(true);
  });

  it("says that the network refused it, and no longer that one is coming", async () => {
    const arrived = await arrive();
    const { browser, page, number } = arrived;
    await stateOf(arrived, "sent");
    await receipt(number, "rejected");
    const { body } = await load(browser, page);
    expect(body).to.include("Your network refused it").and.include("was not delivered");
    expect(body).to.not.include("Enter the six-digit code sent by text message to");
  });

  it("T35 says that it could not be sent, shows no code, and sends the next one by Resend alone", async () => {
    const arrived = await arrive(MAGIC["no-credit"]);
    const { browser, page, number } = arrived;
    await stateOf(arrived, "failed");
    const again = await load(browser, page);
    expect(again.body).to.include("It could not be sent").and.include("Resend");
    expect(again.body).to.not.match(/\b\d{6}\b/);
    await Promise.all([load(browser, page), browser.get(`${page.url}/status`)]);
    expect(provider.asked(number)).to.equal(1);
    travel(31 * SECOND);
    await sendForm(browser, again, { resend: "1" });
    await eventually(
      () => Promise.resolve(provider.asked(number)),
      (count) => count === 2,
    );
    expect(provider.newest(number)).to.equal(undefined);
  });

  for (const scenario of ["throttled", "503", "429"] satisfies Scenario[]) {
    it(`T35 keeps the sign-in waiting while the provider says ${scenario}, and one message comes once it is back`, async () => {
      provider.fault(scenario);
      const arrived = await arrive();
      const { browser, page, number } = arrived;
      await stateOf(arrived, "waiting", { isTried: true });
      const waiting = await load(browser, page);
      expect(waiting.body).to.include("It is being sent.");
      expect(hasCode(waiting)).to.equal(false);
      provider.fault(null);
      await tryNow(arrived);
      await stateOf(arrived, "sent");
      expect(provider.taken.filter(({ to }) => `+${to}` === number)).to.have.length(1);
    });
  }

  it("T35 does not send twice what the provider may have taken, and says that nobody knows", async () => {
    const arrived = await arrive(MAGIC.reset);
    const { browser, page, number } = arrived;
    await stateOf(arrived, "unknown");
    expect((await load(browser, page)).body).to.include("We do not know whether it was sent");
    expect([provider.asked(number), provider.newest(number)]).to.deep.equal([1, undefined]);
  });

  it("T35 asks a provider that never answers once, says that nobody knows, and lets nobody in", async () => {
    const arrived = await arrive(MAGIC.silent);
    const { browser, page, number } = arrived;
    await stateOf(arrived, "sending");
    expect((await load(browser, page)).body).to.include("It is being sent.");
    await stateOf(arrived, "unknown");
    const after = await load(browser, page);
    expect(after.body)
      .to.include("We do not know whether it was sent")
      .and.not.match(/\b\d{6}\b/);
    expect(hasCode(after)).to.equal(false);
    expect((await sendForm(browser, after, { code: "" })).status).to.equal(400);
    expect([provider.asked(number), provider.newest(number)]).to.deep.equal([1, undefined]);
  });

  it("T35 waits for a provider that answers late, and sends nothing twice meanwhile", async () => {
    const release = provider.hold();
    const arrived = await arrive();
    const { browser, page, number } = arrived;
    await stateOf(arrived, "sending");
    const [waiting] = await Promise.all([load(browser, page), load(browser, page)]);
    expect(waiting.body).to.include("It is being sent.");
    release();
    await stateOf(arrived, "sent");
    expect((await load(browser, page)).body).to.include("On its way since");
    expect(provider.taken.filter(({ to }) => `+${to}` === number)).to.have.length(1);
  });

  it("T35 believes in no message whose answer came too late, but in the code that it brought", async () => {
    const release = provider.hold();
    const arrived = await arrive();
    const { browser, page, number } = arrived;
    await stateOf(arrived, "unknown");
    const unknown = await load(browser, page);
    expect(unknown.body).to.include("We do not know whether it was sent");
    release();
    const [sent, ...others] = await eventually(
      () => Promise.resolve(provider.taken.filter(({ to }) => `+${to}` === number)),
      ({ length }) => length > 0,
    );
    expect(others).to.deep.equal([]);
    const code = sent?.text.slice(-6) ?? "";
    expect(hasCode(await sendForm(browser, unknown, { code }))).to.equal(true);
  });

  it("reveals nothing to a script after the code's time, before the password, of another page, to another browser", async () => {
    const { browser, page } = await arrive();
    const status = `${page.url}/status`;
    expect((await browser.get(`${sibling(page, "recovery-code")}/status`)).status).to.equal(404);
    expect((await browser.get(`${sibling(page, "enrol-sms")}/status`)).status).to.equal(404);
    expect((await newBrowser(vestibule).get(status)).status).to.be.within(400, 499);
    travel(6 * MINUTE);
    expect((await browser.get(status)).status).to.equal(204);
  });
});

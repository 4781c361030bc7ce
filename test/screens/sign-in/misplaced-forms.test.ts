import { expect } from "chai";
import { journey } from "../../../src/screens/sign-in/journey.ts";
import { formsOf } from "../../support/fuzz/page-form.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { BY_SMS, newNumber } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { PASSWORD, type TestOffice, type TestUser } from "../../support/people.ts";
import { follow, formAction, openSignIn } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  keyOf,
  pageName,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { changes, stateOf } from "../../support/state.ts";
import { totpNow } from "../../support/totp.ts";
import { useResource } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Every page of a sign-in, and what else its address could name. */
const ADDRESSES = [...journey.flatMap(({ pages }) => [...pages]), "consent", "status", "nothing"];

/** A page of a sign-in, in the browser that shows it, with what a user would send. */
interface Place {
  readonly browser: HttpBrowser;
  readonly page: Page;
  readonly fields: Readonly<Record<string, string>>;
}

describe("a form of the sign-in in the wrong place", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, user: {}, application: {} });
  const { services } = vestibule;
  const strict = useResource(async (): Promise<TestOffice> => {
    const office = await vestibule.makeOffice();
    await changeOffice(services, office, { secondFactor: BY_SMS });
    return office;
  });
  const foreign = useResource(() => vestibule.makeApplication({ name: "Foreign", firstParty: false }));

  const placeOf = (browser: HttpBrowser, page: Page, typed: Record<string, string> = {}): Place => ({
    browser,
    page,
    fields: { ...formsOf(page)[0]?.fields, ...typed },
  });
  /** After the password; `browser` may have another sign-in already. */
  async function afterPassword(user: TestUser, browser = vestibule.browser()) {
    return {
      browser,
      page: await givePassword(browser, await openSignIn(browser, vestibule.request()), user),
    };
  }
  const newcomer = () => vestibule.makeUser({}, strict);
  async function member() {
    const user = await newcomer();
    return { user, app: await giveApp(services, user) };
  }

  /** Each page with a form, with a form that is right. */
  const PLACES: Readonly<Record<string, (browser?: HttpBrowser) => Promise<Place>>> = {
    password: async (browser = vestibule.browser()) => {
      const { office, username } = vestibule.user;
      const typed = { officeCode: office.code, username, password: PASSWORD };
      return placeOf(browser, await openSignIn(browser, vestibule.request()), typed);
    },
    "challenge-totp": async (browser) => {
      const { user, app } = await member();
      const { browser: used, page } = await afterPassword(user, browser);
      return placeOf(used, page, { code: totpNow(app.secret) });
    },
    "recovery-code": async (browser) => {
      const { user, app } = await member();
      const { browser: used, page } = await afterPassword(user, browser);
      const form = await used.get(sibling(page, "recovery-code"));
      return placeOf(used, form, { recoveryCode: app.codes[0] ?? "" });
    },
    recovered: async (browser) => {
      const { user, app } = await member();
      const { browser: used, page } = await afterPassword(user, browser);
      const form = await used.get(sibling(page, "recovery-code"));
      const asked = await sendForm(used, form, { recoveryCode: app.codes[0] ?? "" });
      return placeOf(used, asked, { answer: "yes" });
    },
    choose: async (browser) => {
      const { browser: used, page } = await afterPassword(await newcomer(), browser);
      return placeOf(used, page, { method: "totp" });
    },
    "enrol-totp": async (browser) => {
      const { browser: used, page } = await afterPassword(await newcomer(), browser);
      const form = await used.get(sibling(page, "enrol-totp"));
      return placeOf(used, form, { code: totpNow(keyOf(form)) });
    },
    "enter-number": async (browser) => {
      const { browser: used, page } = await afterPassword(await newcomer(), browser);
      return placeOf(used, await used.get(sibling(page, "enter-number")), { number: newNumber() });
    },
    "recovery-codes": async (browser) => {
      const { browser: used, page } = await afterPassword(await newcomer(), browser);
      const form = await used.get(sibling(page, "enrol-totp"));
      return placeOf(used, await sendForm(used, form, { code: totpNow(keyOf(form)) }), { saved: "yes" });
    },
    consent: async (browser = vestibule.browser()) => {
      const page = await openSignIn(browser, vestibule.request({}, foreign));
      const asked = pageName(page) === "consent" ? page : await givePassword(browser, page, vestibule.user);
      return placeOf(browser, asked, { decision: "allow" });
    },
  };

  /** Where Cancel goes on or is not there: no sign-in that a recovery code was spent on is taken away. */
  const WITHOUT_CANCEL = ["recovered", "recovery-codes"];

  /** Sends a form; nothing may have changed but counters. Answers its status. */
  async function sendWithoutEffect(
    { browser, page }: Place,
    fields: Place["fields"],
    url = formAction(page),
  ): Promise<number> {
    const before = await stateOf(vestibule.database);
    const { status } = await browser.copy().post(url, fields);
    expect(
      changes(before, await stateOf(vestibule.database)),
      `${formAction(page)} sent to ${url}`,
    ).to.deep.equal([]);
    return status;
  }

  it("T137 is one of these pages", async () => {
    for (const [name, open] of Object.entries(PLACES)) {
      expect(pageName((await open()).page), name).to.equal(name);
    }
  });

  for (const [name, open] of Object.entries(PLACES)) {
    it(`T137 changes nothing at the address of any other page (${name})`, async () => {
      const place = await open();
      const step = formAction(place.page).replace(/\/consent(?:\?.*)?$/, "");
      for (const other of ADDRESSES.filter((each) => each !== name)) {
        const url = name === "consent" ? `${step}/${other}` : formAction(place.page).replace(/[^/]+$/, other);
        const status = await sendWithoutEffect(place, place.fields, url);
        expect(status, other).to.be.oneOf([303, 400, 404]);
      }
      const after = await follow(
        place.browser,
        await place.browser.post(formAction(place.page), place.fields),
      );
      expect(pageName(after), "and works on its own page afterwards").to.not.equal(name);
    });

    it(`T137 changes nothing with the token of another sign-in (${name})`, async () => {
      const place = await open();
      const otherTab = await PLACES["password"]?.(place.browser);
      const stranger = await open();
      for (const { fields } of [otherTab ?? place, stranger]) {
        const status = await sendWithoutEffect(place, { ...place.fields, _csrf: fields["_csrf"] ?? "" });
        expect(status).to.equal(403);
      }
      expect(await sendWithoutEffect(stranger, place.fields)).to.equal(403);
      expect(await sendWithoutEffect(stranger, place.fields, formAction(place.page))).to.equal(400);
    });

    if (WITHOUT_CANCEL.includes(name)) {
      continue;
    }
    it(`T137 changes nothing after the sign-in was cancelled (${name})`, async () => {
      const place = await open();
      const own = { _csrf: place.fields["_csrf"] ?? "" };
      const cancelled = name === "consent" ? { ...own, decision: "deny" } : { ...own, cancel: "1" };
      const stale = place.browser.copy();
      const answer = await follow(stale, await stale.post(formAction(place.page), cancelled));
      expect(new URL(answer.location).searchParams.get("error")).to.equal("access_denied");
      expect(await sendWithoutEffect(place, place.fields)).to.equal(400);
    });
  }

  it("T137 changes nothing after the sign-in was finished", async () => {
    for (const name of ["password", "challenge-totp", "recovered", "recovery-codes", "consent"]) {
      const place = (await PLACES[name]?.()) ?? expect.fail();
      const stale = { ...place, browser: place.browser.copy() };
      const done = await follow(
        place.browser,
        await place.browser.post(formAction(place.page), place.fields),
      );
      expect(new URL(done.location).searchParams.has("code"), name).to.equal(true);
      expect(await sendWithoutEffect(stale, place.fields), name).to.equal(400);
      expect(await sendWithoutEffect(place, place.fields), name).to.equal(400);
    }
  });
});

import { expect } from "chai";
import { formsOf } from "../support/fuzz/page-form.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { BY_HAND } from "../support/outbox.ts";
import { follow, formAction, signIn } from "../support/relying-party.ts";
import { changes, stateOf } from "../support/state.ts";
import { SECOND, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Fields = Readonly<Record<string, string>>;

/** A form in the browser that shows it. */
interface Place {
  readonly browser: HttpBrowser;
  readonly path: string;
  readonly fields: Fields;
}

describe("a form outside a sign-in in the wrong place", () => {
  const vestibule = useVestibule({
    settings: { ...BY_HAND, VESTIBULE_DEVICE_FLOW: "yes" },
    office: {},
    user: {},
    application: { type: "native", redirectUris: ["http://127.0.0.1/cb"], deviceFlow: true },
  });
  const { services } = vestibule;

  const placeOf = (browser: HttpBrowser, page: Page, typed: Fields = {}): Place => ({
    browser,
    path: formAction(page),
    fields: { ...formsOf(page)[0]?.fields, ...typed },
  });
  const open = async (path: string, typed: Fields, browser = vestibule.browser()) =>
    placeOf(browser, await browser.get(path), typed);

  /** The page behind a mailed link. */
  async function linked(
    path: string,
    purpose: "password-reset" | "invitation" | "not-me",
    browser?: HttpBrowser,
  ) {
    const user = await vestibule.makeUser();
    const account = await services.users.findAccount(user.id);
    const data = { mail: account?.mail ?? null, kind: "number-change" };
    const link = { purpose, officeId: user.office.id, userId: user.id, at: new Date(Date.now()), data };
    const token = await services.database.inOffice(user.office.id, (tx) =>
      services.stores.links.make(tx, link),
    );
    const used = browser ?? vestibule.browser();
    return placeOf(used, await follow(used, await used.get(`${path}/${token.reveal()}`)));
  }

  const PLACES: Readonly<Record<string, (browser?: HttpBrowser) => Promise<Place>>> = {
    "forgot-password": (browser) =>
      open(
        "/forgot-password",
        { officeCode: vestibule.office.code, username: vestibule.user.username },
        browser,
      ),
    "which-office-code": (browser) => open("/which-office-code", { mail: "sanne@mail.example" }, browser),
    "reset-password": (browser) => linked("/reset-password", "password-reset", browser),
    invitation: (browser) => linked("/invitation", "invitation", browser),
    "not-me": (browser) => linked("/not-me", "not-me", browser),
  };

  /** Nothing may have changed but counters. Answers the status. */
  async function sendWithoutEffect({ browser }: Place, path: string, fields: Fields): Promise<number> {
    const before = await stateOf(vestibule.database);
    const { status } = await browser.copy().post(path, fields);
    expect(changes(before, await stateOf(vestibule.database)), path).to.deep.equal([]);
    return status;
  }

  for (const [name, make] of Object.entries(PLACES)) {
    it(`T137 changes nothing at another address, or in another browser (${name})`, async () => {
      const browser = vestibule.browser();
      const others = Object.entries(PLACES).filter(([other]) => other !== name);
      const places = [];
      for (const [, other] of others) {
        places.push(await other(browser));
      }
      const place = await make(browser);
      for (const other of places) {
        expect(await sendWithoutEffect(place, other.path, place.fields), other.path).to.equal(403);
        const mixed = { ...other.fields, _csrf: place.fields["_csrf"] ?? "" };
        expect(await sendWithoutEffect(place, other.path, mixed), other.path).to.equal(403);
      }
      const stranger = await make();
      expect(await sendWithoutEffect(stranger, place.path, place.fields)).to.equal(403);
      const done = await place.browser.post(place.path, place.fields);
      expect(done.status, "and works on its own page afterwards").to.be.oneOf([200, 303]);
    });
  }

  for (const name of ["reset-password", "invitation", "not-me"]) {
    it(`T137 has one effect (${name})`, async () => {
      const place = (await PLACES[name]?.()) ?? expect.fail();
      const stale = { ...place, browser: place.browser.copy() };
      const before = await stateOf(vestibule.database);
      const done = await place.browser.post(place.path, place.fields);
      expect(changes(before, await stateOf(vestibule.database))).to.not.be.empty;
      expect(await sendWithoutEffect(stale, place.path, place.fields), "a double click").to.equal(
        done.status,
      );
      travel(31 * SECOND);
      expect(await sendWithoutEffect(stale, place.path, place.fields)).to.equal(400);
      expect(await sendWithoutEffect(place, place.path, place.fields)).to.be.oneOf([400, 403]);
    });
  }

  async function atDevice(): Promise<Place> {
    const { body } = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: vestibule.application.id, scope: "openid" }).toString(),
    });
    const { user_code } = JSON.parse(body) as { user_code: string };
    const browser = vestibule.browser();
    const { path, fields } = await open("/device", { user_code }, browser);
    return placeOf(browser, await browser.post(path, fields), { confirm: "yes" });
  }

  it("T137 confirms a device once, and in the browser that was shown it", async () => {
    const forged = await atDevice();
    const [place, stranger] = [await atDevice(), await atDevice()];
    expect(await sendWithoutEffect(stranger, place.path, place.fields)).to.equal(400);
    const mixed = { ...forged.fields, xsrf: stranger.fields["xsrf"] ?? "" };
    expect(await sendWithoutEffect(forged, forged.path, mixed)).to.equal(400);
    const stale = { ...place, browser: place.browser.copy() };
    expect((await place.browser.post(place.path, place.fields)).status).to.equal(303);
    expect(await sendWithoutEffect(stale, place.path, place.fields)).to.equal(400);
    expect(await sendWithoutEffect(place, place.path, place.fields)).to.equal(400);
  });

  it("T137 ends a session by its own form only, once", async () => {
    const signedIn = async () => {
      const browser = vestibule.browser();
      await signIn(browser, vestibule.request({ scope: "openid" }), vestibule.user);
      return placeOf(browser, await browser.get("/sign-out"), { logout: "yes" });
    };
    const [place, stranger] = [await signedIn(), await signedIn()];
    const mixed = { ...place.fields, xsrf: stranger.fields["xsrf"] ?? "" };
    // An older page is asked again, which ends nothing.
    const refused = [303, 400];
    expect(await sendWithoutEffect(place, place.path, mixed)).to.be.oneOf(refused);
    expect(await sendWithoutEffect(stranger, place.path, place.fields)).to.be.oneOf(refused);
    const device = await open("/device", {}, place.browser);
    expect(await sendWithoutEffect(place, "/device", place.fields), "at the device page").to.equal(400);
    await sendWithoutEffect(place, place.path, device.fields);
    const again = placeOf(place.browser, await place.browser.get("/sign-out"), { logout: "yes" });
    const stale = { ...again, browser: place.browser.copy() };
    expect((await again.browser.post(again.path, again.fields)).status).to.equal(303);
    expect(await sendWithoutEffect(stale, again.path, again.fields)).to.be.oneOf(refused);
    expect(await sendWithoutEffect(again, again.path, again.fields)).to.be.oneOf(refused);
  });
});

import { expect } from "chai";
import { PNG } from "../support/images.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser } from "../support/people.ts";
import { follow, openSignIn } from "../support/relying-party.ts";
import { changeOffice, giveApp, givePassword, makeStrictOffice } from "../support/second-factor.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const NAME = "Kantoor Zeldzaam";
const ACCENT = "#123abc";
const LOGO = /<img class="logo" src="\/logos\/[\w-]{22}\/[\w-]{10}\.[a-z]+" alt="Kantoor Zeldzaam">/;

describe("what a stranger's browser is shown", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    office: { code: "ZELDA", name: NAME, accent: ACCENT, logo: PNG },
    user: { username: "marker", name: "Marker Visser", mail: "marker@mail.example" },
    application: {},
  });
  const { services } = vestibule;
  const pinned = useResource(() => makeApplication(services, { name: "Pinned ledger" }, vestibule.office.id));
  before(async () => {
    const closed = await makeOffice(services, { code: "DICHT", name: `${NAME} closed` });
    await changeOffice(services, closed, { status: "closed" });
  });

  const uidOf = ({ url }: Page) => /interaction\/([^/]+)/.exec(url)?.[1] ?? "";
  /** The password page of a new browser, by a request with these parameters. */
  const passwordPage = (changes: Record<string, string>, application = vestibule.application) =>
    openSignIn(vestibule.browser(), vestibule.request(changes, application));

  /** Codes of equal length: an office, one that is closed, and none. */
  const CODES = ["ZELDA", "DICHT", "NIETS"] as const;

  /** Pages before a password that take an office's code, a username or nothing, and show the same whatever exists. */
  const PAGES: Readonly<Record<string, (code: string) => Promise<Page>>> = {
    "the password page, for a request with an office": (code) => passwordPage({ office: code }),
    "the password page, with the name of a user": (code) =>
      passwordPage({ office: code, login_hint: "marker" }),
    "the password page, in the language of the request": (code) =>
      passwordPage({ office: code, ui_locales: "fr" }),
    "the form of a forgotten password, sent empty": async (code) => {
      const browser = vestibule.browser();
      const page = await browser.get("/forgot-password");
      const csrf = /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? "";
      return browser.post("/forgot-password", { _csrf: csrf, officeCode: code, username: "" });
    },
    "a forgotten password": (code) => vestibule.browser().get(`/forgot-password?officeCode=${code}`),
    "a forgotten office code": (code) => vestibule.browser().get(`/which-office-code?office=${code}`),
    "the welcome page": (code) => vestibule.browser().get(`/?office=${code}`),
    "the sign-out page": (code) => vestibule.browser().get(`/sign-out?office=${code}`),
    "the code of a device": (code) => vestibule.browser().get(`/device?office=${code}`),
    "a link of a notice": (code) => vestibule.browser().get(`/not-me?office=${code}`),
    "an invitation": (code) => vestibule.browser().get(`/invitation?office=${code}`),
    "a reset": (code) => vestibule.browser().get(`/reset-password?office=${code}`),
    "an error for an unknown application": (code) =>
      vestibule.browser().get(`/authorize?client_id=app_unknown&office=${code}`),
    "the account, which asks for a sign-in": async (code) => {
      const browser = vestibule.browser();
      return follow(browser, await browser.get(`/account?office=${code}`));
    },
    "the console of an office, which asks for a sign-in": async (code) => {
      const browser = vestibule.browser();
      return follow(browser, await browser.get(`/console/o/${code}`));
    },
    discovery: (code) => vestibule.browser().get(`/.well-known/openid-configuration?office=${code}`),
  };

  for (const [what, open] of Object.entries(PAGES)) {
    it(`T130 is the same for an office, a closed one and none: ${what}`, async () => {
      const shown = [];
      for (const code of CODES) {
        const page = await open(code);
        expectNothingOf(page);
        shown.push(withoutChance(page, code));
      }
      expect(shown[0]?.status).to.be.oneOf([200, 303, 400]);
      expect(shown[1]).to.deep.equal(shown[0]);
      expect(shown[2]).to.deep.equal(shown[0]);
    });
  }

  it("T130 is the office's name on its own link and at an application of its own, and nowhere else", async () => {
    const deepLink = await vestibule.browser().get("/o/zelda");
    const ofPinned = await passwordPage({}, pinned);
    for (const page of [deepLink, ofPinned]) {
      expect(page.status).to.equal(200);
      expect(page.body).to.contain(NAME).and.match(LOGO);
      expect(page.body).to.not.match(/Visser|marker@/);
    }
    for (const code of ["DICHT", "NIETS"]) {
      const page = await vestibule.browser().get(`/o/${code}`);
      expect(page.status, code).to.equal(404);
      expectNothingOf(page);
    }
  });

  it("T130 is the same answer to a silent request for an office, a closed one and none", async () => {
    for (const code of CODES) {
      const request = vestibule.request({ prompt: "none", office: code, login_hint: "marker" });
      const { searchParams } = new URL((await vestibule.browser().get(request.url)).location);
      expect([searchParams.get("error"), searchParams.has("error_description")]).to.deep.equal([
        "login_required",
        true,
      ]);
      expect(searchParams.get("error_description")).to.equal("End-User authentication is required");
    }
  });

  it("T130 is no more of a faulty request than the application that it names", async () => {
    for (const code of CODES) {
      const page = await vestibule
        .browser()
        .get(vestibule.request({ office: code, redirect_uri: "https://elsewhere.test/" }).url);
      expect(page.status).to.equal(400);
      expectNothingOf(page);
    }
  });

  it("T130 is the office again in a browser that has opened its link or signed in there", async () => {
    const browser = vestibule.browser();
    await browser.get("/o/zelda");
    const page = await openSignIn(browser, vestibule.request({ office: "zelda" }));
    expect(page.body).to.contain(NAME);
    const other = await openSignIn(browser, vestibule.request({ office: "dicht" }));
    expectNothingOf(other);
  });

  describe("of a sign-in that another browser has begun", () => {
    const TOPICS = ["forgot-password", "which-office-code"];

    /** Half done: the password was right, and the factor is missing. */
    async function halfDone(): Promise<{ owner: HttpBrowser; uid: string }> {
      const office = await makeStrictOffice(services, { name: NAME });
      const user = await makeUser(services, office, { username: "halfway" });
      await giveApp(services, user);
      const owner = vestibule.browser();
      const asked = { login_hint: "hinted", office: office.code };
      const page = await openSignIn(owner, vestibule.request(asked));
      await givePassword(owner, page, user);
      return { owner, uid: uidOf(page) };
    }

    it("T130 is nothing, however its uid was learned", async () => {
      const { uid } = await halfDone();
      for (const topic of TOPICS) {
        const stranger = vestibule.browser();
        const page = await stranger.get(`/${topic}?from=${uid}`);
        const unknown = await vestibule.browser().get(`/${topic}?from=${"A".repeat(uid.length)}`);
        expect(withoutChance(page, uid)).to.deep.equal(withoutChance(unknown, "A".repeat(uid.length)));
        expect(page.body).to.not.match(/halfway|hinted|interaction/);
        expect(stranger.cookieNames().join()).to.not.contain("vestibule-from");
      }
      for (const path of [`/interaction/${uid}`, `/interaction/${uid}/help/forgot-password`]) {
        const page = await vestibule.browser().get(path);
        expect(page.status, path).to.equal(400);
        expect(page.body).to.not.match(/halfway|hinted/);
        expectNothingOf(page);
      }
    });

    it("T130 is nothing with the cookie of another sign-in either", async () => {
      const { uid } = await halfDone();
      const stranger = vestibule.browser();
      const own = uidOf(await openSignIn(stranger, vestibule.request()));
      await follow(stranger, await stranger.get(`/interaction/${own}/help/forgot-password`));
      for (const topic of TOPICS) {
        const page = await stranger.get(`/${topic}?from=${uid}`);
        expect(page.body).to.not.match(/halfway|hinted/);
        expect(page.body, "a way into it").to.not.contain(`/interaction/${uid}`);
      }
    });

    it("T130 is all of it in its own browser, which is led there by the sign-in's page", async () => {
      const { owner, uid } = await halfDone();
      const page = await follow(owner, await owner.get(`/interaction/${uid}/help/forgot-password`));
      expect(page.url).to.equal(`${vestibule.issuer}/forgot-password?from=${uid}`);
      expect(page.body).to.contain('value="halfway"').and.contain(`href="/interaction/${uid}"`);
      const office = await owner.get(`/which-office-code?from=${uid}`);
      expect(office.body).to.contain(`href="/interaction/${uid}"`);
    });

    it("T130 is the application's name alone, which everyone may know, once its cookie is gone", async () => {
      const { uid } = await halfDone();
      for (const path of [`/interaction/${uid}`, `/interaction/${uid}/consent`, `/authorize/${uid}`]) {
        const page = await vestibule.browser().get(path);
        expect(page.status, path).to.equal(400);
        expect(page.body).to.not.match(/halfway|hinted|OFFICE-/);
        expectNothingOf(page);
      }
      expect((await vestibule.browser().get(`/interaction/${uid}`)).body).to.contain("Ledger");
    });

    it("T80 leads to the two help pages and to no other", async () => {
      const { owner, uid } = await halfDone();
      for (const topic of ["sign-out", "//evil.test", "..%2F..", "status", "constructor"]) {
        const page = await owner.get(`/interaction/${uid}/help/${encodeURIComponent(topic)}`);
        expect([page.status, page.location], topic).to.deep.equal([404, ""]);
      }
    });
  });
});

function expectNothingOf({ body }: Page): void {
  expect(body).to.not.contain(NAME).and.not.contain(ACCENT);
  expect(body).to.not.match(/Visser|marker@|\/logos\//);
}

/** A page without what differs each time; `typed` is what the request said. */
function withoutChance({ status, headers, body, setCookies }: Page, typed: string) {
  const masked = body
    .replaceAll(typed, "…")
    .replaceAll(typed.toLowerCase(), "…")
    .replace(/(nonce|name="_csrf" value|name="xsrf" value)="[^"]*"/g, "")
    .replace(/\/interaction\/[\w-]{20,}/g, "/interaction/…")
    .replace(/<code>[\w-]{12}<\/code>/g, "")
    .replace(/office=\w+/g, "");
  const names = Object.keys(headers).sort();
  return { status, names, body: masked, cookies: setCookies.map((line) => line.split("=")[0]).sort() };
}

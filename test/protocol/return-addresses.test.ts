import { expect } from "chai";
import { type Page } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
} from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const ELSEWHERE = [
  "https://evil.test/",
  "//evil.test",
  "/\\evil.test",
  "\\\\evil.test",
  "https:evil.test",
  "https:/evil.test",
  "%09//evil.test",
  "\t//evil.test",
  "/%2f/evil.test",
  "/%5cevil.test",
  "///evil.test",
  "/./\\evil.test",
  "javascript:alert(1)",
  "data:text/html,evil.test",
  "https://localhost@evil.test",
];
const NAMES = ["return_to", "next", "from", "redirect", "redirect_uri", "url", "continue", "back"];

describe("parameters that would lead elsewhere", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });

  /** Every address that a page could take a user to: links, forms, refreshes and the redirect. */
  function waysOut(page: Page): string[] {
    const inPage = [...page.body.matchAll(/(?:href|action|formaction|content|src)="([^"]*)"/g)].map(
      ([, value = ""]) => value.replaceAll("&amp;", "&").replace(/^\d+; *url=/i, ""),
    );
    return [...inPage, ...(page.location === "" ? [] : [page.location])]
      .filter((href) => /[/:\\]/.test(href))
      .map((href) => new URL(href, page.url))
      .filter(({ origin }) => origin !== vestibule.issuer && origin !== "https://app.test")
      .map(({ href }) => href);
  }

  const queryOf = (address: string) => new URLSearchParams(NAMES.map((name) => [name, address])).toString();

  const PAGES = ["/", "/forgot-password", "/which-office-code", "/outbox", "/sign-out", "/sign-out/success"];
  for (const path of PAGES) {
    it(`T80 lets no parameter and no Referer lead elsewhere from ${path}`, async () => {
      for (const address of ELSEWHERE) {
        const referer = address.startsWith("https://") ? address : "https://evil.test/";
        const page = await vestibule.browser().get(`${path}?${queryOf(address)}`, { headers: { referer } });
        expect(waysOut(page), address).to.be.empty;
        expect(page.status, address).to.equal(200);
      }
    });
  }

  it("T80 lets no deep link of an office lead elsewhere", async () => {
    for (const address of ELSEWHERE) {
      const page = await vestibule.browser().get(`/o/${vestibule.office.code}?${queryOf(address)}`);
      expect([page.status, waysOut(page)], address).to.deep.equal([200, []]);
      const asCode = await vestibule.browser().get(`/o/${encodeURIComponent(address)}`);
      expect([asCode.status, waysOut(asCode)], address).to.deep.equal([404, []]);
    }
  });

  it("T80 leads back from the help pages to a sign-in and nowhere else", async () => {
    const browser = vestibule.browser();
    const { url } = await openSignIn(browser, vestibule.request());
    const [, uid = ""] = /interaction\/([^/]+)/.exec(url) ?? [];
    await browser.get(`/interaction/${uid}/help/forgot-password`);
    const backOf = async (from: string) => {
      const { body } = await browser.get(`/forgot-password?from=${encodeURIComponent(from)}`);
      return [...body.matchAll(/href="(\/interaction\/[^"]*)"/g)].map(([, href]) => href);
    };
    expect(await backOf(uid)).to.deep.equal([`/interaction/${uid}`]);
    for (const from of [
      ...ELSEWHERE,
      "Zm9yLXRoZS10ZXN0LW9ubHk_",
      `${uid}/../../sign-out`,
      `../${uid}`,
      `${uid}?x=https://evil.test`,
    ]) {
      expect(await backOf(from), from).to.be.empty;
    }
  });

  it("T80 leads nowhere else from an address that nobody knows", async () => {
    for (const path of [
      "//evil.test/",
      "/\\evil.test/",
      "//evil.test/%2e%2e",
      "///evil.test",
      "/x//evil.test",
    ]) {
      const page = await vestibule.browser().get(`${vestibule.issuer}${path}`);
      expect(waysOut(page), path).to.be.empty;
    }
  });

  it("T80 ends a sign-in at the application, whatever stands in the addresses and forms on the way", async () => {
    for (const address of ELSEWHERE) {
      const browser = vestibule.browser();
      const request = vestibule.request();
      const sent = new URLSearchParams(queryOf(address));
      sent.delete("redirect_uri");
      const page = await openSignIn(browser, { ...request, url: `${request.url}&${sent.toString()}` });
      expect(waysOut(page), address).to.be.empty;
      const again = await browser.get(`${page.url}?${queryOf(address)}`);
      expect(waysOut(again), address).to.be.empty;
      const fields = {
        _csrf: hiddenField(page, "_csrf"),
        officeCode: vestibule.office.code,
        password: vestibule.user.password,
      };
      const answer = await browser.post(
        `${formAction(page)}?${queryOf(address)}`,
        {
          ...Object.fromEntries(NAMES.map((name) => [name, address])),
          ...fields,
          username: vestibule.user.username,
        },
        { headers: { referer: "https://evil.test/" } },
      );
      expect(waysOut(answer), address).to.be.empty;
      const back = await follow(browser, answer);
      expect(back.location, address).to.match(/^https:\/\/app\.test\/cb\?code=/);
    }
  });

  it("T80 shows a page of its own after a sign-out that names no address", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    const page = await browser.get(`/sign-out?${queryOf("https://evil.test/")}&state=x`);
    const answer = await browser.post(formAction(page), {
      xsrf: hiddenField(page, "xsrf"),
      logout: "yes",
      ...Object.fromEntries(NAMES.map((name) => [name, "https://evil.test/"])),
    });
    expect(answer.location).to.equal(`${vestibule.issuer}/sign-out/success`);
  });

  it("T80 leads nowhere by Host, Forwarded or X-Forwarded-Host", async () => {
    const headers = {
      host: "evil.test",
      forwarded: "host=evil.test;proto=https",
      "x-forwarded-host": "evil.test",
      "x-forwarded-proto": "https",
      "x-original-url": "https://evil.test/",
    };
    const { url } = vestibule.request();
    const redirected = await vestibule.browser().get(url, { headers });
    expect(redirected.location.startsWith(`${vestibule.issuer}/interaction/`)).to.equal(true);
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration", { headers });
    expect(body).to.not.contain("evil.test");
    const page = await vestibule.browser().get("/forgot-password", { headers });
    expect(waysOut(page)).to.be.empty;
  });

  it("T80 sees a way out where there is one", async () => {
    const leaving = await makeApplication(vestibule.services, { homeUrl: "https://elsewhere.test/" });
    const { url } = authorizationRequest(vestibule.issuer, leaving, { redirect_uri: "https://evil.test/cb" });
    expect(waysOut(await vestibule.browser().get(url))).to.deep.equal(["https://elsewhere.test/"]);
  });
});

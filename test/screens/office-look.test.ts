import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { follow, formAction, hiddenField, openSignIn } from "../support/relying-party.ts";
import { giveApp, givePassword, makeStrictOffice, sendForm } from "../support/second-factor.ts";
import { useFresh } from "../support/suite-resource.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const NAME = "Noord &amp; Zonen";
const ACCENT = "#7a1f5c";

/** Pages that belong to no office and are open to everyone. */
const PLAIN = [
  "/",
  "/nowhere",
  "/forgot-password",
  "/forgot-password/sent",
  "/which-office-code",
  "/which-office-code/sent",
  "/reset-password",
  "/invitation",
  "/not-me",
  "/device",
  "/sign-out",
  "/sign-out/success",
  "/authorize?client_id=nobody",
];

describe("an office's name and colour", () => {
  const world = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    application: {},
    office: { name: "Noord & Zonen", accent: ACCENT },
    user: {},
  });
  const pinned = useFresh(() => world.makeApplication({ name: "Payroll" }, world.office.id));

  const brandOf = ({ body }: Page): string =>
    /<header class="brand">([\s\S]*?)<\/header>/.exec(body)?.[1]?.replace(/\s+/g, " ") ?? "";
  const hasLook = (page: Page): boolean =>
    brandOf(page).includes(NAME) && page.body.includes(`--accent: ${ACCENT}`);
  const saysName = ({ body }: Page): boolean => body.includes(NAME) || body.includes(ACCENT);
  const looksOf = async (browser: HttpBrowser, paths: readonly string[], judge: (page: Page) => boolean) => {
    const pages: string[] = [];
    for (const path of paths) {
      const page = await browser.get(path);
      expect(page.status, path).to.be.oneOf([200, 400, 404]);
      pages.push(...(judge(page) ? [path] : []));
    }
    return pages;
  };

  it("T149 is on every page of a browser that has opened the office's link, whatever the page is about", async () => {
    const browser = world.browser();
    await browser.get(`/o/${world.office.code}`);
    expect(await looksOf(browser, PLAIN, hasLook)).to.deep.equal(PLAIN);
  });

  it("T149 is on none of them for a stranger, nor when a request names the office", async () => {
    const browser = world.browser();
    await openSignIn(browser, world.request({ office: world.office.code }));
    const forgot = await help(browser, "forgot-password");
    expect(saysName(forgot)).to.equal(false);
    expect(await looksOf(browser, PLAIN, saysName)).to.deep.equal([]);
  });

  const helpAt = (page: Page, topic: string) => formAction(page).replace(/[^/]+$/, `help/${topic}`);

  /** Follows the link of the newest sign-in page to a page of help. */
  async function help(browser: HttpBrowser, topic: string): Promise<Page> {
    const page = await openSignIn(browser, world.request({ office: world.office.code }));
    return follow(browser, await browser.get(helpAt(page, topic)));
  }

  it("stays on the way to a new password from an application of one office", async () => {
    const browser = world.browser();
    const page = await openSignIn(browser, world.request({}, pinned));
    expect(hasLook(page), "the sign-in").to.equal(true);
    for (const topic of ["forgot-password", "which-office-code"]) {
      const opened = await follow(browser, await browser.get(helpAt(page, topic)));
      expect(hasLook(opened), topic).to.equal(true);
      expect(hasLook(await browser.get(`/${topic}/sent`)), `${topic}, sent`).to.equal(true);
    }
  });

  it("is on an error page about the application of one office, and of no other", async () => {
    const wrong = { redirect_uri: "https://elsewhere.test/" };
    const [own, other] = await Promise.all([
      world.browser().get(world.request(wrong, pinned).url),
      world.browser().get(world.request(wrong).url),
    ]);
    expect([own.status, hasLook(own)]).to.deep.equal([400, true]);
    expect([other.status, saysName(other)]).to.deep.equal([400, false]);
  });

  it("is on the error pages of a sign-in once the password was right, and not before", async () => {
    const browser = world.browser();
    const office = await makeStrictOffice(world.services, { name: "Noord & Zonen", accent: ACCENT });
    const user = await world.makeUser({}, office);
    const { secret } = await giveApp(world.services, user);
    const page = await openSignIn(browser, world.request({ office: office.code }));
    const forged = (at: Page) => browser.post(at.url, { _csrf: "forged" });
    expect(saysName(await forged(page))).to.equal(false);
    const challenge = await givePassword(browser, page, user);
    const refused = await forged(challenge);
    expect(refused.status).to.equal(403);
    expect(hasLook(refused)).to.equal(true);
    const forgot = await follow(browser, await browser.get(helpAt(challenge, "forgot-password")));
    expect(hasLook(forgot), "forgot password").to.equal(true);
    await sendForm(browser, challenge, { code: totpNow(secret) });
    expect(await looksOf(browser, PLAIN, hasLook), "signed in").to.deep.equal(PLAIN);
    const leave = await browser.get("/sign-out");
    const left = await browser.post(formAction(leave), {
      _csrf: hiddenField(leave, "_csrf"),
      xsrf: hiddenField(leave, "xsrf"),
      logout: "yes",
    });
    expect(hasLook(await follow(browser, left)), "signed out").to.equal(true);
  });
});

import { expect } from "chai";
import { get } from "node:http";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { makeUser } from "../../support/people.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { keyOf, makeStrictUser, passPassword } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** What a page may weigh with everything that it loads, in bytes on the wire. */
const MOST = 50_000;
const MOST_OF_CONSOLE = 120_000;
/** What every browser says that it takes. */
const BROWSER = "gzip, deflate, br";

describe("the weight of a page", () => {
  const world = useVestibule({ office: {}, application: {} });

  /** Bytes that come for an address, headers included, as a browser asks for it that has nothing of it yet. */
  const weigh = (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = world.settings;
      get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
        response.resume().on("end", () => {
          resolve(response.socket.bytesRead);
        });
      }).on("error", reject);
    });

  const partsOf = ({ body }: Page): string[] =>
    [...body.matchAll(/<(?:link|script|img)\b[^>]*\b(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);

  async function weightOf(browser: HttpBrowser, page: Page, encoding: string): Promise<number> {
    const { pathname, search } = new URL(page.url);
    const host = new URL(world.issuer).host;
    const headers = { host, accept: "text/html,*/*", "accept-encoding": encoding };
    const weights = await Promise.all([
      weigh(`${pathname}${search}`, { ...headers, cookie: browser.cookiesFor(pathname) }),
      ...[...new Set(partsOf(page))].map((path) => weigh(path, headers)),
    ]);
    return weights.reduce((sum, weight) => sum + weight, 0);
  }

  it("is at most 50 kB on the wire at the sign-in, with all that it loads", async () => {
    const browser = world.browser();
    const first = await openSignIn(browser, world.request());
    expect(partsOf(first).length).to.be.at.least(3);
    expect(await weightOf(browser, first, BROWSER), "the password page").to.be.within(5_000, MOST);
    const other = world.browser();
    const setUp = await passPassword(other, world.application, await makeStrictUser(world.services));
    expect(keyOf(setUp)).to.not.equal("");
    expect(await weightOf(other, setUp, BROWSER), "the page with the QR code").to.be.within(5_000, MOST);
  });

  it("is at most 120 kB in the console, for a list of fifty users", async () => {
    const { services, office } = world;
    for (let made = 0; made < 49; made++) {
      await makeUser(services, office);
    }
    const staff = await makeStaff(services, office, { role: "superuser" });
    const { browser } = await atConsole(world, staff);
    const list = await browser.get(`/console/o/${office.code}/users`);
    expect(list.body.match(/<tr role="row">/g)).to.have.lengthOf.at.least(50);
    expect(await weightOf(browser, list, BROWSER)).to.be.within(5_000, MOST_OF_CONSOLE);
  });

  it("is less where a browser takes what is compressed, and the files say so", async () => {
    const browser = world.browser();
    const page = await openSignIn(browser, world.request());
    const [small, whole] = await Promise.all(
      ["gzip", "identity"].map((encoding) => weightOf(browser, page, encoding)),
    );
    expect(small).to.be.below((whole ?? 0) / 2);
    const sheet = partsOf(page).find((path) => path.endsWith(".css")) ?? "";
    const answer = await browser.get(sheet, { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers).to.include({ "content-encoding": "gzip", vary: "Accept-Encoding" });
  });
});

import { expect } from "chai";
import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestUser } from "./people.ts";
import { follow, redeem, type Request } from "./relying-party.ts";
import { givePassword, hasCode, sendForm, type TestApp } from "./second-factor.ts";
import { tokensOf, type Tokens } from "./tokens.ts";
import { totpNow } from "./totp.ts";
import type { World } from "./use-vestibule.ts";

/** How a user signs in to the world's application while what is demanded changes; `user` is read at each call. */
export function policySignIn(world: World, user: () => TestUser) {
  const open = async (browser: HttpBrowser, request: Request = world.request()): Promise<Page> =>
    follow(browser, await browser.get(request.url));
  /** From the password page on, with the app's code where it is asked for. */
  const goOn = async (browser: HttpBrowser, page: Page, app: TestApp | null): Promise<Page> => {
    const next = await givePassword(browser, page, user());
    return app === null ? next : sendForm(browser, next, { code: totpNow(app.secret) });
  };
  return {
    open,
    goOn,
    errorOf: ({ location }: Page) => new URL(location).searchParams.get("error"),
    tokensBy: async (browser: HttpBrowser, app: TestApp | null, changes = {}): Promise<Tokens> => {
      const request = world.request(changes);
      const page = await open(browser, request);
      const done = hasCode(page) ? page : await goOn(browser, page, app);
      expect(done.location, "signed in").to.contain("code=");
      return tokensOf(
        await redeem(browser, world.application, { redirect: new URL(done.location), request }),
      );
    },
  };
}

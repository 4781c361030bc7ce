import type { HttpBrowser, Page } from "./http-browser.ts";
import { makeOn, makePasskeyUser } from "./passkeys.ts";
import type { TestUser } from "./people.ts";
import { codesOn, passPassword, sendForm } from "./second-factor.ts";
import { SoftwareAuthenticator } from "./software-authenticator.ts";
import type { World } from "./use-vestibule.ts";

export interface PasskeyOwner {
  readonly user: TestUser;
  readonly device: SoftwareAuthenticator;
  readonly codes: readonly string[];
  /** A sign-in in a new browser, up to the page that asks for the passkey. */
  readonly arrive: () => Promise<{ readonly browser: HttpBrowser; readonly page: Page }>;
}

/** A user who has set up a passkey at the first sign-in, and saved the recovery codes. */
export async function passkeyOwner(
  vestibule: World,
  more: Partial<ConstructorParameters<typeof SoftwareAuthenticator>[0]> = {},
  user?: TestUser,
): Promise<PasskeyOwner> {
  const owner = user ?? (await makePasskeyUser(vestibule.services));
  const device = new SoftwareAuthenticator({ origin: vestibule.issuer, ...more });
  const browser = vestibule.browser();
  const choice = await passPassword(browser, vestibule.application, owner);
  const shown = await makeOn(browser, await sendForm(browser, choice, { method: "passkey" }), device);
  await sendForm(browser, shown, { saved: "yes" });
  return {
    ...{ user: owner, device, codes: codesOn(shown) },
    arrive: async () => {
      const own = vestibule.browser();
      return { browser: own, page: await passPassword(own, vestibule.application, owner) };
    },
  };
}

import type { Language } from "../../src/kernel/languages.ts";
import { expectGood } from "../support/accessibility.ts";
import { spoken } from "../support/catalogue.ts";
import { button, onPage } from "../support/pages.ts";
import { makePasskeyUser } from "../support/passkeys.ts";
import { giveApp } from "../support/second-factor.ts";
import { withDevice } from "../support/virtual-authenticator.ts";
import { useBrowser } from "../support/visitors.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const SIZES = { desk: { width: 1280, height: 800 }, telephone: { width: 360, height: 740 } } as const;

/** Sets a passkey up, signs in with it and removes it. */
export function describePasskeyLife(
  places: readonly { readonly language: Language; readonly size: keyof typeof SIZES }[],
): void {
  describe("a passkey from its set-up to its end", function () {
    this.timeout(60_000);
    const open = useBrowser();
    const vestibule = useVestibule();

    for (const { language, size } of places) {
      it(`is enrolled, signs in and is removed (${language}, ${size})`, async () => {
        const t = spoken(language);
        const user = await makePasskeyUser(vestibule.services);
        const { page } = await open({ viewport: SIZES[size], locale: language });
        await withDevice(page);
        const signIn = async () => {
          await page.goto(`${vestibule.issuer}/account`);
          await page.locator("#officeCode").fill(user.office.code);
          await page.locator("#username").fill(user.username);
          await page.locator("#password").fill(user.password);
          await button(page, t("password.submit")).click();
        };

        await signIn();
        await page.locator("input[value=passkey]").check();
        await page.locator("button.primary").click();
        await onPage(page, t("passkey.enrol.title"));
        await expectGood(page, "the page that sets a passkey up");
        await button(page, t("passkey.enrol.button")).click();
        await page.locator("input[name=saved]").check();
        await page.locator("button.primary").click();
        await onPage(page, t("account.title"));

        await page.context().clearCookies({ name: /session/ });
        await signIn();
        await onPage(page, t("passkey.challenge.title"));
        await expectGood(page, "the page that asks for a passkey");
        await button(page, t("passkey.challenge.button")).click();
        await onPage(page, t("account.title"));

        await giveApp(vestibule.services, user);
        await page.locator("a[href^='/account/passkeys/']").click();
        await expectGood(page, "the page of a passkey");
        await button(page, t("account.removeMethod.submit")).click();
        await page.getByText(t("account.done.methodRemoved")).waitFor();
      });
    }
  });
}

import type { BrowserContextOptions, Page } from "playwright-core";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import { expectGood } from "../support/accessibility.ts";
import { useDemo } from "../support/demo.ts";
import {
  expectProblem,
  giveCode,
  givePassword,
  newcomer,
  nextSecond,
  scan,
  wrongCode,
  chooseApp,
} from "../support/factor-pages.ts";
import { button, link, onPage } from "../support/pages.ts";
import { totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import { DUTCH, ENGLISH, type Words } from "../support/words.ts";
import { resetFactor } from "../support/second-factor.ts";

/** How a user may look at the pages. At 640 px a page looks as at 1280 px with a zoom of 200 %. */
const WAYS = {
  "in light": { words: ENGLISH },
  "in the dark, in Dutch": { words: DUTCH, colorScheme: "dark" },
  "on 320 pixels, in Dutch": { words: DUTCH, viewport: { width: 320, height: 640 }, hasTouch: true },
  "at 200 % zoom": { words: ENGLISH, viewport: { width: 640, height: 400 } },
} as const satisfies Readonly<Record<string, BrowserContextOptions & { words: Words }>>;

export function describeSecondFactorPages(way: keyof typeof WAYS): void {
  const { words, ...options } = WAYS[way];
  describe(`the pages of the second factor for every user, ${way}`, function () {
    this.timeout(60_000);
    const open = useBrowser();
    const demo = useDemo();

    const begin = async (username: string): Promise<Page> => {
      const { page } = await open({ locale: words.locale, ...options });
      await givePassword(page, demo, { words, username });
      return page;
    };

    it("the challenge, its mistakes, the recovery code and the block", async () => {
      const page = await begin("bram");
      await onPage(page, words.challenge);
      await expectGood(page, "challenge");
      await giveCode(page, words, wrongCode(DEMO_TOTP_KEY));
      await expectProblem(page, words, words.twoLeft);
      await expectGood(page, "wrong code");
      await link(page, words.useRecoveryCode).click();
      await onPage(page, words.useRecoveryCode);
      await expectGood(page, "recovery code");
      for (const code of ["1", "2"]) {
        await page.getByLabel(words.recoveryCode).fill(code);
        await button(page, words.confirm).click();
      }
      await onPage(page, words.blocked);
      await expectGood(page, "blocked");
    });

    it("the set-up and the recovery codes", async () => {
      const page = await begin("anna");
      await chooseApp(page, words);
      await onPage(page, words.setUp);
      const secret = await scan(page);
      const details = page.getByText(words.unable);
      if (!(await link(page, words.openHere).isVisible())) {
        await details.click();
      }
      await expectGood(page, "set-up");
      await giveCode(page, words, wrongCode(secret));
      await expectProblem(page, words, words.twoLeft);
      await expectGood(page, "set-up with a wrong code");
      await giveCode(page, words, totpNow(secret));
      await onPage(page, words.save);
      await expectGood(page, "recovery codes");
      await page.reload();
      await onPage(page, words.shown);
      await expectGood(page, "recovery codes once more");
    });

    it("the enrolment code, and the end of the time to enrol", async () => {
      const user = await newcomer(demo);
      await resetFactor(demo.vestibule.services, user, "Lost");
      await nextSecond();
      const page = await begin(user.username);
      await onPage(page, words.enrolmentCode);
      await expectGood(page, "enrolment code");
      const closed = await begin("finn");
      await onPage(closed, words.closed);
      await expectGood(closed, "enrolment closed");
    });
  });
}

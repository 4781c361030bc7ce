import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { useDemo } from "../support/demo.ts";
import { chooseApp, giveCode, givePassword, newcomer, scan, shownCodes } from "../support/factor-pages.ts";
import { button, link, onPage } from "../support/pages.ts";
import { totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import { DUTCH, ENGLISH, type Words } from "../support/words.ts";

describe("the recovery codes, to be kept", () => {
  const open = useBrowser();
  const demo = useDemo();

  /** A user who sees the codes for the first time. */
  async function codesOf(page: Page, words: Words): Promise<{ username: string; codes: string[] }> {
    const { username } = await newcomer(demo);
    await givePassword(page, demo, { words, username });
    await chooseApp(page, words);
    await giveCode(page, words, totpNow(await scan(page)));
    await onPage(page, words.save);
    return { username, codes: await shownCodes(page) };
  }

  it("can be copied", async () => {
    const { page, context } = await open();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { codes } = await codesOf(page, ENGLISH);
    await button(page, ENGLISH.copy).click();
    await button(page, ENGLISH.copied).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).to.equal(codes.join("\n"));
  });

  for (const words of [ENGLISH, DUTCH]) {
    it(`can be downloaded, with all that is needed to use them (${words.locale})`, async () => {
      const { page } = await open({ locale: words.locale });
      const { username, codes } = await codesOf(page, words);
      const coming = page.waitForEvent("download");
      await link(page, words.download).click();
      const download = await coming;
      expect(download.suggestedFilename()).to.match(/^(recovery-codes|herstelcodes)\.txt$/);
      const text = await readFile(await download.path(), "utf8");
      expect(text).to.match(new RegExp(`^${words.sheet}\n`));
      expect(text).to.contain("Demo & Partners (DEMO)\n").and.contain(`: ${username}\n`);
      expect(text)
        .to.contain(`\n${codes.join("\n")}\n`)
        .and.contain(words.useRecoveryCode);
    });

    it(`can be printed on one page that stands for itself (${words.locale})`, async () => {
      const { page } = await open({ locale: words.locale, colorScheme: "dark" });
      const { username, codes } = await codesOf(page, words);
      const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
      expect(pdf.match(/\/Type \/Page\b/g)).to.have.lengthOf(1);
      await page.emulateMedia({ media: "print" });
      const paper = await page.locator("body").innerText();
      for (const part of [words.sheet, "Demo & Partners (DEMO)", username, words.useRecoveryCode, ...codes]) {
        expect(paper).to.contain(part);
      }
      expect(paper).to.match(/\b20\d\d\b/);
      expect(paper).to.not.contain(words.saved).and.not.contain(words.save);
      expect(await page.getByRole("button").count()).to.equal(0);
    });
  }

  it("need no JavaScript: the buttons that need it are not there", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await codesOf(page, ENGLISH);
    expect(await button(page, ENGLISH.copy).count()).to.equal(0);
    expect(await button(page, "Print").count()).to.equal(0);
    expect(await link(page, ENGLISH.download).count()).to.equal(1);
  });
});

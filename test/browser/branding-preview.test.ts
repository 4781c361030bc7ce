import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff } from "../support/console.ts";
import { button, entriesOf, sendCode, sendIn, styleOf } from "../support/pages.ts";
import { makeOffice } from "../support/people.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";
import { useFresh } from "../support/suite-resource.ts";

const ON_LIGHT = "This colour is hard to see on light pages.";
const ON_DARK = "This colour is hard to see on dark pages.";
const WHITE = "rgb(255, 255, 255)";
const BLACK = "rgb(0, 0, 0)";

/** What is typed, the colour of the text on it, what is said of its contrast, and where it is hard to see. */
const STEPS = [
  {
    colour: "#0b6e4f",
    is: "rgb(11, 110, 79)",
    text: WHITE,
    contrast: "button on a light page 6.3 : 1",
    hard: [ON_DARK],
  },
  {
    colour: "#f2e94e",
    is: "rgb(242, 233, 78)",
    text: BLACK,
    contrast: "text on the button 16.5 : 1",
    hard: [ON_LIGHT],
  },
  { colour: "#808080", is: "rgb(128, 128, 128)", text: BLACK, contrast: "on a dark page 4.3 : 1", hard: [] },
];

describe("the preview of an office's colour", function () {
  this.timeout(90_000);
  const open = useBrowser();
  const vestibule = useVestibule();
  const office = useFresh(() => makeOffice(vestibule.services, { name: "Noord & Zonen", accent: "#7a1f5c" }));
  const staff = useFresh(() => makeStaff(vestibule.services, office, { role: "superuser" }));

  async function toBranding(settings: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    const { page } = await open(settings);
    await page.goto(`${vestibule.issuer}/console/o/${office.code}/settings/branding`);
    await sendIn(page, entriesOf(staff.user));
    await sendCode(
      page.getByLabel("Verification code"),
      await new App(staff.secret).code(),
      button(page, "Confirm"),
    );
    await page.waitForURL("**/settings/branding");
    return page;
  }
  const box = (page: Page) => page.getByLabel("Colour", { exact: true });
  const sample = (page: Page, kind: string) => page.locator(`.sample.${kind} .button`);

  async function expectShown(
    page: Page,
    { is, text, contrast, hard }: (typeof STEPS)[number],
  ): Promise<void> {
    for (const kind of ["light", "dark"]) {
      expect(await styleOf(sample(page, kind), "background-color"), kind).to.equal(is);
      expect(await styleOf(sample(page, kind), "color"), kind).to.equal(text);
    }
    const verdict = await page.locator(".samples + [role=status]").innerText();
    expect(verdict).to.contain(contrast);
    expect([ON_LIGHT, ON_DARK].filter((warning) => verdict.includes(warning))).to.deep.equal(hard);
  }

  it("follows what is typed, with its contrast and its warnings, and says the same as the server", async () => {
    const page = await toBranding();
    for (const step of STEPS) {
      await box(page).fill(step.colour);
      await expectShown(page, step);
      await button(page, "Preview").click();
      await expectShown(page, step);
    }
    expect((await vestibule.services.offices.find(office.id))?.branding.accent).to.equal("#7a1f5c");
  });

  it("waits for the last character, and shows the product's own colour when there is none", async () => {
    const page = await toBranding();
    await box(page).fill("#0b6e");
    expect(await styleOf(sample(page, "light"), "background-color")).to.equal("rgb(122, 31, 92)");
    await box(page).fill("");
    expect(await styleOf(sample(page, "light"), "background-color")).to.equal("rgb(23, 89, 76)");
    expect(await styleOf(sample(page, "dark"), "background-color")).to.equal("rgb(116, 199, 178)");
    expect(await page.locator(".samples + [role=status]").innerText()).to.equal("");
  });

  it("lacks nothing without a script", async () => {
    const page = await toBranding({ javaScriptEnabled: false });
    for (const step of STEPS) {
      await box(page).fill(step.colour);
      await button(page, "Preview").click();
      await expectShown(page, step);
    }
  });
});

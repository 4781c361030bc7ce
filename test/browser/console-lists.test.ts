import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff } from "../support/console.ts";
import { eventually } from "../support/eventually.ts";
import { button, entriesOf, link, onPage, sendCode, sendIn } from "../support/pages.ts";
import { makeUser } from "../support/people.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

const NAMES = [
  "Ada Berg",
  "Ben Mulder",
  "Cleo Visser",
  "Dik Smit",
  "Eef de Wit",
  "Fem Bos",
  "Guus Kok",
  "Han Mol",
];

/** Eight users and the superuser who looks at them. */
describe("the lists of the console, in a browser", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule({ office: { name: "Noord & Zonen" } });
  const { office, services } = vestibule;
  before(async () => {
    for (const name of NAMES) {
      await makeUser(services, office, { name });
    }
  });

  it("follow what is typed, and come back to it with the address", async () => {
    const page = await atUsers({ width: 1280, height: 800 });
    await page.getByRole("searchbox").fill("viss");
    await eventually(
      () => namesOf(page),
      (names) => names.length === 1,
    );
    expect(await namesOf(page)).to.deep.equal(["Cleo Visser"]);
    expect(new URL(page.url()).searchParams.get("q")).to.equal("viss");
    await page.reload();
    expect(await namesOf(page)).to.deep.equal(["Cleo Visser"]);
    await page.getByRole("searchbox").fill("nothing like it");
    await page.getByText("No users match this search.").waitFor();
    await link(page, "Show all users").click();
    expect(await namesOf(page)).to.include.members(NAMES);
  });

  it("ask by Enter where scripts are off", async () => {
    const page = await atUsers({ width: 1280, height: 800 }, false);
    await page.getByRole("searchbox").fill("viss");
    await page.getByRole("searchbox").press("Enter");
    await page.waitForURL("**?q=viss");
    expect(await namesOf(page)).to.deep.equal(["Cleo Visser"]);
  });

  it("are sorted by their headings, and say so", async () => {
    const page = await atUsers({ width: 1280, height: 800 }, false);
    await link(page, "Name").click();
    const up = await namesOf(page);
    expect(up).to.deep.equal([...up].sort());
    expect(await sortOf(page)).to.equal("ascending");
    await link(page, "Name").click();
    expect(await namesOf(page)).to.deep.equal([...up].reverse());
    expect(await sortOf(page)).to.equal("descending");
  });

  it("have rows of at most 44 pixels on a desk, and nine users in two screens on a phone", async () => {
    const desk = await atUsers({ width: 1280, height: 800 });
    expect(await heightsOf(desk)).to.satisfy((rows: number[]) => rows.every((row) => row <= 44));
    const phone = await atUsers({ width: 360, height: 800 });
    expect(await heightsOf(phone)).to.have.lengthOf.at.least(9);
    expect(Number(await phone.evaluate("document.documentElement.scrollHeight"))).to.be.at.most(1_600);
  });

  it("open one menu at a time, which Escape closes", async () => {
    const page = await atUsers({ width: 1280, height: 800 });
    await page.getByText("Actions: Ada Berg").locator("..").click();
    await page.getByText("Actions: Guus Kok").locator("..").click();
    expect(await page.locator(".menu[open]").count()).to.equal(1);
    await page.keyboard.press("Escape");
    expect(await page.locator(".menu[open]").count()).to.equal(0);
  });

  async function atUsers(
    viewport: { width: number; height: number },
    javaScriptEnabled = true,
  ): Promise<Page> {
    const staff = await makeStaff(services, office, { role: "superuser", name: "Zoe Admin" });
    const { page } = await open({ locale: "en-GB", viewport, javaScriptEnabled });
    await page.goto(`${vestibule.issuer}/console/o/${office.code}/users`);
    await sendIn(page, entriesOf(staff.user));
    const box = page.getByLabel("Verification code", { exact: true });
    await sendCode(box, await new App(staff.secret).code(), button(page, "Confirm"));
    await onPage(page, "Users");
    return page;
  }

  const namesOf = async (page: Page): Promise<string[]> =>
    (await page.locator("tbody th > a").allInnerTexts()).filter((name) => name !== "Zoe Admin");
  const sortOf = (page: Page) =>
    page.getByRole("columnheader", { name: "Name" }).first().getAttribute("aria-sort");
  const heightsOf = async (page: Page): Promise<number[]> => {
    const rows = await page.locator("tbody tr").all();
    return Promise.all(rows.map(async (row) => (await row.boundingBox())?.height ?? expect.fail()));
  };
});

import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { useDemo } from "../support/demo.ts";
import { makeOffice, makeUser } from "../support/people.ts";
import { button, entriesOf, link, onPage, passwordBox, sendIn, wrongField } from "../support/pages.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

/** Text that would run where a page forgot to escape it; each kind of place has its way out. */
const HOSTILE = `"><svg onload=alert(1)>'-alert(2)-'{{1111111*7}}</script><script>alert(3)</script>\\`;

/** Runs nothing, says nothing: the visitor's complaints are looked at after each test. */
async function expectShown(page: Page): Promise<void> {
  expect(await page.locator("body").innerText())
    .to.contain(HOSTILE)
    .and.not.contain("7777777");
  expect(await page.locator("svg[onload], main script").count()).to.equal(0);
}

describe("T97 hostile text in Chromium", () => {
  const open = useBrowser();
  const vestibule = useVestibule({
    settings: { VESTIBULE_PRODUCT_NAME: '"><svg onload=alert(0)>{{7*191}}' },
    office: { code: "HOSTILE", name: HOSTILE },
    user: { username: "o'-alert-'", name: HOSTILE },
    application: { name: HOSTILE, firstParty: false },
  });
  const address = (changes: Record<string, string> = {}) => vestibule.request(changes).url;

  before(async () => {
    const { services } = vestibule;
    const common = { to: HOSTILE, text: HOSTILE, officeId: vestibule.office.id };
    await services.outbox.send("1", { channel: "mail", subject: HOSTILE, ...common });
    await services.outbox.send("2", { channel: "sms", until: new Date(), ...common });
  });

  it("in names is shown as text on the password, consent and sign-out pages", async () => {
    const { page } = await open();
    await page.goto(`${vestibule.issuer}/o/HOSTILE`);
    await expectShown(page);
    await page.goto(address({ state: HOSTILE }));
    await expectShown(page);
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Allow access?");
    await expectShown(page);
    await button(page, "Allow").click();
    await onPage(page, "Arrived");
    expect(new URL(page.url()).searchParams.get("state")).to.equal(HOSTILE);
    await page.goto(`${vestibule.issuer}/sign-out?client_id=${vestibule.application.id}`);
    await expectShown(page);
    await button(page, "Sign out").click();
    await onPage(page, "You are signed out");
  });

  it("that a user types comes back as text", async () => {
    const { page } = await open();
    await page.goto(address());
    await sendIn(page, { officeCode: HOSTILE, username: HOSTILE, password: HOSTILE });
    await wrongField(page, "is incorrect").waitFor();
    expect(await page.getByLabel("Office code").inputValue()).to.equal(HOSTILE);
    expect(await page.getByLabel("Username").inputValue()).to.equal(HOSTILE);
    expect(await passwordBox(page).inputValue()).to.equal("");
  });

  it("in a request's parameters is shown as text, or not at all", async () => {
    const { page } = await open();
    await page.goto(address({ login_hint: HOSTILE, ui_locales: HOSTILE, nonce: HOSTILE }));
    expect(await page.getByLabel("Username").inputValue()).to.equal(HOSTILE.slice(0, 100));
    await page.goto(address({ office: HOSTILE.slice(0, 40) }));
    expect(await page.getByRole("main").innerText()).to.contain(HOSTILE.slice(0, 40).toUpperCase());
    await page.goto(address({ "login_hint[]": HOSTILE, "x[]": HOSTILE, "ui_locales[]": HOSTILE }));
    await onPage(page, "Sign in");
  });

  it("in a wrong request is shown as text on the error page, with nothing of it in the way back", async () => {
    const { page } = await open();
    const requests = [
      address({ client_id: HOSTILE }),
      address({ redirect_uri: HOSTILE }),
      address({ client_id: "unknown", error_description: HOSTILE, state: HOSTILE }),
    ];
    for (const request of requests) {
      const answer = await page.goto(request);
      expect(answer?.status(), request).to.equal(400);
      expect(await page.locator("svg[onload], main script").count()).to.equal(0);
    }
  });

  it("in any query goes into the language links as text", async () => {
    const { page } = await open();
    const query = new URLSearchParams({ from: HOSTILE, lang: HOSTILE, [HOSTILE]: HOSTILE }).toString();
    for (const path of [
      "/",
      "/forgot-password",
      "/which-office-code",
      "/nowhere",
      `/o/${encodeURIComponent(HOSTILE)}`,
    ]) {
      await page.goto(`${vestibule.issuer}${path}?${query}`);
      await link(page, "Nederlands").click();
      expect(await page.getAttribute("html", "lang")).to.equal("nl");
      await link(page, "English").click();
    }
  });

  it("in messages is shown as text in the outbox, also when it arrives while a visitor looks", async () => {
    const { page } = await open();
    await page.goto(`${vestibule.issuer}/outbox`);
    await expectShown(page);
    const { outbox } = vestibule.services;
    const until = new Date();
    const text = `late ${HOSTILE}`;
    await outbox.send("3", {
      channel: "sms",
      to: "+31612345678",
      text,
      officeId: vestibule.user.office.id,
      until,
    });
    await page.getByText(`late ${HOSTILE}`).waitFor();
    await expectShown(page);
  });

  it("is escaped everywhere: no template lets anything through as it is", () => {
    const templates = readdirSync("views", { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".njk"),
    );
    const source = templates.map((name) => readFileSync(`views/${name}`, "utf8")).join("\n");
    expect(templates.length).to.be.greaterThan(10);
    expect(source).to.not.match(/\|\s*safe\b|autoescape/);
  });
});

describe("T97 hostile text in the demo application", () => {
  const open = useBrowser();
  const demo = useDemo();

  it("in names and in what the identity provider says is shown as text", async () => {
    const { page } = await open();
    const office = await makeOffice(demo.vestibule.services, { code: "HOSTILE", name: HOSTILE });
    const user = await makeUser(demo.vestibule.services, office, { name: HOSTILE });
    await page.goto(`${demo.url}/sign-in`);
    await sendIn(page, entriesOf(user));
    await onPage(page, `Signed in as ${HOSTILE}`);
    await expectShown(page);
    await page.goto(
      `${demo.url}/callback?error=${encodeURIComponent(HOSTILE)}&state=${encodeURIComponent(HOSTILE)}`,
    );
    await onPage(page, "This sign-in was not started here");
  });
});

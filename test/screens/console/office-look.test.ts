import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { sendFile } from "../../support/files.ts";
import { JPEG, PNG, SVG } from "../../support/images.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const WELCOME = "Welcome at Noord.\nHelp: ext. 12";

describe("the look of an office in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services, { name: "Noord & Zonen" }));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const pathOf = (name: string) => `/console/o/${office.code}/settings/${name}`;
  const brandingNow = async () => (await services.offices.find(office.id))?.branding ?? expect.fail();

  /** Sends a file by the form of the page, as a browser does. */
  async function upload(browser: HttpBrowser, page: Page, file: Buffer) {
    const form = new FormData();
    form.set("_csrf", hiddenField(page, "_csrf"));
    form.set("file", new Blob([new Uint8Array(file)], { type: "image/png" }), "logo.png");
    const { status, bytes } = await sendFile(browser, new URL(formAction(page)).pathname, form);
    return { status, body: bytes.toString() };
  }
  async function withDraft(file: Buffer): Promise<{ browser: HttpBrowser; page: Page }> {
    const { browser } = await atConsole(vestibule, staff);
    const sent = await upload(browser, await browser.get(pathOf("branding")), file);
    expect(sent.status).to.equal(303);
    return { browser, page: await browser.get(pathOf("branding")) };
  }

  it("T153 takes an uploaded logo only after it was seen, and shows it at the sign-in from our own address", async () => {
    const { browser, page } = await withDraft(SVG);
    expect(page.body).to.contain("This logo is not in use yet").and.contain("data:image/svg+xml;base64,");
    expect((await brandingNow()).logoUrl, "a draft is not shown to users").to.equal(null);
    const used = await send(browser, page, { logo: "use", mark: hiddenField(page, "mark") });
    expect(used.status).to.equal(303);
    const { logoUrl } = await brandingNow();
    expect(logoUrl).to.match(/^\/logos\/[\w-]{22}\/[\w-]{10}\.[a-z]+$/);
    const signIn = await vestibule.browser().get(`/o/${office.code}`);
    expect(signIn.body).to.contain(`<img class="logo" src="${logoUrl ?? ""}" alt="Noord &amp; Zonen">`);
    const after = await browser.get(pathOf("branding"));
    expect(after.body).to.not.contain("This logo is not in use yet");
    await send(browser, after, { logo: "remove" });
    expect((await brandingNow()).logoUrl).to.equal(null);
  });

  it("T153 uses the draft that was seen, not one that another administrator has uploaded since", async () => {
    const { browser, page } = await withDraft(PNG);
    await upload(browser, page, JPEG);
    await send(browser, page, { logo: "use", mark: hiddenField(page, "mark") });
    expect((await brandingNow()).logoUrl).to.equal(null);
    const newer = await browser.get(pathOf("branding"));
    expect(newer.body).to.contain("data:image/jpeg;base64,");
    await send(browser, newer, { logo: "discard" });
    expect((await browser.get(pathOf("branding"))).body).to.not.contain("data:image/jpeg");
  });

  it("T153 says what is wrong with a file, whatever its name and type claim", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(pathOf("branding"));
    const wrong: readonly (readonly [Buffer, string])[] = [
      [Buffer.from("<html><script>alert(1)</script></html>"), "not a PNG, JPEG, WebP or SVG"],
      [Buffer.from("GIF89a"), "not a PNG, JPEG, WebP or SVG"],
      [PNG.subarray(0, 60), "is damaged"],
      [Buffer.alloc(0), "Choose a file first"],
      [Buffer.concat([PNG, Buffer.alloc(600_000)]), "at most 512 kB"],
    ];
    for (const [file, message] of wrong) {
      const answer = await upload(browser, page, file);
      expect(answer.status, message).to.equal(400);
      expect(answer.body).to.contain(message).and.contain('id="file-error"');
    }
    expect(await services.administration.logos.draft(await theOffice())).to.equal(null);
  });

  it("T153 is not uploaded by an accountant, without the page's token or to another office", async () => {
    const accountant = await makeStaff(services, office, { role: "accountant" });
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(pathOf("branding"));
    const other = await makeOffice(services);
    const others = { ...page, body: page.body.replaceAll(office.code, other.code) };
    expect((await upload(browser, others, PNG)).status).to.equal(404);
    const forged = {
      ...page,
      body: page.body.replace(/name="_csrf" value="[^"]*"/g, 'name="_csrf" value="x"'),
    };
    expect((await upload(browser, forged, PNG)).status).to.equal(403);
    const { browser: second } = await atConsole(vestibule, accountant);
    expect((await upload(second, page, PNG)).status).to.equal(403);
    expect(await services.administration.logos.draft(await theOffice())).to.equal(null);
  });

  it("has a text in the language of the page, or else its own, and legal links at the foot", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(pathOf("texts"));
    const typed = {
      ...{ "welcome-en": WELCOME, "welcome-nl": "Welkom bij Noord.", "welcome-de": "", "welcome-fr": "" },
      ...{ privacyUrl: "https://noord.test/privacy", termsUrl: "", imprintUrl: "https://noord.test/imprint" },
    };
    const preview = await send(browser, page, { ...typed, seen: hiddenField(page, "seen"), preview: "1" });
    expect(preview.body).to.contain("Welcome at Noord.&lt;/p&gt;");
    expect((await brandingNow()).welcome).to.deep.equal({});
    expect((await send(browser, page, { ...typed, seen: hiddenField(page, "seen") })).status).to.equal(303);
    const application = await makeApplication(services, {}, office.id);
    const shown = { en: "Help: ext. 12</p>", nl: "Welkom bij Noord.</p>", fr: "Help: ext. 12</p>" };
    for (const [language, text] of Object.entries(shown)) {
      const request = vestibule.request({ ui_locales: language }, application);
      const signIn = await openSignIn(vestibule.browser(), request);
      expect(signIn.body, language).to.contain(text);
      expect(signIn.body).to.contain('<a href="https://noord.test/privacy" target="_blank" rel="noopener">');
      expect(signIn.body).to.contain("https://noord.test/imprint").and.not.contain("noord.test/terms");
    }
  });

  it("T97 writes the text of an office as text, and refuses addresses that are no page", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(pathOf("texts"));
    const seen = hiddenField(page, "seen");
    const hostile = '"><svg onload=alert(1)>{{7*7}}</textarea><script>';
    await send(browser, page, { "welcome-en": hostile, seen });
    const application = await makeApplication(services, {}, office.id);
    const signIn = await openSignIn(vestibule.browser(), vestibule.request({}, application));
    expect(signIn.body).to.contain("&quot;&gt;&lt;svg onload=alert(1)&gt;{{7*7}}");
    const again = await browser.get(pathOf("texts"));
    for (const address of [
      "javascript:alert(1)",
      "http://noord.test/",
      "data:text/html,x",
      "https://a;b.test/",
      "/x",
    ]) {
      const answer = await send(browser, again, { privacyUrl: address, seen: hiddenField(again, "seen") });
      expect(answer.status, address).to.equal(400);
      expect(answer.body).to.contain('id="privacyUrl-error"');
    }
    const long = await send(browser, again, {
      "welcome-nl": "x".repeat(401),
      seen: hiddenField(again, "seen"),
    });
    expect(long.body).to.contain('id="welcome-nl-error"');
  });

  it("keeps every country of the list that is ticked, and asks for one when there is none", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(pathOf("text-messages"));
    expect(page.body).to.contain('name="country-NL" value="yes" checked');
    expect(page.body.match(/name="country-[A-Z]{2}"/g)).to.have.length(245);
    expect(page.body).to.contain("0 of 500 used today.");
    const codes = [...page.body.matchAll(/name="(country-[A-Z]{2})"/g)].map(([, name = ""]) => [name, "yes"]);
    const all = Object.fromEntries(codes) as Record<string, string>;
    const typed = { country: "BE", smsDailyBudget: "7", seen: hiddenField(page, "seen") };
    expect((await send(browser, page, { ...all, ...typed })).status).to.equal(303);
    expect((await theOffice()).countries).to.have.length(245);
    const empty = await browser.get(pathOf("text-messages"));
    const none = await send(browser, empty, { ...typed, seen: hiddenField(empty, "seen") });
    expect(none.status).to.equal(400);
    expect(none.body).to.contain("Choose at least one country.").and.not.contain("checked");
    expect((await theOffice()).countries).to.have.length(245);
  });

  const theOffice = async () => (await services.offices.find(office.id)) ?? expect.fail();
});

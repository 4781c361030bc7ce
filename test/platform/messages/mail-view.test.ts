import { readFileSync } from "node:fs";
import { expect } from "chai";
import { FACTOR_KINDS } from "../../../src/domain/factors/factor.ts";
import { LANGUAGES } from "../../../src/kernel/languages.ts";
import { Texts } from "../../../src/platform/web/texts.ts";
import { mailValues } from "../../support/mail-values.ts";
import { MailView } from "../../../src/platform/messages/mail-view.ts";

const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
const HOSTILE = `<img src=x onerror=alert(1)>"'&{{7*191}}\r\nBcc: evil@mail.example`;

/** Every notice that the catalogue has. */
const NOTICES = Object.keys(
  JSON.parse(readFileSync("views/locales/en.json", "utf8")) as Record<string, string>,
)
  .filter((key) => /^notice\..*\.subject$/.test(key))
  .map((key) => key.replace(".subject", ""));

const write = (language: string, notice: string, name = "Sanne Bakker") =>
  new MailView(texts, { product: "Vestibule", issuer: "https://id.example" }).write(
    language,
    notice,
    mailValues({
      name,
      left: 2,
      codes: "ended",
      url: "https://id.example/link",
      number: "+31 •• ••• 678",
      minutes: 30,
      hours: 48,
      code: "482913",
      username: "sanne",
      office: "Noord",
      address: "https://id.example/o/NOORD",
      ...{ day: "31 January 2027", date: "31 January 2027", zone: "Europe/Amsterdam" },
      application: "Books",
      days: 14,
      day: "1 December 2026",
      zone: "Europe/Amsterdam",
      list: "Noord: NOORD / sanne",
      hasLink: "yes",
      before: "user",
      what: "made",
      who: "Chris Smit (chris)",
      count: 1,
      role: "superuser",
      link: "https://id.example/not-me/1",
    }),
  );

describe("mails to people", () => {
  it("have a text and an HTML part in every language, and a subject of one line", () => {
    for (const language of Object.keys(LANGUAGES)) {
      for (const notice of NOTICES) {
        const { subject, text, html } = write(language, notice);
        expect(subject, notice).to.match(/^\S.*\S$/);
        expect(text, notice).to.contain("Sanne Bakker");
        expect(html, notice).to.contain("Sanne Bakker").and.to.contain(`lang="${language}"`);
        expect(html, notice).to.contain("prefers-color-scheme: dark").and.to.contain("Vestibule");
      }
    }
  });

  it("show the support contact where they tell their reader to ask, escaped, and each line by itself (T148)", () => {
    const help = {
      helper: "colleague",
      contact: {
        mail: "help@noord.example",
        phone: "+31 20 1",
        url: "https://help.example/",
        hours: "<Mon>",
      },
    } as const;
    const view = new MailView(texts, { product: "Vestibule", issuer: "https://id.example" });
    const mail = view.write("en", "notice.passwordReset", { name: "Gina" }, { help });
    expect(mail.text).to.contain("Tell another superuser of your office right away.");
    expect(mail.text).to.contain(
      "Phone: +31 20 1\nEmail: help@noord.example\nWebsite: https://help.example/\nHours: <Mon>",
    );
    expect(mail.html).to.contain("help@noord.example").and.contain("&lt;Mon&gt;").and.not.contain("<Mon>");
    const french = view.write("fr", "notice.passwordReset", { name: "Gina" }, { help });
    expect(french.text, "a space before the colon").to.contain("Téléphone\u00a0: +31 20 1");
    const entered = view.write("en", "notice.mailEntered", { name: "Gina", codes: "ended" }, { help });
    expect(entered.text).to.not.contain("help@noord");
  });

  it("name the method that was removed, of whatever kind", () => {
    const view = new MailView(texts, { product: "Vestibule", issuer: "https://id.example" });
    for (const notice of ["notice.factorRemoved", "notice.factorRemovedByOffice"]) {
      const said = FACTOR_KINDS.map((kind) => view.write("en", notice, { name: "Gina", kind }).text);
      expect(new Set(said).size, notice).to.equal(FACTOR_KINDS.length);
      expect(said.filter((text) => text.includes("passkey"))).to.have.length(1);
    }
  });

  it("have for each address a button that says what it does, and the address in a line of its own", () => {
    for (const notice of NOTICES) {
      const { text, html } = write("en", notice);
      const addresses = text.match(/https?:\S+/g) ?? [];
      expect(text.match(/^https?:\S+$/gm) ?? [], notice).to.deep.equal(addresses);
      const buttons = [...html.matchAll(/<a class="button" href="([^"]*)">([^<]*)</g)];
      expect(
        buttons.map(([, href]) => href),
        notice,
      ).to.deep.equal(addresses);
      buttons.forEach(([, href = "", label]) =>
        expect(label, notice).to.equal(href.includes("/o/") ? "Sign in" : "It was not me"),
      );
    }
  });

  it("load nothing from anywhere: no picture, no font, no script", () => {
    for (const notice of NOTICES) {
      expect(write("en", notice).html, notice).to.not.match(/<(img|script|link|iframe)|url\(|@import|src=/i);
    }
  });

  it("T102 show a hostile name as text, and no subject takes a line from it", () => {
    for (const notice of NOTICES) {
      const { subject, html } = write("en", notice, HOSTILE);
      expect(html, notice).to.not.contain("<img").and.to.not.contain("49");
      expect(html, notice).to.contain("&lt;img src=x");
      expect(subject, notice).to.not.match(/[\r\n]/);
    }
  });
});

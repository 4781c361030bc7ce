import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { LANGUAGE_CODES, LANGUAGES } from "../../../src/kernel/languages.ts";
import { MailView, type MailLook } from "../../../src/platform/messages/mail-view.ts";
import { SmtpMail } from "../../../src/platform/messages/smtp-mail.ts";
import { Texts } from "../../../src/platform/web/texts.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { mailValues } from "../../support/mail-values.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import { eventually } from "../../support/eventually.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
const view = new MailView(texts, { product: "Vestibule", issuer: "https://id.example" });
const KEYS = Object.keys(catalogueOf("en"))
  .filter((key) => /^notice\..*\.subject$/.test(key))
  .map((key) => key.replace(".subject", ""));

/** A count of two takes the longest form of most languages. */
const VALUES = mailValues({
  ...{ name: "Sanne Bakker", left: 2, count: 2, minutes: 30, hours: 48, days: 14 },
  ...{ url: "https://id.example/link", link: "https://id.example/not-me/1", hasLink: "yes" },
});

const NOORD = { name: "Noord & Zonen", accent: "#7a1f5c" } satisfies MailLook;
const write = (language: string, key: string, office: MailLook | null = null) =>
  view.write(language, key, VALUES, { office });

/** What a list of mails shows after the subject. */
const preheaderOf = (html: string): string =>
  /<div aria-hidden="true" style="display:none[^>]*>([^&<]*)/.exec(html)?.[1] ?? "";

describe("a mail in the list of a mailbox", () => {
  for (const language of LANGUAGE_CODES) {
    it(`has a subject of less than 60 characters in ${LANGUAGES[language]}, and then a sentence that says more`, () => {
      for (const key of KEYS) {
        const { subject, html, text } = write(language, key);
        expect(subject.length, `${key}: ${subject}`).to.be.below(60);
        const preheader = preheaderOf(html);
        expect(preheader.length, key).to.be.within(20, 125);
        expect(preheader, key).to.not.contain("Sanne Bakker");
        expect(text, key).to.contain(preheader.replace(/ …$/, "").slice(0, 20));
      }
    });
  }
});

describe("a mail of an office", () => {
  it("has its name, its letter and its colour, with a text on it that can be read, in light and in the dark", () => {
    const { html, text } = write("en", "notice.passwordLink", NOORD);
    expect(html).to.contain('<td class="sender">Noord &amp; Zonen</td>').and.contain(">N</td>");
    expect(html.match(/background: #7a1f5c; color: #ffffff/g)).to.have.length(2);
    expect(html).to.not.contain("#74c7b2 !important");
    expect(text).to.contain("Vestibule sent this email");
  });

  it("has the product's where the office has no colour, or there is no office", () => {
    for (const office of [null, { ...NOORD, accent: null }]) {
      const { html } = write("en", "notice.passwordLink", office);
      expect(html).to.contain("background: #17594c; color: #ffffff").and.contain("#74c7b2 !important");
      expect(html).to.contain(
        `<td class="sender">${office === null ? "Vestibule" : "Noord &amp; Zonen"}</td>`,
      );
    }
  });
});

describe("a mail on its way", () => {
  const server = useMailStandIn();
  const world = useVestibule({
    settings: () => server.environment,
    office: NOORD,
    user: { mail: "sanne@noord.example" },
  });
  /** Without the soft ends of lines of quoted-printable. */
  const newest = () => server.newest("sanne@noord.example")?.raw.replaceAll("=\r\n", "") ?? "";

  it("asks for no automatic answer, and has a plain text before its HTML", async () => {
    const gateway = new SmtpMail({
      ...{
        host: "127.0.0.1",
        port: Number(new URL(server.url).port),
        tls: "none",
        user: null,
        password: null,
      },
      from: "Vestibule <no-reply@id.example>",
    });
    const { subject, text, html } = write("fr", "notice.passwordLink", NOORD);
    const message = {
      channel: "mail",
      to: "sanne@noord.example",
      officeId: null,
      subject,
      text,
      html,
    } as const;
    expect(await gateway.send(randomUUID(), message)).to.deep.include({ type: "sent" });
    await gateway.close();
    expect(newest()).to.match(/^Auto-Submitted: auto-generated\r$/m);
    expect(newest()).to.match(/multipart\/alternative[\s\S]*text\/plain[\s\S]*text\/html/);
  });

  it("has the look of its reader's office", async () => {
    const browser = world.browser();
    const page = await browser.get("/forgot-password");
    const { office, username } = world.user;
    const fields = { _csrf: hiddenField(page, "_csrf"), officeCode: office.code, username };
    await browser.post(formAction(page), fields);
    const raw = await eventually(
      () => Promise.resolve(newest()),
      (mail) => mail.includes("/reset-password/"),
    );
    expect(raw)
      .to.contain("background: #7a1f5c")
      .and.contain("Noord &amp; Zonen</td>")
      .and.contain(">Choose a password</a>");
  });
});

import type nunjucks from "nunjucks";
import { asksFor, helperWords } from "../../kernel/asking-texts.ts";
import type { TextValues, Translate } from "../../kernel/languages.ts";
import { textColourOn } from "../../kernel/colour-contrast.ts";
import type { Help, SupportContact } from "../../kernel/support-contact.ts";
import { openViews } from "../web/views.ts";

interface Texts {
  in(language: string): Translate;
}

/** A rendered mail in one language. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The office whose look a mail has. */
export interface MailLook {
  readonly name: string;
  /** `#rrggbb` */
  readonly accent: string | null;
  /** A complete address of this server, the same in every mail of the office: it says that one was opened, never whose. */
  readonly logo?: string | null;
}

interface Paragraph {
  readonly text: string;
  /** Label of the button, if the paragraph is a link; otherwise null. */
  readonly button: string | null;
}

interface MailSetting {
  readonly footer?: string;
  readonly office?: MailLook | null;
  readonly help?: Help;
}

/** Renders mails from the catalogues, as plain text and as HTML. They load nothing but the office's logo from our own server. */
export class MailView {
  readonly #texts: Texts;
  readonly #from: { readonly product: string; readonly issuer: string };
  readonly #html: nunjucks.Environment;
  readonly #plain: nunjucks.Environment;

  constructor(texts: Texts, from: { product: string; issuer: string }) {
    this.#texts = texts;
    this.#from = from;
    this.#html = openViews();
    this.#plain = openViews({ isEscaped: false });
  }

  /**
   * `key` has a `.subject` and a `.text` in the catalogues. A URL at the end of a paragraph becomes a button. `help`: for a
   * mail that tells its reader to ask for help.
   */
  write(
    language: string,
    key: string,
    values: TextValues,
    { footer = "mail.footer", office = null, help = UNKNOWN_HELP }: MailSetting = {},
  ): WrittenMail {
    const t = this.#texts.in(language);
    const all = { ...values, ...helperWords(t, help.helper), product: this.#from.product };
    const asked = asksFor(`${key}.text`, help.helper);
    const paragraphs = t(`${key}.text`, all)
      .split(/\n{2,}/)
      .flatMap((text) => this.#paragraphsOf(text, t));
    const accent = office?.accent ?? null;
    const model = {
      ...this.#from,
      language,
      subject: t(`${key}.subject`, all),
      preheader: preheaderOf(paragraphs),
      paragraphs,
      footer: t(footer, all),
      sender: office?.name ?? this.#from.product,
      logo: office?.logo ?? null,
      look: accent === null ? null : { accent, accentText: textColourOn(accent) },
      support: asked === null ? null : supportLines(t, help.contact, { isDirect: asked === "support" }),
    };
    return {
      subject: model.subject,
      text: this.#plain.render("mail/notice-text.njk", model).trim(),
      html: this.#html.render("mail/notice.njk", model),
    };
  }

  /** Puts a URL into a paragraph of its own, with a button that says where it leads. */
  #paragraphsOf(text: string, t: Translate): Paragraph[] {
    const { lead = "", address = "" } =
      /^(?:(?<lead>.*:)\s)?(?<address>https?:\/\/\S+)$/s.exec(text)?.groups ?? {};
    if (address === "") {
      return [{ text, button: null }];
    }
    const button = t(buttonOf(address.replace(this.#from.issuer, "")));
    return [...(lead === "" ? [] : [{ text: lead, button: null }]), { text: address, button }];
  }
}

/** What a list of mails shows after the subject: the first sentence that is more than a greeting. */
function preheaderOf(paragraphs: readonly Paragraph[]): string {
  const said = paragraphs.filter(({ button }) => button === null).map(({ text }) => text);
  const first = said.find((text) => !text.endsWith(",")) ?? "";
  return first.length <= PREHEADER ? first : `${first.slice(0, PREHEADER).replace(/\s+\S*$/, "")} …`;
}

/** Characters; phones show fewer. */
const PREHEADER = 120;

const UNKNOWN_HELP: Help = { helper: "office", contact: null };

/** The support contact, one line each part, or the sentence in its place. */
function supportLines(
  t: Translate,
  contact: SupportContact | null,
  { isDirect }: { isDirect: boolean },
): string[] {
  if (contact === null) {
    return [t(isDirect ? "support.noneDirect" : "support.none")];
  }
  const parts = (["phone", "mail", "url", "hours"] as const).flatMap((part) => {
    const value = contact[part];
    return value === null ? [] : [t("common.labelled", { label: t(`support.${part}`), value })];
  });
  return [t(isDirect ? "support.direct" : "support.text"), ...parts];
}

/** The label's key for a path below the issuer. */
function buttonOf(path: string): string {
  const [, where = ""] = path.split("/");
  return BUTTONS.get(where) ?? "mail.open";
}

const BUTTONS = new Map([
  ["account", "mail.open.confirm"],
  ["console", "mail.open.request"],
  ["invitation", "mail.open.password"],
  ["reset-password", "mail.open.password"],
  ["not-me", "mail.open.notMe"],
  ["o", "mail.open.signIn"],
]);

import { fileURLToPath } from "node:url";
import nunjucks from "nunjucks";

type Values = Readonly<Record<string, string | number>>;

interface Texts {
  in(language: string): (key: string, values?: Values) => string;
}

/** A mail, written in one language. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Writes mails from the catalogues: the same paragraphs as plain text and as HTML, without anything from outside. */
export class MailView {
  readonly #texts: Texts;
  readonly #from: { readonly product: string; readonly issuer: string };
  readonly #html: nunjucks.Environment;
  readonly #plain: nunjucks.Environment;

  constructor(texts: Texts, from: { product: string; issuer: string }) {
    this.#texts = texts;
    this.#from = from;
    const views = fileURLToPath(new URL("../../views", import.meta.url));
    const environment = (autoescape: boolean) =>
      new nunjucks.Environment(new nunjucks.FileSystemLoader(views), { autoescape, throwOnUndefined: true });
    this.#html = environment(true);
    this.#plain = environment(false);
  }

  /** `key` has a `.subject` and a `.text` in the catalogues. An address alone in a paragraph becomes a button. */
  write(language: string, key: string, values: Values): WrittenMail {
    const t = this.#texts.in(language);
    const all = { ...values, product: this.#from.product };
    const model = {
      ...this.#from,
      language,
      subject: t(`${key}.subject`, all),
      paragraphs: t(`${key}.text`, all)
        .split(/\n{2,}/)
        .map(paragraphOf),
      footer: t("mail.footer", all),
      open: t("mail.open", all),
    };
    return {
      subject: model.subject,
      text: this.#plain.render("mail/notice-text.njk", model).trim(),
      html: this.#html.render("mail/notice.njk", model),
    };
  }
}

const paragraphOf = (text: string) => ({ text, isLink: /^https?:\/\/\S+$/.test(text) });

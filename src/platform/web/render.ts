import type nunjucks from "nunjucks";
import { LANGUAGES } from "../../kernel/languages.ts";
import { type Translate } from "../../kernel/languages.ts";
import type { Assets } from "./assets.ts";
import { asksFor, helperWords } from "../../kernel/asking-texts.ts";
import { contactToShow, dialled, type SupportContact } from "../../kernel/support-contact.ts";
import type { Context, State } from "./context.ts";
import { officeLook, type OfficeView } from "./office-look.ts";
import { allowImages } from "./security-headers.ts";
import type { Texts } from "./texts.ts";
import { openViews } from "./views.ts";

/** The part of each page's model that the layout uses. */
export interface LayoutModel {
  readonly office: OfficeView | null;
  /** Image URLs elsewhere that the page shows. */
  readonly images?: readonly (string | null)[];
}

/** With what a request says of itself. */
interface PageModel extends LayoutModel, Readonly<Record<string, unknown>> {
  readonly language: string;
  readonly nonce: string;
  readonly languages: readonly LanguageLink[];
}

/** A link to the same page in another language. */
interface LanguageLink {
  readonly code: string;
  readonly name: string;
  readonly href: string;
  readonly current: boolean;
}

export interface RenderDeps {
  readonly texts: Texts;
  readonly assets: Assets;
  readonly productName: string;
  readonly isDevelopment: boolean;
  /** Whether messages land on a page of ours instead of going out. */
  readonly hasOutbox: boolean;
  /** The office that this browser has signed in to or whose link it has opened last. May throw when the database is away. */
  readonly rememberedOffice: (ctx: Context) => Promise<OfficeView | null>;
  /** The installation's support contact, for pages of no office and of offices without their own. */
  readonly support: SupportContact;
}

/** Renders views. Templates escape all values, and an undefined variable is an error. */
export class Renderer {
  readonly #deps: RenderDeps;
  readonly #environment: nunjucks.Environment;

  constructor(deps: RenderDeps) {
    this.#deps = deps;
    this.#environment = openViews();
  }

  /** `view`: path below views/, without the extension. */
  page(ctx: Context, view: string, model: LayoutModel & Readonly<Record<string, unknown>>): void {
    const { images = [], ...rest } = model;
    const { language, nonce, zone } = ctx.state;
    allowImages(ctx, images);
    ctx.type = "html";
    const said = { ...rest, language, nonce, languages: languageLinks(ctx), isZoneGuessed: zone.isNamed };
    ctx.body = this.text(view, said, ctx.state);
  }

  /** A page as text, for a preview inside another page, whose nonce it needs. */
  text(view: string, model: PageModel, asking: Asking = { helper: "office", asksForHelp: null }): string {
    const { texts, productName, isDevelopment, hasOutbox, assets, support } = this.#deps;
    const { office, language } = model;
    return this.#environment.render(`${view}.njk`, {
      errors: [],
      faultyField: null,
      isZoneGuessed: false,
      answers: null,
      ...model,
      t: askingTexts(texts.in(language), asking),
      product: productName,
      office: office === null ? null : officeLook(office, language),
      // Asked below the content: only then is it known which texts the page has.
      asksForHelp: () => asking.asksForHelp,
      support: contactView(contactToShow(office?.support ?? null, support)),
      asset: (name: string) => assets.urlOf(name),
      development: isDevelopment,
      outbox: hasOutbox,
    });
  }

  /**
   * The office whose look a page has that belongs to no office itself, such as an error or a sign-out: what the sign-in has earned, or
   * what this browser remembers. Null rather than an error: the page matters more than its look.
   */
  async officeOf(ctx: Context): Promise<OfficeView | null> {
    const { office } = ctx.state;
    return office ?? (await this.#deps.rememberedOffice(ctx).catch(() => null));
  }

  /** The texts in the language of the response. */
  translate(ctx: Context): Translate {
    return askingTexts(this.#deps.texts.in(ctx.state.language), ctx.state);
  }
}

type Asking = Pick<State, "helper" | "asksForHelp">;

/** A text that tells its reader to ask for help names the helper by the reader's role, and brings the support contact along. */
const askingTexts =
  (t: Translate, asking: Asking): Translate =>
  (key, values) => {
    const from = asksFor(key, asking.helper);
    if (from === null) {
      return t(key, values);
    }
    asking.asksForHelp = asking.asksForHelp === "office" ? "office" : from;
    return t(key, { ...values, ...helperWords(t, asking.helper) });
  };

const contactView = (contact: SupportContact | null) =>
  contact === null ? null : { ...contact, dialled: contact.phone === null ? null : dialled(contact.phone) };

/** Links to the same page in each language. After a POST they lead to the page's own path. */
function languageLinks(ctx: Context): LanguageLink[] {
  // A path such as `//evil.test` would be a link to another host.
  const path = ctx.path.replace(/^[/\\]+/, "/");
  return Object.entries(LANGUAGES).map(([code, name]) => {
    const sent = new URLSearchParams(ctx.querystring);
    // An authorization code must not end up in a page.
    const query = sent.has("code") ? new URLSearchParams() : sent;
    query.set("lang", code);
    return { code, name, href: `${path}?${query.toString()}`, current: code === ctx.state.language };
  });
}

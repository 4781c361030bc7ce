import type { SupportContact } from "../../kernel/support-contact.ts";
import { textColourOn } from "../../kernel/colour-contrast.ts";

/** The office's name and branding on its pages. */
export interface OfficeView {
  readonly name: string;
  readonly branding: {
    /** A path on this server; an address elsewhere, from an earlier version, is not shown. */
    readonly logoUrl: string | null;
    /** `#rrggbb` */
    readonly accent: string | null;
    /** A text for users at the sign-in, by language. */
    readonly welcome: Readonly<Record<string, string>>;
    /** https addresses by the name of their page. */
    readonly legal: Readonly<Record<string, string>>;
  };
  /** The office's own support contact; null: the installation's is shown. */
  readonly support: SupportContact | null;
}

/** What the templates need of an office, in one language. */
export interface OfficeLook {
  readonly name: string;
  readonly logo: string | null;
  readonly accent: string | null;
  readonly accentText: string | null;
  /** The text for users in this language, or else in the first that has one; null: there is none. */
  readonly welcome: { readonly language: string; readonly lines: readonly string[] } | null;
  readonly legal: readonly { readonly page: string; readonly href: string }[];
}

/** An image of our own origin: a path, or the data of a preview. A page loads nothing from elsewhere for an office. */
const OWN_IMAGE = /^(?:\/(?![/\\])|data:image\/)/;

export function officeLook({ name, branding }: OfficeView, language: string): OfficeLook {
  const { logoUrl, accent, welcome, legal } = branding;
  return {
    name,
    logo: logoUrl !== null && OWN_IMAGE.test(logoUrl) ? logoUrl : null,
    accent,
    accentText: accent === null ? null : textColourOn(accent),
    welcome: welcomeIn(welcome, language),
    legal: ["privacy", "terms", "imprint"].flatMap((page) => {
      const href = legal[page];
      return href === undefined ? [] : [{ page, href }];
    }),
  };
}

function welcomeIn(texts: OfficeView["branding"]["welcome"], language: string): OfficeLook["welcome"] {
  const found = texts[language] === undefined ? Object.keys(texts)[0] : language;
  const text = found === undefined ? undefined : texts[found];
  return found === undefined || text === undefined
    ? null
    : { language: found, lines: text.split("\n").filter((line) => line.trim() !== "") };
}

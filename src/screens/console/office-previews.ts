import type { MailView } from "../../platform/messages/mail-view.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { mailLogo } from "../../domain/offices/logo-address.ts";
import type { Office } from "../../domain/offices/office.ts";

interface Deps {
  readonly renderer: Pick<Renderer, "text">;
  readonly mails: MailView;
  readonly issuer: string;
}

interface Reader {
  readonly name: string;
  readonly language: string;
}

/** Whole pages for a frame in which nothing runs and nothing can be pressed. `nonce`: of the page around it. */
export interface OfficePreviews {
  readonly signIn: (nonce: string) => string;
  readonly mail: (nonce: string) => string;
}

/** The sign-in page and a mail of an office as they will look, made by their own templates. */
export class OfficePreviewer {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `office`: as it is typed, before it is saved; its logo may be `data:`. `reader`: who looks at them. */
  of(office: Office, reader: Reader): OfficePreviews {
    return {
      signIn: (nonce) => this.#signIn(office, reader.language, nonce),
      mail: (nonce) => withNonce(this.#mail(office, reader), nonce),
    };
  }

  #signIn(office: Office, language: string, nonce: string): string {
    return this.#deps.renderer.text("sign-in/password", {
      ...{
        language,
        nonce,
        office,
        languages: [],
        errors: [],
        csrf: "",
        action: "",
        autofocus: "",
        faultyField: null,
      },
      ...{ isAgain: false, application: null, officeFixed: true, forgotHref: "#", whichOfficeHref: null },
      values: { officeCode: office.code, username: "" },
    });
  }

  #mail({ name: sender, branding }: Office, { name, language }: Reader): string {
    const { mails, issuer } = this.#deps;
    const look = { name: sender, accent: branding.accent, logo: mailLogo(branding.logoUrl, issuer) };
    return mails.write(language, "notice.passwordChanged", { name }, { office: look }).html;
  }
}

/**
 * A mail has its styles inside, as mail programs need it. The policy of the page around it allows only styles with its
 * nonce, so what stands in `style` attributes is moved into such a style.
 */
function withNonce(html: string, nonce: string): string {
  const rules: string[] = [];
  const moved = html.replace(/ style="([^"]*)"/g, (_, style: string) => {
    rules.push(`[data-style="${String(rules.length)}"]{${style}}`);
    return ` data-style="${String(rules.length - 1)}"`;
  });
  return moved
    .replaceAll("<style", `<style nonce="${nonce}"`)
    .replace("</head>", `<style nonce="${nonce}">${rules.join("")}</style></head>`);
}

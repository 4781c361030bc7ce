import type { Context } from "./context.ts";

/** A change needs a sign-in that is younger than this. */
const FRESH_SECONDS = 5 * 60;
/** `max_age` of the step-up sign-in. It is shorter, so that the user has at least a minute after returning. */
const ASKED_SECONDS = FRESH_SECONDS - 60;

/** What a session has proved, and its account. */
interface Session {
  /** Seconds since 1970. */
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly account: { readonly username: string; readonly office: { readonly code: string } };
}

/** Pages for signed-in users. For oidc-provider they are one of our own clients. */
interface Site {
  readonly issuer: string;
  readonly clientId: string;
  /** The first page, and the prefix of all other paths. */
  readonly home: string;
  /** Most path segments below `home`. */
  readonly maxParts: number;
  /** Redirect URI of the sign-in. */
  readonly callback: string;
  /** The acr that demands a second factor. */
  readonly acr: string;
  /** The `login_hint` that the sign-in page takes apart, so that a username with an @ comes back whole. */
  readonly loginHint: (username: string, officeCode: string) => string;
}

/** What a page demands besides a fresh session. */
interface Requirement {
  /** Whether it demands a second factor. */
  readonly needsFactor: boolean;
  /** Whether a session without a proved factor has to enter the password again, even when it is fresh. */
  readonly needsPassword?: boolean;
}

/**
 * Whether this session has proved a second factor. A recovery code counts, as the look-up secret that it is (NIST SP 800-63B), but not
 * for the platform's staff: their sign-in does not end with one.
 */
export const hasProvedFactor = ({ amr }: Pick<Session, "amr">): boolean => amr.includes("mfa");

/**
 * Step-up authentication (RFC 9470): a user who changes something has signed in within the last five minutes, or signs in again and
 * returns to the same page. With response type `none`, this sign-in issues no code and no token.
 */
export class StepUp {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  /** `now`: seconds since 1970. */
  isFresh(session: Session, now: number, { needsFactor }: Requirement): boolean {
    return now - session.authTime < FRESH_SECONDS && (!needsFactor || hasProvedFactor(session));
  }

  /** The sign-in URL for a user without a session. It returns to this page. */
  signInAddress(ctx: Context, { needsFactor }: Requirement): string {
    return this.#address(ctx, needsFactor, {});
  }

  /** The sign-in URL for a user whose session is not sufficient. */
  stepUpAddress(ctx: Context, session: Session, { needsFactor, needsPassword = false }: Requirement): string {
    const { username, office } = session.account;
    const passwordPrompt = needsPassword ? { prompt: "login" } : {};
    return this.#address(ctx, needsFactor, {
      // While the factor is missing, the age of the session does not matter.
      ...(hasProvedFactor(session) ? { max_age: String(ASKED_SECONDS) } : passwordPrompt),
      office: office.code,
      login_hint: this.#site.loginHint(username, office.code),
    });
  }

  /** Where the callback redirects to. Without a session a cancelled sign-in leads to `/`: the home page would start it again. */
  returnAddress(ctx: Context, isSignedIn: boolean): string {
    if (ctx.query["error"] === undefined) {
      return this.returnPath(ctx.query["state"]);
    }
    return isSignedIn ? this.#site.home : "/";
  }

  /** The requested page, from `state`. Anything but a path of this site leads to `home`, which prevents open redirects. */
  returnPath(state: unknown): string {
    const { home, maxParts } = this.#site;
    const isOurs = new RegExp(`^${home}(/[\\w-]{1,100}){0,${String(maxParts)}}$`);
    return typeof state === "string" && isOurs.test(state) ? state : home;
  }

  #address(ctx: Context, needsFactor: boolean, more: Readonly<Record<string, string>>): string {
    const { issuer, clientId, callback, acr } = this.#site;
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: "none",
      redirect_uri: `${issuer}${callback}`,
      scope: "openid",
      ...(needsFactor ? { acr_values: acr } : {}),
      state: this.returnPath(ctx.path),
      ...more,
    });
    return `/authorize?${query.toString()}`;
  }
}

import type { Context } from "./context.ts";

/** A change needs to be proved less than this ago. */
const FRESH_SECONDS = 5 * 60;
/** What the sign-in is asked for: less, so that a user who comes back has a minute before being asked again. */
const ASKED_SECONDS = FRESH_SECONDS - 60;

/** What a session has proved, and whose it is. */
interface Session {
  /** Seconds since 1970. */
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly account: { readonly username: string; readonly office: { readonly code: string } };
}

/** Pages for users who are signed in. To oidc-provider they are one of our own applications. */
interface Site {
  readonly issuer: string;
  readonly clientId: string;
  /** The first page, and the beginning of every other's path. */
  readonly home: string;
  /** Parts of a path below `home`, at most. */
  readonly maxParts: number;
  /** Where the sign-in comes back to. */
  readonly callback: string;
  /** The acr that asks for a second factor. */
  readonly acr: string;
}

/** What a page asks for besides a session that is young. */
interface Requirement {
  /** Whether the second factor has to be proved. */
  readonly needsFactor: boolean;
  /** Whether a session without that proof has to give the password again, however young it is. */
  readonly needsPassword?: boolean;
}

/** Whether this session has proved a second factor; a recovery code is none. */
export const hasProvedFactor = ({ amr }: Pick<Session, "amr">): boolean => amr.includes("mfa");

/**
 * Step-up (RFC 9470): whoever wants to change something has proved it less than five minutes ago, or proves it now and
 * comes back to the same page. No code and no token comes of such a sign-in (response type `none`).
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

  /** The sign-in of a user who has no session; it comes back to this page. */
  signInAddress(ctx: Context, { needsFactor }: Requirement): string {
    return this.#address(ctx, needsFactor, {});
  }

  /** The sign-in of a user whose session is not enough. */
  stepUpAddress(ctx: Context, session: Session, { needsFactor, needsPassword = false }: Requirement): string {
    const { username, office } = session.account;
    const passwordPrompt = needsPassword ? { prompt: "login" } : {};
    return this.#address(ctx, needsFactor, {
      // Where the factor is missing, another age of the session would change nothing.
      ...(hasProvedFactor(session) ? { max_age: String(ASKED_SECONDS) } : passwordPrompt),
      office: office.code,
      login_hint: username,
    });
  }

  /** Where the way back ends. A user who cancelled and has no session would be sent straight back to the sign-in. */
  returnAddress(ctx: Context, isSignedIn: boolean): string {
    if (ctx.query["error"] === undefined) {
      return this.returnPath(ctx.query["state"]);
    }
    return isSignedIn ? this.#site.home : "/";
  }

  /** The page that was wanted, as it comes back with the sign-in; anything but a page of this site is its first one. */
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

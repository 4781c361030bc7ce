import type { Context } from "./context.ts";

/** `max_age` of the step-up sign-in is shorter by this, so that the user has at least a minute after returning. */
const SPARE_SECONDS = 60;

/** The minutes of a change, from the `max_age` of the sign-in that it asks for; null for another sign-in. */
export function minutesOf(maxAge: unknown): number | null {
  const seconds = typeof maxAge === "string" && /^\d{1,5}$/.test(maxAge) ? Number(maxAge) : null;
  return seconds === null ? null : (seconds + SPARE_SECONDS) / 60;
}

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

/** What a page demands. */
interface Requirement {
  /** A change needs a sign-in that is younger than so many minutes; null to look only. */
  readonly minutes: number | null;
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
 * Step-up authentication (RFC 9470): a user who changes something has signed in within the last minutes, or signs in again and
 * returns to the same page. With response type `none`, this sign-in issues no code and no token.
 */
export class StepUp {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  /** `now`: seconds since 1970. */
  isFresh(session: Session, now: number, { minutes, needsFactor }: Requirement): boolean {
    const isYoung = minutes === null || now - session.authTime < minutes * 60;
    return isYoung && (!needsFactor || hasProvedFactor(session));
  }

  /** The sign-in URL for a user without a session. It returns to this page. `office`: the code of the office to sign in to. */
  signInAddress(
    ctx: Context,
    { needsFactor }: Pick<Requirement, "needsFactor">,
    office: string | null = null,
  ): string {
    return this.#address(ctx, needsFactor, office === null ? {} : { office });
  }

  /** The sign-in URL for a user whose session is not sufficient. */
  stepUpAddress(
    ctx: Context,
    session: Session,
    { minutes, needsFactor, needsPassword = false }: Requirement,
  ): string {
    const { username, office } = session.account;
    const passwordPrompt = needsPassword ? { prompt: "login" } : {};
    return this.#address(ctx, needsFactor, {
      // While the factor is missing, the age of the session does not matter.
      ...(hasProvedFactor(session) && minutes !== null
        ? { max_age: String(minutes * 60 - SPARE_SECONDS) }
        : passwordPrompt),
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

import type { Context } from "./context.ts";
import { cookieValue } from "./header-values.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/**
 * Our own cookies, besides oidc-provider's, with their lifetimes. `sign-ins` lists those that are not
 * finished (sign-in-cookies.middleware.ts). The others after `trust` belong to forms outside a sign-in: the browser's id, the sign-in
 * to return to, the token of a mailed link (kept out of the URL), and the outcome to show.
 */
const LIFE = {
  office: 400 * DAY,
  browser: 180 * DAY,
  language: 400 * DAY,
  // The office may set a shorter time, which is checked when the token is looked up.
  trust: 30 * DAY,
  form: DAY,
  from: HOUR,
  "sign-ins": DAY,
  reset: HOUR / 2,
  invitation: HOUR / 2,
  "not-me": HOUR / 2,
  "mail-change": HOUR / 2,
  outcome: HOUR,
  // Names this browser to the forms that it could not send.
  kept: HOUR / 2,
} as const;
export type OwnCookie = keyof typeof LIFE;

/** A cookie that a script of ours writes. Anything could be in it. */
export type ScriptCookie = "zone";

/** Our cookies are signed and HttpOnly; with https they have the `__Host-` prefix, so that no subdomain can set them. */
export class Cookies {
  readonly #isSecure: boolean;

  constructor(issuer: string) {
    this.#isSecure = issuer.startsWith("https:");
  }

  /** Null when the cookie is missing or its signature is invalid. */
  read(ctx: Context, cookie: OwnCookie): string | null {
    return ctx.cookies.get(this.#name(cookie), { signed: true }) ?? null;
  }

  /** Null when the cookie is missing. */
  readUnsigned(ctx: Context, cookie: ScriptCookie): string | null {
    return ctx.cookies.get(this.#name(cookie), { signed: false }) ?? null;
  }

  write(ctx: Context, cookie: OwnCookie, value: string): void {
    ctx.cookies.set(this.#name(cookie), cookieValue(value), {
      httpOnly: true,
      sameSite: "lax",
      secure: this.#isSecure,
      signed: true,
      maxAge: LIFE[cookie],
      overwrite: true,
    });
  }

  clear(ctx: Context, cookie: OwnCookie): void {
    ctx.cookies.set(this.#name(cookie), null, {
      httpOnly: true,
      sameSite: "lax",
      secure: this.#isSecure,
      signed: true,
      overwrite: true,
    });
  }

  #name(cookie: OwnCookie | ScriptCookie): string {
    return `${this.#isSecure ? "__Host-" : ""}vestibule-${cookie}`;
  }
}

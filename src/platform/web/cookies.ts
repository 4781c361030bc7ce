import type { Context } from "./context.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/**
 * Cookies of ours besides oidc-provider's, with how long they live. The last seven belong to forms outside a sign-in:
 * whose form it is, the sign-in that it was left for, the token of a link out of a mail (so that it stands in no
 * address), and how it went.
 */
const LIFE = {
  office: 400 * DAY,
  browser: 180 * DAY,
  language: 400 * DAY,
  // The office may say less: its days are counted where the token is looked up.
  trust: 30 * DAY,
  form: DAY,
  from: HOUR,
  reset: HOUR / 2,
  invitation: HOUR / 2,
  "not-me": HOUR / 2,
  "mail-change": HOUR / 2,
  outcome: HOUR,
} as const;
export type OwnCookie = keyof typeof LIFE;

/** Reads and writes our cookies: signed, for the server alone, `__Host-` where there is https. */
export class Cookies {
  readonly #isSecure: boolean;

  constructor(issuer: string) {
    this.#isSecure = issuer.startsWith("https:");
  }

  /** Null when it is missing or its signature is not ours. */
  read(ctx: Context, cookie: OwnCookie): string | null {
    return ctx.cookies.get(this.#name(cookie), { signed: true }) ?? null;
  }

  write(ctx: Context, cookie: OwnCookie, value: string): void {
    ctx.cookies.set(this.#name(cookie), value, {
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

  #name(cookie: OwnCookie): string {
    return `${this.#isSecure ? "__Host-" : ""}vestibule-${cookie}`;
  }
}

import type { Context } from "./context.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Cookies of ours besides oidc-provider's, with how long they live. */
const LIFE = { office: 400 * DAY, browser: 180 * DAY, language: 400 * DAY } as const;
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

  #name(cookie: OwnCookie): string {
    return `${this.#isSecure ? "__Host-" : ""}vestibule-${cookie}`;
  }
}

import { attempts, type Received } from "./attempts.ts";
import type { Scope } from "./operations.ts";

export interface Credentials {
  /** Such as `https://id.example.com`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly Scope[];
}

/** No token was given: `code` is the error of OAuth, such as `invalid_client` (RFC 6749 section 5.2). */
export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly status: number;
  readonly code: string;

  constructor({ status, text }: Received) {
    const { error, error_description: description } = fieldsOf(text);
    super(`No token: ${[error ?? `status ${String(status)}`, description].filter(Boolean).join(", ")}`);
    this.status = status;
    this.code = error ?? "";
  }
}

/** A token is replaced in the last tenth of its time, so that it does not end on the way. */
const USED_PART = 0.9;

interface Deps {
  readonly credentials: Credentials;
  readonly send: (url: string, init: RequestInit) => Promise<Received>;
  readonly tries: number;
}

interface Held {
  readonly token: string;
  readonly endsAt: number;
}

/** The access token of an application by client credentials, kept until it ends; parallel callers share one request. */
export class AccessToken {
  readonly #deps: Deps;
  #current: Promise<Held> | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async get(): Promise<string> {
    const known = this.#current;
    const held = await known;
    if (held !== null && held.endsAt > Date.now()) {
      return held.token;
    }
    // Another caller may have asked in the meantime.
    const next = this.#current === known || this.#current === null ? this.#renew() : this.#current;
    return (await next).token;
  }

  /** For a token that was refused before its end. */
  async forget(token: string): Promise<void> {
    const known = this.#current;
    if ((await known)?.token === token && this.#current === known) {
      this.#current = null;
    }
  }

  #renew(): Promise<Held> {
    const asked = this.#ask();
    this.#current = asked;
    asked.catch(() => {
      this.#current = this.#current === asked ? null : this.#current;
    });
    return asked;
  }

  async #ask(): Promise<Held> {
    const { credentials, send, tries } = this.#deps;
    const { issuer, clientId, clientSecret, scopes } = credentials;
    const fields = {
      grant_type: "client_credentials",
      resource: `${issuer}/api/v1`,
      scope: scopes.join(" "),
    };
    const basic = btoa([clientId, clientSecret].map(encodeURIComponent).join(":"));
    const asked = () =>
      send(`${issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams(fields),
      });
    const received = await attempts(asked, { tries, isRepeatable: true, signal: undefined });
    const { access_token: token, expires_in: seconds = 0 } = fieldsOf(received.text);
    if (received.status !== 200 || token === undefined) {
      throw new TokenError(received);
    }
    return { token, endsAt: Date.now() + seconds * 1000 * USED_PART };
  }
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number;
  readonly error?: string;
  readonly error_description?: string;
}

/** What is no JSON comes from a proxy, and has none of them. */
function fieldsOf(text: string): TokenAnswer {
  try {
    return (JSON.parse(text) ?? {}) as TokenAnswer;
  } catch {
    return {};
  }
}

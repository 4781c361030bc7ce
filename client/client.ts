import { AccessToken, type Credentials } from "./access-token.ts";
import type { CallOptions } from "./answer.ts";
import { ApiError } from "./api-error.ts";
import { attempts, type Received } from "./attempts.ts";
import { OPERATIONS, type Operations, type Problem } from "./operations.ts";
import { preparedFor, type Given, type Prepared } from "./prepared-request.ts";

export interface ClientSettings extends Credentials {
  /** How often a request is sent at most; 4 by default. */
  readonly tries?: number;
  /** For one try; 30 seconds by default. Files of users have no limit. */
  readonly timeoutMs?: number;
  /** In place of the platform's `fetch`, such as for a proxy. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** The management API of an installation: a method for each operation of its OpenAPI document. */
export function createClient(settings: ClientSettings): Operations {
  const caller = new Caller({ ...settings, issuer: settings.issuer.replace(/\/$/, "") });
  const groups = Object.entries<Readonly<Record<string, string>>>(OPERATIONS);
  const methodsOf = (addresses: Readonly<Record<string, string>>) =>
    Object.entries(addresses).map(([name, address]) => [
      name,
      (given?: Given, options?: CallOptions) => caller.call(address, given ?? {}, options ?? {}),
    ]);
  const client: unknown = Object.fromEntries(
    groups.map(([group, addresses]) => [group, Object.fromEntries(methodsOf(addresses))]),
  );
  // Both are made from the same document.
  return client as Operations;
}

class Caller {
  readonly #settings: ClientSettings;
  readonly #token: AccessToken;
  readonly #tries: number;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#tries = settings.tries ?? 4;
    const timed = (url: string, init: RequestInit) => this.#fetch(url, { ...init, signal: this.#limit() });
    this.#token = new AccessToken({ credentials: settings, send: timed, tries: this.#tries });
  }

  async call(address: string, given: Given, { signal }: CallOptions) {
    const prepared = preparedFor(address, given);
    const rules = { tries: this.#tries, isRepeatable: prepared.isRepeatable, signal };
    const received = await attempts(() => this.#send(prepared, signal), rules);
    const { status, headers } = received;
    if (status < 200 || status > 299) {
      throw new ApiError(status, problemIn(received));
    }
    return {
      body: bodyOf(received),
      etag: headers.get("etag") ?? "",
      location: headers.get("location"),
      requestId: headers.get("x-request-id"),
      isReplayed: headers.get("idempotency-replayed") === "true",
    };
  }

  /** With another token where the first one has lost its force before its end. */
  async #send(prepared: Prepared, signal: AbortSignal | undefined): Promise<Received> {
    const token = await this.#token.get();
    const received = await this.#sendWith(token, prepared, signal);
    if (received.status !== 401) {
      return received;
    }
    await this.#token.forget(token);
    return this.#sendWith(await this.#token.get(), prepared, signal);
  }

  #sendWith(token: string, prepared: Prepared, signal: AbortSignal | undefined): Promise<Received> {
    const { method, path, headers, body, isFile } = prepared;
    return this.#fetch(`${this.#settings.issuer}/api/v1${path}`, {
      ...{ method, body, headers: { ...headers, authorization: `Bearer ${token}` } },
      signal: AbortSignal.any([
        ...(signal === undefined ? [] : [signal]),
        ...(isFile ? [] : [this.#limit()]),
      ]),
    });
  }

  #limit(): AbortSignal {
    return AbortSignal.timeout(this.#settings.timeoutMs ?? 30_000);
  }

  async #fetch(url: string, init: RequestInit): Promise<Received> {
    const { fetch: send = fetch } = this.#settings;
    const response = await send(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}

function bodyOf(received: Received): unknown {
  const { text } = received;
  return text === "" ? null : typeIs(received, "application/json") ? (JSON.parse(text) as unknown) : text;
}

const problemIn = (received: Received): Problem | null =>
  typeIs(received, "application/problem+json") ? (JSON.parse(received.text) as Problem) : null;

const typeIs = ({ headers }: Received, type: string): boolean =>
  headers.get("content-type")?.split(";", 1)[0] === type;

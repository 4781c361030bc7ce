import { apiResource, API_PATH } from "../../src/domain/applications/own-application.ts";
import { API_SCOPE_NAMES, type ApiScope } from "../../src/domain/access/api-scopes.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestApplication, TestOffice } from "./people.ts";
import { callToken } from "./relying-party.ts";
import type { World } from "./use-vestibule.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Page["headers"];
  /** Null where there is none. */
  readonly body: Record<string, unknown>;
  /** The same as it came. */
  readonly text: string;
}

export interface ApiAsk {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An application that calls the management API. */
export class ApiClient {
  readonly application: TestApplication;
  readonly #browser: HttpBrowser;
  readonly #token: string;

  constructor(browser: HttpBrowser, application: TestApplication, token: string) {
    this.#browser = browser;
    this.application = application;
    this.#token = token;
  }

  async call(method: string, path: string, { body, headers = {} }: ApiAsk = {}): Promise<ApiAnswer> {
    const isText = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
    const text = isText ? body : JSON.stringify(body);
    const page = await this.#browser.send(`${API_PATH}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(text === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    return answerOf(page);
  }

  get = (path: string, headers: Record<string, string> = {}) => this.call("GET", path, { headers });
  post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    this.call("POST", path, { body, headers });
  put = (path: string, body: unknown) => this.call("PUT", path, { body });
  patch = (path: string, body: unknown, ifMatch = "*", headers: Record<string, string> = {}) =>
    this.call("PATCH", path, { body, headers: { "if-match": ifMatch, ...headers } });
  delete = (path: string) => this.call("DELETE", path);
}

const answerOf = ({ status, headers, body }: Page): ApiAnswer => ({
  ...{ status, headers },
  body: /[/+]json(;|$)/.test(String(headers["content-type"] ?? ""))
    ? (JSON.parse(body) as Record<string, unknown>)
    : {},
  text: body,
});

/** A machine with these scopes (all of them by default), bound to the office or to none, with a token of all its scopes. */
export async function apiClient(
  world: World,
  office: TestOffice | null,
  scopes: readonly ApiScope[] = API_SCOPE_NAMES,
): Promise<ApiClient> {
  const machine = {
    type: "machine",
    name: "Staff directory",
    redirectUris: [],
    firstParty: false,
    homeUrl: null,
  };
  const application = await world.makeApplication({ ...machine, apiScopes: [...scopes] }, office?.id ?? null);
  const browser = world.browser();
  return new ApiClient(browser, application, await apiToken(browser, application, scopes));
}

/** A token for the API; throws when none comes. */
export async function apiToken(
  browser: HttpBrowser,
  application: Pick<TestApplication, "id" | "secret">,
  scopes: readonly string[],
): Promise<string> {
  const fields = {
    grant_type: "client_credentials",
    resource: apiResource(browser.issuer),
    scope: scopes.join(" "),
  };
  const { status, body } = await callToken(browser, application, fields);
  if (status !== 200) {
    throw new Error(`No token: ${JSON.stringify(body)}`);
  }
  return String(body["access_token"]);
}

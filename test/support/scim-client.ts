import { SCIM_PATH } from "../../src/api/scim/scim-routes.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestOffice } from "./people.ts";
import type { World } from "./use-vestibule.ts";

export interface ScimReply {
  readonly status: number;
  readonly headers: Page["headers"];
  /** Empty where there is none. */
  readonly body: Record<string, unknown>;
}

/** The directory of an office. */
export class ScimClient {
  readonly token: string;
  readonly #browser: HttpBrowser;

  constructor(browser: HttpBrowser, token: string) {
    this.#browser = browser;
    this.token = token;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ScimReply> {
    const isText = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
    const text = isText ? body : JSON.stringify(body);
    const page = await this.#browser.send(`${SCIM_PATH}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(text === undefined ? {} : { "content-type": "application/scim+json" }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    return {
      ...{ status: page.status, headers: page.headers },
      body: page.body === "" ? {} : (JSON.parse(page.body) as Record<string, unknown>),
    };
  }

  get = (path: string, headers: Record<string, string> = {}) => this.call("GET", path, undefined, headers);
  post = (path: string, body: unknown) => this.call("POST", path, body);
  put = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    this.call("PUT", path, body, headers);
  patch = (path: string, operations: readonly unknown[], headers: Record<string, string> = {}) =>
    this.call("PATCH", path, patchOf(operations), headers);
  delete = (path: string, headers: Record<string, string> = {}) =>
    this.call("DELETE", path, undefined, headers);
  find = (filter: string) => this.get(`/Users?filter=${encodeURIComponent(filter)}`);
}

export const patchOf = (operations: readonly unknown[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});

/** The usernames of a list. */
export const usernamesOf = ({ body }: ScimReply): unknown[] =>
  (body["Resources"] as { userName: string }[]).map(({ userName }) => userName);

/** The status of an answer, with what SCIM says of the fault (RFC 7644 section 3.12). */
export const refusal = ({ status, body }: ScimReply): string =>
  typeof body["scimType"] === "string" ? `${String(status)} ${body["scimType"]}` : String(status);

/** A new token of the office. */
export async function scimToken(world: World, office: TestOffice): Promise<string> {
  const by = { id: "command line", officeId: null, role: "operator" } as const;
  const tokens = await world.services.stores.scimTokens.list(office.id);
  const seen = tokens.find(({ endsAt }) => endsAt === null)?.madeAt ?? null;
  const made = await world.services.administration.scimAccess.make(office, by, { seen });
  if (made.type !== "made") {
    throw new Error(`No token: ${made.type}`);
  }
  return made.token.reveal();
}

export const scimClient = async (world: World, office: TestOffice): Promise<ScimClient> =>
  new ScimClient(world.browser(), await scimToken(world, office));

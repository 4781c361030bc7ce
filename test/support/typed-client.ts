import { createClient, type ClientSettings, type Operations } from "../../client/index.ts";
import { API_SCOPE_NAMES, type ApiScope } from "../../src/domain/access/api-scopes.ts";
import type { TestOffice } from "./people.ts";
import type { World } from "./use-vestibule.ts";

type Fetch = NonNullable<ClientSettings["fetch"]>;

/** The typed client of a new machine, bound to the office or to none. */
export async function typedClient(
  world: World,
  office: TestOffice | null,
  further: Partial<ClientSettings> & { readonly scopes?: readonly ApiScope[] } = {},
): Promise<Operations> {
  const { scopes = API_SCOPE_NAMES } = further;
  const machine = {
    type: "machine",
    name: "Staff directory",
    redirectUris: [],
    firstParty: false,
    homeUrl: null,
  };
  const { id, secret } = await world.makeApplication(
    { ...machine, apiScopes: [...scopes] },
    office?.id ?? null,
  );
  return createClient({ issuer: world.issuer, clientId: id, clientSecret: secret ?? "", ...further, scopes });
}

/** A request as it was sent. */
export interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A server that gives tokens, and answers the API by `answer`. */
export function fakeFetch(answer: (sent: Sent, count: number) => Response): {
  readonly fetch: Fetch;
  readonly sent: Sent[];
  readonly tokens: Sent[];
} {
  const [sent, tokens]: [Sent[], Sent[]] = [[], []];
  const fetch: Fetch = async (url, { method = "GET", headers, body }) => {
    const one = { method, url: new URL(url), headers: new Headers(headers), body };
    await Promise.resolve();
    if (one.url.pathname === "/token") {
      tokens.push(one);
      return Response.json({ access_token: `token-${String(tokens.length)}`, expires_in: 900 });
    }
    sent.push(one);
    return answer(one, sent.length);
  };
  return { fetch, sent, tokens };
}

export const FAKE = {
  issuer: "https://id.test/",
  clientId: "app_x",
  clientSecret: "a:b&c",
  scopes: ["users:read"],
} as const satisfies ClientSettings;

export const problem = (
  status: number,
  fields: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(JSON.stringify({ title: "A problem.", status, ...fields }), {
    ...{ status, headers: { "content-type": "application/problem+json; charset=utf-8", ...headers } },
  });

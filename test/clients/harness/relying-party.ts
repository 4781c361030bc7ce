import { basic, claimsOf } from "../../support/relying-party.ts";
import { equal } from "./expectations.ts";
import type { Walker } from "./walker.ts";

/** A broker's endpoints, and the application that is registered there. */
export interface Broker {
  readonly authorize: string;
  readonly token: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Nothing listens there: the walk ends before it. */
  readonly redirectUri: string;
}

/** What the application behind a broker has after a sign-in or a refresh. */
export interface Held {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly idToken: string;
  readonly refreshToken: string;
}

/** Signs in at a broker, which asks Vestibule. */
export async function signInAt(
  broker: Broker,
  browser: Walker,
  more: Readonly<Record<string, string>> = {},
): Promise<Held> {
  const query = new URLSearchParams({
    client_id: broker.client.id,
    redirect_uri: broker.redirectUri,
    response_type: "code",
    scope: "openid profile email offline_access",
    state: "a state that is long enough",
    nonce: "a nonce that is long enough",
    ...more,
  });
  const shown = await browser.open(`${broker.authorize}?${query.toString()}`, broker.redirectUri);
  const code = shown.location === "" ? null : new URL(shown.location).searchParams.get("code");
  if (code === null) {
    const said = shown.body
      .replaceAll(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>|\s+/g, " ")
      .replaceAll(/ +/g, " ");
    throw new Error(`No code came back to the application: ${shown.location}${said.slice(0, 200)}`);
  }
  return ask(broker, { grant_type: "authorization_code", code, redirect_uri: broker.redirectUri });
}

/** Refreshes at the broker. */
export const refreshAt = (broker: Broker, { refreshToken }: Held): Promise<Held> =>
  ask(broker, { grant_type: "refresh_token", refresh_token: refreshToken });

async function ask({ token, client }: Broker, fields: Readonly<Record<string, string>>): Promise<Held> {
  const answered = await fetch(token, {
    method: "POST",
    headers: { authorization: basic(client.id, client.secret) },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(20_000),
  });
  const said = (await answered.json()) as Readonly<Record<string, unknown>>;
  equal(answered.status, 200, `status of the broker's token endpoint, which said ${JSON.stringify(said)}`);
  return {
    claims: claimsOf(said["id_token"]),
    idToken: String(said["id_token"]),
    refreshToken: String(said["refresh_token"]),
  };
}

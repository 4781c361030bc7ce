/**
 * A web application that runs on a server: it keeps its secret and its tokens to itself, and its browser only gets a
 * session cookie. Register it as web with http://localhost:8080/callback as redirect URI and http://localhost:8080/ as the
 * address after signing out. Start: ISSUER=… CLIENT_ID=… CLIENT_SECRET=… PORT=8080 npx node examples/web.ts
 * With API=http://localhost:8081/invoices it also calls a resource server, which it has to be registered for.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as client from "openid-client";

const { ISSUER = "http://localhost:3000", CLIENT_ID = "", CLIENT_SECRET = "", PORT = "8080" } = process.env;
const { API = "" } = process.env;
const HERE = `http://localhost:${PORT}`;

// eslint-disable-next-line @typescript-eslint/no-deprecated -- for an issuer on this machine; leave it out in production
const execute = ISSUER.startsWith("http://") ? [client.allowInsecureRequests] : [];
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, { execute });

/** A browser that is on its way to the sign-in, or has signed in. */
type Session = { verifier: string; state: string } | { says: string; idToken: string };
const sessions = new Map<string, Session>();

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500, { "content-type": "text/plain" }).end("Something went wrong.");
  });
}).listen(Number(PORT), "127.0.0.1", () => {
  console.log(`open ${HERE}`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", HERE);
  const id = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
  const session = sessions.get(id);
  // Whatever comes next is another session, so that no attacker can have planted it.
  switch (url.pathname) {
    case "/sign-in":
      goTo(response, await startSignIn(response));
      return;
    case "/callback":
      sessions.delete(id);
      await finishSignIn(response, url, session);
      goTo(response, new URL(HERE));
      return;
    case "/sign-out":
      sessions.delete(id);
      goTo(response, signOutAddress(session));
      return;
    default: {
      const says = session !== undefined && "says" in session ? session.says : null;
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      response.end(says ?? `You are not signed in: ${HERE}/sign-in`);
    }
  }
}

async function startSignIn(response: ServerResponse): Promise<URL> {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  keep(response, { verifier, state });
  return client.buildAuthorizationUrl(config, {
    redirect_uri: `${HERE}/callback`,
    scope: API === "" ? "openid profile email" : "openid profile email invoices:read",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  });
}

async function finishSignIn(response: ServerResponse, url: URL, session: Session | undefined): Promise<void> {
  if (session === undefined || !("verifier" in session)) {
    throw new Error("This browser has not asked for a sign-in.");
  }
  const { verifier, state } = session;
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, url, checks);
  // In your database the user's key is `iss` and `sub` of tokens.claims(), never a name or an email address: administrators type those.
  const says = API === "" ? await greet(tokens) : await callApi(tokens);
  keep(response, { says, idToken: tokens.id_token ?? "" });
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

async function greet(tokens: Tokens): Promise<string> {
  const person = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? "");
  return `Hello ${person.name ?? person.sub}`;
}

/** The access token is for the resource server, and not for userinfo: the name is in the ID token. */
async function callApi(tokens: Tokens): Promise<string> {
  const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(API), "GET");
  const name = tokens.claims()?.["name"];
  return `Hello ${typeof name === "string" ? name : "you"}, invoices: ${await answer.text()}`;
}

function signOutAddress(session: Session | undefined): URL {
  const hint = session !== undefined && "idToken" in session ? { id_token_hint: session.idToken } : {};
  return client.buildEndSessionUrl(config, { ...hint, post_logout_redirect_uri: `${HERE}/` });
}

function keep(response: ServerResponse, session: Session): void {
  const id = randomBytes(32).toString("base64url");
  sessions.set(id, session);
  // With an https address of your own, add "; Secure" and call it __Host-session.
  response.setHeader("set-cookie", `session=${id}; Path=/; HttpOnly; SameSite=Lax`);
}

function goTo(response: ServerResponse, url: URL): void {
  response.writeHead(303, { location: url.href }).end();
}

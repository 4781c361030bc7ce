/**
 * A program on a user's own computer: it opens the sign-in in the browser and listens on this computer for the answer
 * (RFC 8252 section 7.3). It has no secret. Register it as native with http://127.0.0.1/callback; any port will do.
 * Start: ISSUER=… CLIENT_ID=… npx node examples/native.ts
 * With API=http://localhost:8081/invoices it also calls a resource server, which it has to be registered for.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as client from "openid-client";

const { ISSUER = "http://localhost:3000", CLIENT_ID = "", API = "" } = process.env;

// eslint-disable-next-line @typescript-eslint/no-deprecated -- for an issuer on this machine; leave it out in production
const execute = ISSUER.startsWith("http://") ? [client.allowInsecureRequests] : [];
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, client.None(), { execute });

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const redirectUri = `http://127.0.0.1:${String(port)}/callback`;

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const signIn = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: API === "" ? "openid profile" : "openid profile invoices:read",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
});
console.log(`open ${signIn.href}`);

const [request, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
response.writeHead(200, { "content-type": "text/plain", connection: "close" });
response.end("You can close this page and go back to the program.");
server.close();

const back = new URL(request.url ?? "/", redirectUri);
const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, back, checks);
// In your records the user's key is `iss` and `sub` of tokens.claims(), never a name or an email address: administrators type those.
const claims = tokens.claims();
if (API === "") {
  const person = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? "");
  console.log(`Hello ${person.name ?? person.sub}`);
} else {
  // The access token is for the resource server, and not for userinfo: the name is in the ID token.
  const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(API), "GET");
  const name = claims?.["name"];
  console.log(`Hello ${typeof name === "string" ? name : "you"}, invoices: ${await answer.text()}`);
}

// The browser is still signed in to the issuer. A program with a window of its own opens this where the user signs out.
console.log(`sign out: ${client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? "" }).href}`);

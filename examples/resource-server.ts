/**
 * A resource server: it takes access tokens that were made for it, and asks no other server about them. It checks signature,
 * issuer, audience, type and end (RFC 9068 section 4), and then whether the scope allows what is asked.
 * Start: ISSUER=… RESOURCE=https://invoices.example PORT=8081 npx node examples/resource-server.ts
 * Scripts of ORIGIN may call it too: the token is in the request itself, so that no cookie is needed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";

const {
  ISSUER = "http://localhost:3000",
  RESOURCE = "https://invoices.example",
  PORT = "8081",
  ORIGIN = "http://localhost:8082",
} = process.env;

// Keeps the keys for a while, and asks again when a token names one that it does not know.
const keys = createRemoteJWKSet(new URL("/jwks", ISSUER));

createServer((request, response) => {
  void answer(request, response);
}).listen(Number(PORT), "127.0.0.1", () => {
  console.log(`listening on ${PORT}`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("access-control-allow-origin", ORIGIN);
  if (request.method === "OPTIONS") {
    response.writeHead(204, { "access-control-allow-headers": "authorization" }).end();
    return;
  }
  const scopes = await scopesOf(request.headers.authorization);
  if (scopes === null) {
    refuse(response, 401, "invalid_token");
    return;
  }
  if (!scopes.includes("invoices:read")) {
    refuse(response, 403, "insufficient_scope");
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify([{ number: 1, amount: "12.50" }]));
}

/** What a token allows; null when it is no token for this server. */
async function scopesOf(authorization: string | undefined): Promise<string[] | null> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) {
    return null;
  }
  try {
    const expected = {
      issuer: ISSUER,
      audience: RESOURCE,
      typ: "at+jwt",
      requiredClaims: ["exp", "client_id"],
    };
    const { payload } = await jwtVerify(token, keys, expected);
    return typeof payload["scope"] === "string" ? payload["scope"].split(" ") : [];
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { "www-authenticate": `Bearer error="${error}"` }).end();
}

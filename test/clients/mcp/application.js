/** An MCP server that is protected by Vestibule, and a client that calls its tool: both with the SDK's own parts. */
import { createServer } from "node:http";
import { once } from "node:events";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { mcpAuthMetadataRouter } from "@modelcontextprotocol/sdk/server/auth/router.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { ISSUER, PORT, CLIENT_ID } = process.env;
const RESOURCE = `http://localhost:${PORT}/mcp`;

/** Access tokens that are taken for expired, so that the client refreshes. */
const refused = new Set();

async function serve() {
  const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
  const verifier = {
    verifyAccessToken: async (token) => {
      const checks = { issuer: ISSUER, audience: RESOURCE, typ: "at+jwt" };
      const { payload } = await jwtVerify(token, keys, checks).catch((error) => {
        throw new InvalidTokenError(String(error));
      });
      if (refused.has(token)) {
        throw new InvalidTokenError("expired");
      }
      const { client_id: clientId, scope = "", exp: expiresAt, sub } = payload;
      return { token, clientId, scopes: scope.split(" "), expiresAt, extra: { sub } };
    },
  };
  const app = express();
  const resourceServerUrl = new URL(RESOURCE);
  app.use(
    mcpAuthMetadataRouter({
      oauthMetadata: metadata,
      resourceServerUrl,
      scopesSupported: ["mcp:use", "offline_access"],
    }),
  );
  const resourceMetadataUrl = `http://localhost:${PORT}/.well-known/oauth-protected-resource/mcp`;
  const guard = requireBearerAuth({ verifier, resourceMetadataUrl });
  app.post("/mcp", guard, express.json(), async (request, response) => {
    const server = new McpServer({ name: "server", version: "1.0.0" });
    const who = ({ authInfo }) => ({ content: [{ type: "text", text: String(authInfo.extra.sub) }] });
    server.registerTool("who", {}, who);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await server.connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  app.listen(Number(PORT), "127.0.0.1");
}

/** Listens for the code, as a native application does (RFC 8252 section 7.3). */
const callback = createServer((request, response) => {
  const { searchParams } = new URL(request.url, "http://127.0.0.1");
  response.end("Done");
  callback.emit("code", searchParams.get("code") ?? searchParams.toString());
});
callback.listen(0, "127.0.0.1");
await once(callback, "listening");
await serve();

let tokens;
let verifier;
const redirectUrl = `http://127.0.0.1:${callback.address().port}/callback`;
const authProvider = {
  redirectUrl,
  clientMetadata: { client_name: "client", redirect_uris: [redirectUrl] },
  clientInformation: () => ({ client_id: CLIENT_ID }),
  tokens: () => tokens,
  saveTokens: (given) => (tokens = { ...tokens, ...given }),
  redirectToAuthorization: (url) => console.log(`open ${url}`),
  saveCodeVerifier: (given) => (verifier = given),
  codeVerifier: () => verifier,
};

const newTransport = () => new StreamableHTTPClientTransport(new URL(RESOURCE), { authProvider });
const client = new Client({ name: "client", version: "1.0.0" });
const code = once(callback, "code");
const first = newTransport();
await client.connect(first).catch((error) => console.log(`refused at first: ${error.message}`));
await first.finishAuth((await code)[0]);
await client.connect(newTransport());
const who = async () => (await client.callTool({ name: "who" })).content[0].text;
console.log(`sub ${await who()}`);
const before = tokens.access_token;
refused.add(before);
const answers = await Promise.all([who(), who(), who()]);
console.log(`refreshed ${tokens.access_token !== before} ${new Set(answers).size}`);
process.exit(0);

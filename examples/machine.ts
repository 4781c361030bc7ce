/**
 * A program that acts for itself, at night and with no user there: it gets an access token for one resource server and
 * calls it. Start: ISSUER=… CLIENT_ID=… CLIENT_SECRET=… RESOURCE=https://invoices.example API=http://localhost:8081/invoices npx node examples/machine.ts
 */
import * as client from "openid-client";

const { ISSUER = "http://localhost:3000", CLIENT_ID = "", CLIENT_SECRET = "" } = process.env;
const { RESOURCE = "https://invoices.example", API = "http://localhost:8081/invoices" } = process.env;

// eslint-disable-next-line @typescript-eslint/no-deprecated -- for an issuer on this machine; leave it out in production
const execute = ISSUER.startsWith("http://") ? [client.allowInsecureRequests] : [];
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, { execute });

const tokens = await client.clientCredentialsGrant(config, { resource: RESOURCE, scope: "invoices:read" });
const answer = await fetch(API, { headers: { authorization: `Bearer ${tokens.access_token}` } });
console.log(answer.status, await answer.text());

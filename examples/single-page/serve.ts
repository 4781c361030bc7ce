/**
 * A single-page application: everything happens in app.js in the browser, and this only hands the files out. Register it
 * as browser with http://localhost:8082/ as redirect URI and http://localhost:8082 as CORS origin.
 * Start: ISSUER=… CLIENT_ID=… PORT=8082 npx node examples/single-page/serve.ts
 * With API=http://localhost:8081/invoices it also calls a resource server, which it has to be registered for.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { ISSUER = "http://localhost:3000", CLIENT_ID = "", PORT = "8082", API = "" } = process.env;

const file = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const files: Record<string, { type: string; text: string }> = {
  "/": { type: "text/html; charset=utf-8", text: file("index.html") },
  "/app.js": { type: "text/javascript; charset=utf-8", text: file("app.js") },
  "/settings.json": {
    type: "application/json",
    text: JSON.stringify({ issuer: ISSUER, clientId: CLIENT_ID, api: API }),
  },
};

createServer((request, response) => {
  const found = files[new URL(request.url ?? "/", "http://localhost").pathname];
  // Only scripts of its own: what a stranger could get into the page cannot run, and cannot take the tokens.
  response.setHeader("content-security-policy", `default-src 'self'; connect-src 'self' ${ISSUER} ${API}`);
  response.setHeader("referrer-policy", "no-referrer");
  response.writeHead(found === undefined ? 404 : 200, { "content-type": found?.type ?? "text/plain" });
  response.end(found?.text ?? "There is nothing here.");
}).listen(Number(PORT), "127.0.0.1", () => {
  console.log(`open http://localhost:${PORT}/`);
});

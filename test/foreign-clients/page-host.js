// The page that a snippet for browsers is written for. The snippet itself is the file SNIPPET; the library is handed out here.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const { SNIPPET, PORT } = process.env;
const entry = createRequire(import.meta.url).resolve("oidc-client-ts");

const page = `<!doctype html><html lang="en"><title>A single-page application</title><link rel="icon" href="data:,">
<script type="importmap">{"imports":{"oidc-client-ts":"/library.js","jwt-decode":"/jwt-decode.js"}}</script>
<p id="who">Wait</p><button id="sign-in">Sign in here</button><button id="sign-out">Sign out here</button>
<button id="invoices">Invoices</button><script type="module" src="/snippet.js"></script></html>`;

const script = (file) => ["text/javascript", readFileSync(file)];
const files = {
  "/library.js": script(join(dirname(entry), "../esm/oidc-client-ts.js")),
  "/jwt-decode.js": script(join(dirname(createRequire(entry).resolve("jwt-decode")), "../esm/index.js")),
  "/snippet.js": script(SNIPPET),
};

createServer((request, response) => {
  const [type, body] = files[request.url] ?? ["text/html; charset=utf-8", page];
  response.writeHead(200, { "content-type": type }).end(body);
}).listen(Number(PORT), "127.0.0.1", () => console.log(`open http://localhost:${PORT}/`));

// A single-page application as the documentation of oidc-client-ts has it; the page and the library are handed out here.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const { ISSUER, CLIENT_ID, PORT } = process.env;
const here = `http://localhost:${PORT}`;
const entry = createRequire(import.meta.url).resolve("oidc-client-ts");
const library = readFileSync(join(dirname(entry), "../browser/oidc-client-ts.min.js"));

const page = `<!doctype html><html lang="en"><title>oidc-client-ts</title><link rel="icon" href="data:,">
<p id="who">Wait</p><button id="in">Sign in here</button><button id="renew">Renew</button>
<button id="again">Renew in a frame</button><button id="revoke">Give back</button><button id="out">Sign out here</button>
<script src="/library.js"></script><script src="/page.js"></script>`;

const script = `
const manager = new oidc.UserManager({
  authority: ${JSON.stringify(ISSUER)},
  client_id: ${JSON.stringify(CLIENT_ID)},
  redirect_uri: "${here}/",
  silent_redirect_uri: "${here}/silent",
  post_logout_redirect_uri: "${here}/",
  scope: "openid profile email",
  loadUserInfo: true,
});
const say = (text) => (document.querySelector("#who").textContent = text);
const on = (id, work) => document.querySelector(id).addEventListener("click", () =>
  work().catch((fault) => say("Fault: " + fault.message)));
on("#in", () => manager.signinRedirect());
on("#renew", async () => {
  const before = await manager.getUser();
  const after = await manager.signinSilent();
  say(after.access_token === before.access_token ? "Not renewed" : "Renewed for " + after.profile.name);
});
on("#again", async () => {
  await manager.storeUser({ ...(await manager.getUser()), refresh_token: undefined,
    toStorageString() { return JSON.stringify(this); } });
  const after = await manager.signinSilent();
  say("Renewed in a frame for " + after.profile.name);
});
on("#revoke", async () => { await manager.revokeTokens(); say("Given back"); });
on("#out", () => manager.signoutRedirect());
(async () => {
  if (location.pathname === "/silent") return manager.signinSilentCallback();
  if (location.search.includes("state=") && location.search.includes("code=")) {
    await manager.signinCallback();
    history.replaceState(null, "", "/");
  }
  const user = await manager.getUser();
  say(user ? "Hello " + user.profile.name + ", " + user.profile.email : "Nobody is signed in.");
})().catch((fault) => say("Fault: " + fault.message));`;

const files = {
  "/library.js": ["text/javascript", library],
  "/page.js": ["text/javascript", script],
};

createServer((request, response) => {
  const [type, body] = files[request.url] ?? ["text/html; charset=utf-8", page];
  response.writeHead(200, { "content-type": type }).end(body);
}).listen(Number(PORT), "127.0.0.1", () => console.log(`open ${here}/`));

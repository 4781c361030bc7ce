// The Express application that a snippet for Node is written for. The snippet itself is the file SNIPPET.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import express from "express";
import session from "express-session";

const { SNIPPET, PORT, SESSION_SECRET } = process.env;
const here = `http://localhost:${PORT}`;
const snippet = pathToFileURL(SNIPPET).href;

// The snippet's packages are those of this project; Next.js is not among them.
registerHooks({
  resolve: (name, context, next) =>
    context.parentURL !== snippet
      ? next(name, context)
      : next(name === "next-auth" ? "./next-auth.js" : name, { ...context, parentURL: import.meta.url }),
});

const app = express();
globalThis.app = app;

// Any page may call the resource server that the snippet is.
app.use((request, response, next) => {
  response.set({ "access-control-allow-origin": "*", "access-control-allow-headers": "authorization" });
  return request.method === "OPTIONS" ? response.sendStatus(204) : next();
});
app.get("/", (_request, response) => response.send("Nobody is signed in."));
// Access tokens end after a quarter of an hour.
app.get("/later", (_request, response) => {
  const now = Date.now;
  Date.now = () => now() + 20 * 60_000;
  response.send("It is later.");
});
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false }));

await import(snippet);

app.listen(Number(PORT), "127.0.0.1", () => console.log(`open ${here}`));

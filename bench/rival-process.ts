import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { text } from "co-body";
import type { Provider } from "oidc-provider";
import { PasswordHasher } from "../src/users/password.ts";
import { answerQuestions } from "./child-side.ts";
import { PASSWORD, PASSWORD_CONCURRENCY, USERS, usernameOf } from "./fixtures.ts";
import { createRival, type Person } from "./rival-provider.ts";

/** The rival; the bench starts it as a process of its own, with the ID tokens' algorithm as its argument. */
const hasher = new PasswordHasher({ concurrency: PASSWORD_CONCURRENCY, queue: 100 });
const passwordHash = await hasher.hash(PASSWORD);
const people = Array.from({ length: USERS }, (_, number) => ({
  id: randomUUID(),
  username: usernameOf(number),
}));
const byName = new Map<string, Person>(people.map((person) => [person.username, person]));
const byId = new Map<string, Person>(people.map((person) => [person.id, person]));

const seeded = {
  issuer: "https://rival.example",
  web: { id: "app_rival-web-application", secret: randomUUID() },
  machine: { id: "app_rival-machine", secret: randomUUID() },
  algorithm: process.argv[2] ?? "ES256",
};
const provider = createRival(seeded, byId);
serveInteractions(provider);
const answer = provider.callback();
createServer((request, response) => void answer(request, response)).listen(
  Number(process.env["PORT"]),
  "127.0.0.1",
);

answerQuestions({
  seed: () => Promise.resolve(seeded),
  count: () => Promise.resolve(),
  counted: () => Promise.resolve({ statements: 0, commits: 0 }),
  stop: () => Promise.resolve(),
});

/** The least page that can sign somebody in. */
function serveInteractions(engine: Provider): void {
  engine.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) {
      await next();
      return;
    }
    const { uid } = await engine.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === "GET") {
      ctx.type = "html";
      ctx.body = `<!doctype html><title>Sign in</title><form method="post" action="/interaction/${uid}">
        <input type="hidden" name="_csrf" value="${uid}"><input name="officeCode"><input name="username">
        <input name="password" type="password"><button>Sign in</button></form>`;
      return;
    }
    const fields = new URLSearchParams(String(await text(ctx)));
    const person = byName.get(fields.get("username") ?? "");
    if (person === undefined || !(await hasher.verify(passwordHash, fields.get("password") ?? ""))) {
      ctx.status = 400;
      return;
    }
    const login = { accountId: person.id, amr: ["pwd"], acr: "urn:vestibule:acr:1", remember: false };
    ctx.status = 303;
    ctx.redirect(await engine.interactionResult(ctx.req, ctx.res, { login }));
  });
}

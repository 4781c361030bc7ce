import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { PasswordHasher } from "../src/domain/credentials/password.ts";
import { FULL_COST } from "../src/domain/credentials/password-cost.ts";
import { answerQuestions } from "./child-side.ts";
import {
  APP_USERS,
  appVisitor,
  KEY_USERS,
  keyVisitor,
  PASSWORD,
  PASSWORD_CONCURRENCY,
  rivalTextVisitor,
  TEXT_USERS,
  USERS,
  visitor,
} from "./fixtures.ts";
import { serveInteractions } from "./rival-pages.ts";
import { createRival, type Person } from "./rival-provider.ts";

/** The rival; the bench starts it as a process of its own, with the ID tokens' algorithm as its argument. */
const hasher = new PasswordHasher({ concurrency: PASSWORD_CONCURRENCY, queue: 100, cost: FULL_COST });
const passwordHash = await hasher.hash(PASSWORD);
const people = [
  ...Array.from({ length: USERS }, (_, number) => visitor(number)),
  ...Array.from({ length: APP_USERS }, (_, number) => appVisitor(number)),
  ...Array.from({ length: KEY_USERS }, (_, number) => keyVisitor(number)),
  ...Array.from({ length: TEXT_USERS }, (_, number) => rivalTextVisitor(number)),
].map(({ username, secret }) => ({ id: randomUUID(), username, secret }));
const byName = new Map<string, Person>(people.map((person) => [person.username, person]));
const byId = new Map<string, Person>(people.map((person) => [person.id, person]));

const seeded = {
  issuer: "https://rival.example",
  web: { id: "app_rival-web-application", secret: randomUUID() },
  rotating: { id: "app_rival-rotating", secret: randomUUID() },
  keyed: { id: "app_rival-keyed", secret: randomUUID() },
  machine: { id: "app_rival-machine", secret: randomUUID() },
  algorithm: process.argv[2] ?? "ES256",
};
const provider = createRival(seeded, byId);
const withoutHash = new Set(Array.from({ length: KEY_USERS }, (_, number) => keyVisitor(number).username));
// It has no passkeys: the owner of one is believed, so that neither side hashes.
serveInteractions(provider, byName, (password, { username }) =>
  withoutHash.has(username) ? Promise.resolve(password === PASSWORD) : hasher.verify(passwordHash, password),
);
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

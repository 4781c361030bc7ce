import { createHash } from "node:crypto";
import { base32 } from "../src/domain/factors/base32.ts";
import { SUPPORT_OFFICE_CODE } from "../src/domain/offices/office.ts";

/** What both servers hold at the beginning. */
export const OFFICE = { code: "BENCH", name: "Bench & Partners" };
export const USERS = 200;
/** Demands the authenticator app. A code is good once in half a minute, so there are people for more than that. */
export const STRICT_OFFICE = { code: "BENCH-STRICT", name: "Strict & Partners" };
export const APP_USERS = 4_000;
/** Demands a text message. The budget of each number is twenty in an hour, so people take turns here as well. */
export const TEXT_OFFICE = { code: "BENCH-TEXT", name: "Text & Partners" };
export const TEXT_USERS = 2_000;
/** Lets a passkey take the place of the password. */
export const KEY_OFFICE = { code: "BENCH-KEYS", name: "Keys & Partners" };
export const KEY_USERS = 200;
/** What access tokens as JWTs are made for. */
export const RESOURCE = "https://api.bench.example";
/** A resource server that looks its tokens up. */
export const OPAQUE_RESOURCE = "https://opaque.bench.example";
export const PASSWORD = "lantern-harbour-quiet-27";
export const REDIRECT_URI = "https://application.example/callback";
/** What the web application asks for, at every sign-in, with or without a page. */
export const SCOPE = "openid profile email office offline_access";
/** Passwords that are hashed at the same time, on either side. */
export const PASSWORD_CONCURRENCY = 2;

const usernameOf = (number: number): string => `user-${String(number % USERS)}`;

/** A user who signs in, by number; `secret` of the app, null without one. */
export interface Visitor {
  readonly officeCode: string;
  readonly username: string;
  readonly secret: string | null;
}

export const visitor = (number: number): Visitor => ({
  officeCode: OFFICE.code,
  username: usernameOf(number),
  secret: null,
});

export const appVisitor = (number: number): Visitor => ({
  officeCode: STRICT_OFFICE.code,
  username: `app-user-${String(number % APP_USERS)}`,
  secret: secretOf(number % APP_USERS),
});

export const textVisitor = (number: number): Visitor => ({
  officeCode: TEXT_OFFICE.code,
  username: `text-user-${String(number % TEXT_USERS)}`,
  secret: null,
});

export const keyVisitor = (number: number): Visitor => ({
  officeCode: KEY_OFFICE.code,
  username: `key-user-${String(number % KEY_USERS)}`,
  secret: null,
});

/** Where the text messages of a user go; numbers are of several ranges, as each range has its budget. */
export const numberOf = (textUser: number): string =>
  `+3161${String(2_000_000 + 1_000 * (textUser % TEXT_USERS))}`;

/** What the rival takes from the same people: a code of an app, as it sends no text messages. */
export const rivalTextVisitor = (number: number): Visitor => ({
  ...textVisitor(number),
  secret: secretOf(APP_USERS + STAFF + (number % TEXT_USERS)),
});

/** Staff of the platform, who look into every office; each has an app, as the console demands it. */
export const STAFF = 16;
export const staffVisitor = (number: number): Visitor => ({
  officeCode: SUPPORT_OFFICE_CODE,
  username: `staff-${String(number % STAFF)}`,
  secret: secretOf(APP_USERS + (number % STAFF)),
});

const secretOf = (number: number): string =>
  base32(
    createHash("sha256")
      .update(`bench ${String(number)}`)
      .digest()
      .subarray(0, 20),
  );

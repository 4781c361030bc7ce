import { ACCOUNT_APPLICATION_ID, ACCOUNT_RETURN_PATH } from "../../domain/applications/own-application.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { OfficeView } from "../../platform/web/render.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { OneTimePage, Outcome } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { AccountSession } from "../../domain/users/own-account.ts";
import { ACR } from "../../protocol/claims.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";
import type { Overview } from "./account-store.ts";

/**
 * The account page: what users see and change of themselves. A page is a value; only `routes.ts` decides who sees it and where it
 * leads. A user who is not signed in goes through the ordinary sign-in, and so does one who wants to change something
 * and has not just proved who they are. Start at `routes.ts`, then `src/platform/web/step-up.ts`.
 */
export const ACCOUNT_SITE = {
  clientId: ACCOUNT_APPLICATION_ID,
  home: "/account",
  mostParts: 2,
  callback: ACCOUNT_RETURN_PATH,
  acr: ACR.secondFactor,
} as const;

export type Tab = "general" | "sessions" | "applications" | "sign-ins";

/** One click of somebody who is signed in. */
export interface AccountContext {
  readonly session: OwnSession;
  /** Of a page about one thing: its id, as anybody may have typed it. */
  readonly id: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly visitor: Visitor;
  /** Token of the browser's cookie; null for a browser that has never completed a sign-in. */
  readonly browser: string | null;
  /** Token of a mailed link that was opened in this browser; as anybody may have put it there. */
  readonly linkToken: string | null;
  readonly t: Translate;
  readonly language: string;
}

/** A click on a change: read fresh, and proved a moment ago. */
export interface ChangeContext extends AccountContext {
  readonly overview: Overview;
}

/** Whose account is changed, for the domain. */
export const ownerOf = ({ session, visitor, browser }: AccountContext): AccountSession => ({
  account: session.account,
  since: session.authTime,
  hasProvedFactor: session.amr.includes("mfa"),
  visitor,
  browser,
});

/** What a template gets besides the frame's part. */
export interface Shown {
  readonly view: string;
  readonly office: OfficeView;
  readonly model: Readonly<Record<string, unknown>>;
}

/** What the codes that are sent on the account page belong to: this session, since it was last proved. */
export const smsBinding = ({ uid, authTime }: OwnSession): string => `account ${uid} ${String(authTime)}`;

/** What a change was: the page below /account that comes then, and what it says was done. */
export interface Changed {
  readonly to: string;
  readonly done: Done;
  /** The language that was chosen; null: the office's. */
  readonly language?: string | null;
}

export type ChangeOutcome = Outcome<Changed> | OneTimePage<Shown>;

/** What was done; the page says it in words. */
export const DONE = [
  "profile",
  "password",
  "session",
  "sessions",
  "application",
  "trust",
  "app",
  "method",
  "number",
  "mail",
  "mailChanged",
] as const;
export type Done = (typeof DONE)[number];

/** A page that shows and changes nothing. */
export interface ViewPage {
  readonly path: string;
  readonly tab: Tab;
  readonly show: (context: AccountContext) => Promise<Shown>;
}

/** A page of a change. */
export interface ChangePage {
  readonly path: string;
  readonly tab: Tab;
  /** Whether a second factor has to be there: without one the sign-in sets it up, by its own rules. */
  readonly needsFactor: boolean;
  readonly show: (context: ChangeContext) => Promise<Shown>;
  readonly submit: (context: ChangeContext, fields: Fields) => Promise<ChangeOutcome>;
}

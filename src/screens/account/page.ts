import { ACCOUNT_APPLICATION_ID, ACCOUNT_RETURN_PATH } from "../../domain/applications/own-application.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { OfficeView } from "../../platform/web/office-look.ts";
import type { ReaderZone } from "../../kernel/date-format.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FileAnswer, OneTimePage, Outcome } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { AccountSession } from "../../domain/users/own-account.ts";
import { uniqueName } from "../../domain/users/unique-name.ts";
import { ACR } from "../../protocol/claims.ts";
import { proofOf, type OwnSession } from "../../protocol/models/own-sessions.ts";
import type { Overview } from "./account-store.ts";
import type { OwnChange } from "../../domain/access/permissions.ts";

/**
 * The account pages, where users see and change their own data. A page is a value; only `routes.ts` decides who may see
 * it and where it leads. A user without a session signs in first. A change needs a fresh sign-in, so that a stolen
 * session or an unattended browser cannot change factors; looking needs none. Start at `routes.ts`, then read
 * `src/platform/web/step-up.ts`.
 */
export const ACCOUNT_SITE = {
  clientId: ACCOUNT_APPLICATION_ID,
  home: "/account",
  maxParts: 2,
  callback: ACCOUNT_RETURN_PATH,
  acr: ACR.secondFactor,
  loginHint: uniqueName,
} as const;

export type Tab = "general" | "sessions" | "applications" | "sign-ins";

/** A request of a signed-in user. */
export interface AccountContext {
  readonly session: OwnSession;
  /** The id of the thing that the page is about. Untrusted: it comes from the URL. */
  readonly id: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly visitor: Visitor;
  /** Tokens of the browser cookie, each of another user. */
  readonly browser: readonly string[];
  /** Token of a mailed link that was opened in this browser. Untrusted: an attacker can send a user to any link. */
  readonly linkToken: string | null;
  readonly t: Translate;
  readonly language: string;
  readonly zone: ReaderZone;
}

/** A request to a page that changes something: the data was just read, and a sent form comes from a user who has just signed in. */
export interface ChangeContext extends AccountContext {
  readonly overview: Overview;
}

/** The account that is changed, for the domain. */
export const ownerOf = ({ session, visitor, browser }: AccountContext): AccountSession => ({
  account: session.account,
  proof: proofOf(session),
  hasProvedFactor: session.amr.includes("mfa"),
  visitor,
  browser,
});

/** The values of a template, without those of the frame. */
export interface Shown {
  readonly view: string;
  readonly office: OfficeView;
  readonly model: Readonly<Record<string, unknown>>;
}

/** What the codes of the account page are bound to: this session, since its last sign-in. */
export const smsBinding = ({ uid, authTime }: OwnSession): string => `account ${uid} ${String(authTime)}`;

/** The result of a change: the next page below /account, and the confirmation on it. */
export interface Changed {
  readonly to: string;
  readonly done: Done;
  /** The chosen language; null: the language of the office. */
  readonly language?: string | null;
}

export type ChangeOutcome = Outcome<Changed> | OneTimePage<Shown> | FileAnswer;

/** The confirmations that a page can show. */
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
  "codes",
  "passkey",
  "emailCode",
  "methodRemoved",
] as const;
export type Done = (typeof DONE)[number];

/** A read-only page. */
export interface ViewPage {
  readonly path: string;
  readonly tab: Tab;
  readonly show: (context: AccountContext) => Promise<Shown>;
}

/** A page that changes something. */
export interface ChangePage {
  readonly path: string;
  readonly tab: Tab;
  /** Whether the change needs a second factor. For a user without one, the sign-in enrols it by its own rules. */
  readonly needsFactor: boolean;
  /** What it changes; how fresh the proof for it has to be stands beside the console's permissions. */
  readonly change: OwnChange;
  /** Fields whose values survive a step-up and an ended session; never a secret. */
  readonly keeps?: readonly string[];
  /**
   * Whether it asks before it is shown: because it shows or takes a secret, which is never kept, or because it is one button, which
   * would have to be pressed before and after.
   */
  readonly asksFirst?: boolean;
  /**
   * The outcome of a form that ends something which is gone by now; null for any other form. Its token proves that the page has shown
   * it to this session, so that the same form, sent twice, or another tab has ended it.
   */
  readonly whenGone?: (fields: Fields) => Changed | null;
  readonly show: (context: ChangeContext) => Promise<Shown>;
  readonly submit: (context: ChangeContext, fields: Fields) => Promise<ChangeOutcome>;
}

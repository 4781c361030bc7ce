import type { z } from "zod";
import type { Queryable } from "../../platform/database/database.ts";
import type { Office, OfficeLook } from "../../domain/offices/office.ts";
import type { SeenBrowser } from "../../domain/credentials/new-browsers.ts";
import type { SettledTry } from "../../domain/credentials/password-check.ts";
import type { Outcome } from "../../platform/web/page-kit.ts";
import type { ReaderZone } from "../../kernel/date-format.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Interaction } from "../../protocol/interactions.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Reservation } from "../../domain/factors/guard-store.ts";
import type { OpenChallenge } from "../../domain/factors/passkeys/passkey-store.ts";
import type { PreparedTry } from "../../domain/factors/second-factor-check.ts";
import type { CodeEffect, CodeTry } from "../../domain/factors/code-try.ts";
import type { PageName } from "./journey.ts";
import type { SignInRow, SignInUser } from "./sign-in-row.ts";
import type { FactType, SignIn } from "./sign-in-state.ts";

/** Everything that a page may know about the request. */
export interface PageContext {
  readonly interaction: Interaction;
  readonly signIn: SignIn;
  /** The home of the office, where the facts of the sign-in are; null before the office is known. */
  readonly home: number | null;
  readonly keepHome: (home: number) => void;
  /** The user who has proved the password; null before that. */
  readonly user: SignInUser | null;
  /** What the database said about the sign-in; null before the first fact. */
  readonly row: SignInRow | null;
  readonly visitor: Visitor;
  /** The challenge of a page that asks for a passkey, read with the sign-in; null for every other page. */
  readonly challenge: OpenChallenge | null;
  /** The try of the code that this form sends; null for a form without one. */
  readonly tried: TriedCode | null;
  /** Known once the password is proved; before that only from a pinned, linked or remembered office code. */
  readonly office: Office | null;
  /** Office code that the application or its request sets. The user cannot change it. */
  readonly fixedOfficeCode: string | null;
  /** Tokens of the browser cookie, each of another user; none in a browser that has never completed a sign-in. */
  readonly browser: readonly string[];
  /** Tokens that may make this browser trusted, each of another user. */
  readonly trust: readonly string[];
  /** What the request reveals about the browser, reduced to known values. */
  readonly device: SeenBrowser;
  /** Office code of the last sign-in or deep link in this browser. */
  readonly rememberedOffice: string | null;
  /** No user sees the response: a HEAD request or a prefetch. It must not send a text message. */
  readonly isUnseen: boolean;
  readonly t: Translate;
  readonly language: string;
  readonly zone: ReaderZone;
}

/** A proved fact, with what belongs to it. */
export interface Proof {
  readonly type: FactType;
  readonly officeId: string;
  readonly userId: string;
  /** Further facts from the same form. */
  readonly also?: readonly FactType[];
  /** When it was proved, in seconds since 1970; default: now. */
  readonly at?: number;
  /** The session that a step-up continues: its uid. */
  readonly session?: string;
  /** The look of the user's office, where the browser was not familiar to the account. */
  readonly newBrowser?: OfficeLook | null;
  /** The right code of a confirmed factor that proves it. */
  readonly code?: Extract<CodeEffect, { type: "proves" }>;
  /** What else changes, where the journey reads more of it than the facts; it is asked again afterwards, in the same transaction. */
  readonly changes?: Changes;
  /** A right password, or a passkey in its place, that one statement can record (`beginning.ts`); null for one that changes more than the counters of its try. */
  readonly settled?: SettledTry | null;
  /** Runs when the fact was not recorded: another request was first, or the database failed. Never throws. */
  readonly release?: () => Promise<void>;
}

interface Changes {
  readonly record: (tx: Queryable) => Promise<void>;
  /**
   * Runs before the journey is evaluated again. Otherwise a correct last try would be stopped by the lockout that it
   * counted towards.
   */
  readonly liftBlock?: (tx: Queryable) => Promise<void>;
}

/**
 * A page can lead to another page of the same step. `report` runs unless a duplicate of the same form has already moved
 * the sign-in on.
 */
export type PageOutcome = Outcome<
  { readonly fact: Proof },
  { readonly report?: () => Promise<void> },
  PageName
>;

/** The values of a template, without those of the layout. */
export type Model = Readonly<Record<string, unknown>>;

/**
 * The status of something that runs while the page is open. `time` is `at` as the text shows it; a script replaces it
 * by the local time.
 */
export interface LiveStatus {
  readonly text: string;
  readonly time: string;
  readonly at: string;
  /** No further change will follow. */
  readonly isFinal: boolean;
}

/** A code whose try was asked for together with the sign-in; null where that was not possible yet. */
interface TriedCode {
  readonly prepared: PreparedTry;
  readonly reservation: Reservation | null;
}

/** A page turns a form into a fact. It cannot redirect, finish the sign-in or skip a step. */
export interface Page<Form> {
  readonly name: PageName;
  readonly view: string;
  readonly form: z.ZodType<Form>;
  /** Whether it asks for a passkey, whose challenge is read with the sign-in. */
  readonly asks?: boolean;
  /** Fields whose values come back after an error; never a secret. */
  readonly keeps: readonly string[];
  /**
   * Whether the page is there for this sign-in, besides what its kind of factor demands (`offered-pages.ts`); default:
   * yes. A page that is not takes no form, even when it is posted by hand. Pure: it is asked again under the lock.
   */
  isOffered?(signIn: SignIn): boolean;
  /** Where to go instead, within the same step, when this page does not apply. */
  skipTo?(context: PageContext): PageName | null | Promise<PageName | null>;
  show(context: PageContext): Promise<Model>;
  /**
   * The status that the script of the open page polls; null when there is nothing left to wait for. It must not change
   * anything.
   */
  live?(context: PageContext): Promise<LiveStatus | null>;
  /**
   * The code of a form, as far as it is known without the sign-in; null where it sends none. Its try is reserved by the statement that
   * reads the sign-in. `submit` then checks exactly this code.
   */
  attempt?(form: Form, uid: string): CodeTry | null;
  submit(context: PageContext, form: Form): Promise<PageOutcome>;
}

import type { z } from "zod";
import type { Queryable } from "../../platform/database/database.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { Outcome } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Interaction } from "../../protocol/interactions.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { PageName } from "./journey.ts";
import type { FactType, SignIn } from "./sign-in-state.ts";
import type { Account } from "../../domain/users/user.ts";

/** Everything a page may know of the click that it answers. */
export interface PageContext {
  readonly interaction: Interaction;
  readonly signIn: SignIn;
  /** Who has proved the password, with the user's block; null before. */
  readonly user: SignInUser | null;
  readonly visitor: Visitor;
  /** Known once the password is proved, and before by a pinned, linked or remembered office code. */
  readonly office: Office | null;
  /** Office code that the application or its request sets: nothing in the browser can change it. */
  readonly fixedOfficeCode: string | null;
  /** Token of the browser's cookie; null for a browser that has never completed a sign-in. */
  readonly browser: string | null;
  /** Tokens by which the browser may be trusted. */
  readonly trust: readonly string[];
  /** What the request tells of the browser, in known words. */
  readonly device: object;
  /** Office code of the browser's last sign-in or of its deep link. */
  readonly rememberedOffice: string | null;
  /** Nobody looks at the answer: HEAD, or a browser that loads ahead. Nothing is sent for it. */
  readonly isUnseen: boolean;
  readonly t: Translate;
  readonly language: string;
}

export interface SignInUser {
  readonly account: Account;
  readonly blockedUntil: Date | null;
  /** Recovery codes that are not used. */
  readonly codesLeft: number;
  /** The mobile number that is stored, E.164; shown masked only. */
  readonly number: string | null;
}

/** A proof, and what has to be stored in the same transaction. */
export interface Proof {
  readonly type: FactType;
  readonly officeId: string;
  readonly userId: string;
  /** What the same form says besides. */
  readonly also?: readonly FactType[];
  /** When it was proved, seconds since 1970; left out: now. */
  readonly at?: number;
  readonly record: (tx: Queryable) => Promise<void>;
  /** Runs before the journey is asked again: a right third code is no longer stopped by the block of its own try. */
  readonly liftBlock?: (tx: Queryable) => Promise<void>;
  /** Runs when nothing was recorded: another request of this sign-in was first, or the database failed. Never throws. */
  readonly release?: () => Promise<void>;
}

/** A page leads to another page of the same step. `tell`: what is due unless the same form was sent a moment before and has led on. */
export type PageOutcome = Outcome<
  { readonly fact: Proof },
  { readonly report?: () => Promise<void> },
  PageName
>;

/** What a template gets besides the layout's part. */
export type Model = Readonly<Record<string, unknown>>;

/** How something went that was begun before. `time` is how `at` reads in the text: a script puts the reader's own zone there. */
export interface LiveStatus {
  readonly text: string;
  readonly time: string;
  readonly at: string;
  /** Nothing more will be heard of it. */
  readonly isFinal: boolean;
}

/** A page turns a form into a fact and can do nothing else: it cannot redirect, finish or skip. */
export interface Page<Form> {
  readonly name: PageName;
  readonly view: string;
  readonly form: z.ZodType<Form>;
  /** Fields that are shown again after a fault; never a secret. */
  readonly keeps: readonly string[];
  /** Another page of the same step, when there is nothing to ask here. */
  skipTo?(context: PageContext): PageName | null | Promise<PageName | null>;
  show(context: PageContext): Promise<Model>;
  /** What goes on while the page is open, for its script; null when that is over. It sends and changes nothing. */
  live?(context: PageContext): Promise<LiveStatus | null>;
  submit(context: PageContext, form: Form): Promise<PageOutcome>;
}

import { CONSOLE_APPLICATION_ID, CONSOLE_RETURN_PATH } from "../../domain/applications/own-application.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { ReaderZone } from "../../kernel/date-format.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FileAnswer, OneTimePage, Outcome } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Upload } from "../../platform/web/upload.ts";
import { ACR } from "../../protocol/claims.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { Action } from "../../domain/access/permissions.ts";
import type { Actor, Target } from "../../domain/access/actor.ts";
import { uniqueName } from "../../domain/users/unique-name.ts";
import type { ConsoleUser } from "./console-store.ts";

/**
 * The console, where superusers and accountants administer their office and support administers all offices. A page is
 * a value in the list of `pages.ts`. For every page `routes.ts` checks the caller, the permission (the table in
 * src/domain/access), whether the sign-in is fresh, and the CSRF token. So a page cannot forget one of these checks,
 * and it cannot redirect. Start at `console-access.ts`; `pages/settings-general.ts` shows what a page with a form looks
 * like.
 */

export const CONSOLE_SITE = {
  clientId: CONSOLE_APPLICATION_ID,
  home: "/console",
  maxParts: 8,
  callback: CONSOLE_RETURN_PATH,
  acr: ACR.secondFactor,
  loginHint: uniqueName,
} as const;

/** A request of a member of staff. */
export interface ConsoleContext {
  readonly session: OwnSession;
  /** The caller, as stored at the time of this request. */
  readonly actor: Actor;
  /** What the permission was checked for. */
  readonly target: Target;
  /** Further segments of the path. Untrusted: they come from the URL. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly visitor: Visitor;
  readonly t: Translate;
  readonly language: string;
  readonly zone: ReaderZone;
}

/** Who looks at the page, for what is written to them. */
export const readerOf = ({ session, language }: ConsoleContext) => ({ name: session.account.name, language });

/** On a page of an office: the caller's own, or any office for support. */
export interface OfficeContext extends ConsoleContext {
  readonly office: Office;
}

/** On a page of one user of that office. */
export interface UserContext extends OfficeContext {
  readonly user: ConsoleUser;
}

/** The values of a template, without those of the frame. */
export interface Shown {
  /** Path below views/console, without the file extension. */
  readonly view: string;
  readonly model: Readonly<Record<string, unknown>>;
  /** What the page belongs to, such as an application; the last step of the breadcrumb trail. */
  readonly below?: Step;
}

/** A page that answers a form and takes nothing yet, such as a preview: the way back to the form gives what was typed. */
export const untaken = (shown: Shown): Shown => ({ ...shown, model: { ...shown.model, answers: "form" } });

/** One step of the breadcrumb trail. */
export interface Step {
  readonly text: string;
  readonly href: string;
}

/** Another user has changed the same thing since the form was opened. The page shows both values. */
export interface Conflict {
  readonly by: string;
  readonly fields: readonly { readonly label: string; readonly yours: string; readonly theirs: string }[];
}

/** `to`: the next page. It shows the confirmation `console.done.<name of this page>`, see `doneAs`. */
export type ConsoleOutcome =
  Outcome<{ readonly to: string }, { readonly conflict?: Conflict }> | OneTimePage<Shown> | FileAnswer;

/** Where a form leads whose thing is gone: with a confirmation, or without. */
interface Gone {
  readonly type: "done" | "go";
  readonly to: string;
}

/** A page for one kind of context. */
export interface PageOf<Context extends ConsoleContext> {
  /** Unique; its texts are `console.<name>.…`. */
  readonly name: string;
  /** The page whose confirmation is shown after a change, where it is not this one's. */
  readonly doneAs?: string;
  /** Path below the platform, office or user: "" or "/settings/general". */
  readonly path: string;
  /** The action whose permission is checked, for opening the page and for sending its form. */
  readonly action: Action;
  /** Whether the navigation lists the page. */
  readonly isEntry?: boolean;
  /** Names of the parent pages. */
  readonly trail?: readonly string[];
  /** Fields whose values survive a step-up and an ended session; never a secret. */
  readonly keeps?: readonly string[];
  /** For a form with more fields than the usual limit. */
  readonly maxFields?: number;
  /** What the form says in other fields than it sends, such as one list for many tick boxes. */
  readonly fold?: (sent: Fields) => Fields;
  /** Whether it asks before it is shown: it shows a secret, or takes what cannot be kept, such as a file. */
  readonly asksFirst?: boolean;
  /**
   * The outcome of a form about something that is gone by now, which was the wish; null where the form does something else. Its token
   * proves that the page has shown it to this session, so that the same form, sent twice, or another tab has done it.
   */
  readonly whenGone?: (asked: Pick<ConsoleContext, "params" | "actor">) => Gone | null;
  /** Whether these values need the proof of five minutes, although the action needs that of thirty. */
  readonly isGrave?: (context: Context, fields: Fields) => boolean | Promise<boolean>;
  readonly show: (context: Context) => Promise<Shown>;
  /** Missing on a read-only page. */
  readonly submit?: (context: Context, fields: Fields) => Promise<ConsoleOutcome>;
  /** Receives the upload form of a page that has one. */
  readonly receive?: (context: Context, upload: Upload) => Promise<ConsoleOutcome>;
}

/** Below /console: not part of any office. */
export interface PlatformPage extends PageOf<ConsoleContext> {
  readonly about: "platform";
}

/** Below /console/o/<code>. */
export interface OfficePage extends PageOf<OfficeContext> {
  readonly about: "office";
}

/** Below /console/o/<code>/users/<id>. */
export interface UserPage extends PageOf<UserContext> {
  readonly about: "user";
}

export type ConsolePage = PlatformPage | OfficePage | UserPage;

const PREFIX = {
  platform: "/console",
  office: "/console/o/:office",
  user: "/console/o/:office/users/:user",
} as const satisfies Record<ConsolePage["about"], string>;

/** The route pattern of the page. */
export const routeOf = ({ about, path }: Pick<ConsolePage, "about" | "path">): string =>
  `${PREFIX[about]}${path}`;

export const officeHref = (code: string, path = ""): string => `/console/o/${code}${path}`;

export const userHref = (code: string, id: string, path = ""): string =>
  officeHref(code, `/users/${id}${path}`);

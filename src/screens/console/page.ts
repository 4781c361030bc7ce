import { CONSOLE_APPLICATION_ID, CONSOLE_RETURN_PATH } from "../../domain/applications/own-application.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FileAnswer, OneTimePage, Outcome } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Upload } from "../../platform/web/upload.ts";
import { ACR } from "../../protocol/claims.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { Action } from "../../domain/access/permissions.ts";
import type { Actor, Target } from "../../domain/access/actor.ts";
import type { ConsoleUser } from "./console-store.ts";

/**
 * The console: where superusers and accountants run their office, and support all of them. A page is a value in the
 * list of `pages.ts`; `routes.ts` asks for every one who it is, whether the table of src/domain/access lets them, whether
 * that was proved a moment ago, and where the form comes from. So a page can neither forget one of these nor lead
 * anywhere. Start at `gate.ts`, then `pages/settings-general.ts` for what a page with a form looks like.
 */

export const CONSOLE_SITE = {
  clientId: CONSOLE_APPLICATION_ID,
  home: "/console",
  mostParts: 8,
  callback: CONSOLE_RETURN_PATH,
  acr: ACR.secondFactor,
} as const;

/** One click of somebody of the staff. */
export interface ConsoleContext {
  readonly session: OwnSession;
  /** As the database has them at this click. */
  readonly actor: Actor;
  /** What the page is about, as the permission was asked for. */
  readonly target: Target;
  /** Further parts of the page's path, as anybody may have typed them. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly visitor: Visitor;
  readonly t: Translate;
  readonly language: string;
}

/** On a page of an office, which is the own one unless it is support who looks. */
export interface OfficeContext extends ConsoleContext {
  readonly office: Office;
}

/** On a page of one person of that office. */
export interface UserContext extends OfficeContext {
  readonly user: ConsoleUser;
}

/** What a template gets besides the frame's part. */
export interface Shown {
  /** Below views/console, without its ending. */
  readonly view: string;
  readonly model: Readonly<Record<string, unknown>>;
  /** What the page belongs to, such as an application: the trail names it after the pages above. */
  readonly below?: Step;
}

/** One step of the trail. */
export interface Step {
  readonly text: string;
  readonly href: string;
}

/** Something that somebody else has changed since the form was opened; both values are shown. */
export interface Conflict {
  readonly by: string;
  readonly fields: readonly { readonly label: string; readonly yours: string; readonly theirs: string }[];
}

/** `to`: the page that comes then, which says so in the words `console.done.<name of this page>`. */
export type ConsoleOutcome =
  Outcome<{ readonly to: string }, { readonly conflict?: Conflict }> | OneTimePage<Shown> | FileAnswer;

/** A page about whatever its visit brings. */
export interface PageOf<Context extends ConsoleContext> {
  /** Unique; its texts are `console.<name>.…`. */
  readonly name: string;
  /** Below what the page is about: "" or "/settings/general". */
  readonly path: string;
  /** What the table of permissions is asked for, whether the page is opened or its form is sent. */
  readonly action: Action;
  /** Whether it stands in the navigation. */
  readonly isEntry?: boolean;
  /** Names of the pages above it. */
  readonly trail?: readonly string[];
  /** Fields that survive a sign-in in between; never one that holds a secret. */
  readonly keeps?: readonly string[];
  readonly show: (context: Context) => Promise<Shown>;
  /** A page without it only shows. */
  readonly submit?: (context: Context, fields: Fields) => Promise<ConsoleOutcome>;
  /** Takes the page's other form, the one with a file in it. */
  readonly receive?: (context: Context, upload: Upload) => Promise<ConsoleOutcome>;
}

/** Below /console: what belongs to no office. */
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

/** The page's path as the router takes it. */
export const routeOf = ({ about, path }: Pick<ConsolePage, "about" | "path">): string =>
  `${PREFIX[about]}${path}`;

export const officeHref = (code: string, path = ""): string => `/console/o/${code}${path}`;

export const userHref = (code: string, id: string, path = ""): string =>
  officeHref(code, `/users/${id}${path}`);

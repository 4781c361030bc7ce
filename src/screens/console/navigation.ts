import type { Translate } from "../../kernel/languages.ts";
import { officeCodeSchema, type Office } from "../../domain/offices/office.ts";
import { permit, reachesElsewhere } from "../../domain/access/access.ts";
import type { Actor } from "../../domain/access/actor.ts";
import {
  officeHref,
  userHref,
  type ConsolePage,
  type ConsoleContext,
  type UserContext,
  type Step,
} from "./page.ts";

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly href: string;
  readonly about: ConsolePage["about"];
}

/** The navigation entries that the caller may open, of the platform and of the current office (null: none). */
export function navigation(
  pages: readonly ConsolePage[],
  { actor, office, t }: { actor: Actor; office: Pick<Office, "id" | "code"> | null; t: Translate },
): Entry[] {
  return pages
    .filter(({ isEntry }) => isEntry === true)
    .flatMap((page) => {
      const { name, about, action } = page;
      const href = hrefOf(page, office);
      const officeId = about === "platform" ? null : (office?.id ?? null);
      return href === null || permit(actor, action, { officeId, user: null }) === "never"
        ? []
        : [{ name, text: t(`console.${name}.name`), href, about }];
    });
}

/** The entries in rows. Support has one row for the platform and one for the current office. */
export function rowsOf(entries: readonly Entry[], name: string, office: Pick<Office, "name"> | null) {
  const platform = entries.filter(({ about }) => about === "platform");
  const own = entries.filter(({ about }) => about !== "platform");
  return [
    { name, entries: platform },
    { name: platform.length === 0 ? name : (office?.name ?? name), entries: own },
  ].filter((row) => row.entries.length > 0);
}

/** What "Settings, Users, Edit, General tab" is for a user without a role of the console: the own account. */
export const OWN_PAGE = "/account?from=console#proof";

/** The office that an address names: the one to sign in to for people from its invitation, or that support looks for. */
export const askedOffice = (query: Readonly<Record<string, unknown>>): string | null =>
  officeCodeSchema.safeParse(query["office"]).data ?? null;

type Caller = Pick<ConsoleContext, "actor" | "session">;

/** An address that belongs to no page, so that a help text can name it for every office, and the caller's page that it leads to. */
interface Entrance {
  readonly address: string;
  readonly hrefFor: (caller: Caller, pages: readonly ConsolePage[], asked: string | null) => string;
}

export const ENTRANCES: readonly Entrance[] = [
  { address: "/console", hrefFor: homeOf },
  { address: "/console/settings", hrefFor: inOwnOffice("/settings") },
  { address: "/console/settings/users", hrefFor: inOwnOffice("/users") },
  { address: "/console/users", hrefFor: inOwnOffice("/users") },
];

function inOwnOffice(path: string) {
  return ({ session }: Caller): string => officeHref(session.account.office.code, path);
}

/** The start page of the caller: their first entry, or the office that support has asked for. */
function homeOf({ actor, session }: Caller, pages: readonly ConsolePage[], asked: string | null): string {
  if (asked !== null && reachesElsewhere(actor)) {
    return officeHref(asked);
  }
  const { office } = session.account;
  return navigation(pages, { actor, office, t: (key) => key })[0]?.href ?? OWN_PAGE;
}

/**
 * The breadcrumb trail: the pages above that the caller may open, then the user or application that the page belongs
 * to.
 */
export function trailOf(
  page: ConsolePage,
  { entries, context, below }: { entries: readonly Entry[]; context: Place; below: Step | undefined },
): Step[] {
  const above = (page.trail ?? []).flatMap((name) => entries.find((entry) => entry.name === name) ?? []);
  return [...above, ...userAbove(page, context), ...(below === undefined ? [] : [below])];
}

type Place = Partial<Pick<UserContext, "office" | "user">>;

/** The user, above each of their pages except the first. */
const userAbove = ({ path }: ConsolePage, { office, user }: Place): Step[] =>
  office === undefined || user === undefined || path === ""
    ? []
    : [{ text: user.name, href: userHref(office.code, user.id) }];

function hrefOf({ about, path }: ConsolePage, office: Pick<Office, "code"> | null): string | null {
  switch (about) {
    case "platform":
      return `/console${path}`;
    case "office":
      return office === null ? null : officeHref(office.code, path);
    case "user":
      return null;
  }
}

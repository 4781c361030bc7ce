import type { Translate } from "../../kernel/languages.ts";
import type { Office } from "../../domain/offices/office.ts";
import { permit } from "../../domain/access/access.ts";
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

/** The start page of the caller: their first entry. */
export function homeOf(
  pages: readonly ConsolePage[],
  context: Pick<ConsoleContext, "actor" | "session" | "t">,
) {
  const { actor, session, t } = context;
  return navigation(pages, { actor, office: session.account.office, t })[0]?.href ?? null;
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

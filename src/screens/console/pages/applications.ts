import { LIST_PAGE_SIZE } from "../console-store.ts";
import { applicationHref } from "../application-view.ts";
import { officeHref, type ConsoleContext, type OfficePage, type PlatformPage, type Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { typedSearch } from "../../../kernel/typed-text/typed-text.ts";

const MAX_SEARCH_LENGTH = 100;

/** The applications of the office by name, or those whose name matches a search. */
export function applicationsPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "applications",
    about: "office",
    path: "/applications",
    action: "applications.see",
    isEntry: true,
    show: (context) => {
      const { id: officeId, code } = context.office;
      const path = officeHref(code, "/applications");
      return shown(deps, context, { officeId, path, hrefFor: (id) => applicationHref(code, id) });
    },
  };
}

/** Those that belong to no office, with what the machines among them may do in all offices. To read only. */
export function applicationsPlatformPage(deps: ConsoleDeps): PlatformPage {
  return {
    name: "applications-platform",
    about: "platform",
    path: "/applications",
    action: "applications.see",
    isEntry: true,
    show: (context) =>
      shown(deps, context, { officeId: null, path: "/console/applications", hrefFor: () => null }),
  };
}

interface Scope {
  readonly officeId: string | null;
  readonly path: string;
  /** Null where an application has no page. */
  readonly hrefFor: (id: string) => string | null;
}

async function shown(
  { applications, tokens }: ConsoleDeps,
  { query, t }: ConsoleContext,
  { officeId, path, hrefFor }: Scope,
): Promise<Shown> {
  const search = searchOf(query["q"]);
  const use = `applications ${officeId ?? ""} ${search}`;
  const [name = "", id = ""] = tokens.position(use, query["after"], "").split("\n");
  const asked = { after: [name, id], limit: LIST_PAGE_SIZE + 1, search } as const;
  const found = await applications.ofOffice(officeId, asked);
  const part = found.slice(0, LIST_PAGE_SIZE);
  const last = found.length > LIST_PAGE_SIZE ? part.at(-1) : undefined;
  const words = search === "" ? {} : { q: search };
  return {
    view: "applications",
    model: {
      values: { q: search },
      path,
      isOfPlatform: officeId === null,
      applications: part.map((one) => ({
        ...{ id: one.id, name: one.name, href: hrefFor(one.id), scopes: one.apiScopes.join(", ") },
        type: t(`console.application.type.${one.type}`),
        badge: one.isDisabled ? t("console.status.disabled") : null,
      })),
      addHref: `${path}/add`,
      nextHref:
        last === undefined
          ? null
          : addressOf(path, { ...words, after: tokens.sign(use, `${last.name}\n${last.id}`) }),
      firstHref: query["after"] === undefined ? null : addressOf(path, words),
    },
  };
}

const searchOf = (typed: unknown): string =>
  typeof typed === "string" ? typedSearch(typed).slice(0, MAX_SEARCH_LENGTH) : "";

const addressOf = (path: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? path : `${path}?${text}`;
};

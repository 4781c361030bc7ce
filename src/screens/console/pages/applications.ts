import { LIST_PAGE_SIZE } from "../console-store.ts";
import { applicationHref } from "../application-view.ts";
import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { typedSearch } from "../../../kernel/typed-text/typed-text.ts";

const MAX_SEARCH_LENGTH = 100;

/** The applications of the office by name, or those whose name matches a search. */
export function applicationsPage({ applications, tokens }: ConsoleDeps): OfficePage {
  return {
    name: "applications",
    about: "office",
    path: "/applications",
    action: "applications.see",
    isEntry: true,
    show: async ({ office, query, t }) => {
      const search = searchOf(query["q"]);
      const use = `applications ${office.id} ${search}`;
      const [name = "", id = ""] = tokens.position(use, query["after"], "").split("\n");
      const asked = { after: [name, id], limit: LIST_PAGE_SIZE + 1, search } as const;
      const found = await applications.ofOffice(office.id, asked);
      const part = found.slice(0, LIST_PAGE_SIZE);
      const last = found.length > LIST_PAGE_SIZE ? part.at(-1) : undefined;
      const path = officeHref(office.code, "/applications");
      const words = search === "" ? {} : { q: search };
      return {
        view: "applications",
        model: {
          values: { q: search },
          path,
          applications: part.map((one) => ({
            ...{ id: one.id, name: one.name, href: applicationHref(office.code, one.id) },
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
    },
  };
}

const searchOf = (typed: unknown): string =>
  typeof typed === "string" ? typedSearch(typed).slice(0, MAX_SEARCH_LENGTH) : "";

const addressOf = (path: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? path : `${path}?${text}`;
};

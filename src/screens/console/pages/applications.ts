import { LIST_PAGE_SIZE } from "../console-store.ts";
import { applicationHref } from "../application-view.ts";
import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** The applications of the office, by name. */
export function applicationsPage({ applications, tokens }: ConsoleDeps): OfficePage {
  return {
    name: "applications",
    about: "office",
    path: "/applications",
    action: "applications.see",
    isEntry: true,
    show: async ({ office, query, t }) => {
      const use = `applications ${office.id}`;
      const [name = "", id = ""] = tokens.position(use, query["after"], "").split("\n");
      const found = await applications.ofOffice(office.id, { after: [name, id], limit: LIST_PAGE_SIZE + 1 });
      const part = found.slice(0, LIST_PAGE_SIZE);
      const last = found.length > LIST_PAGE_SIZE ? part.at(-1) : undefined;
      const path = officeHref(office.code, "/applications");
      return {
        view: "applications",
        model: {
          applications: part.map((one) => ({
            ...{ id: one.id, name: one.name, href: applicationHref(office.code, one.id) },
            type: t(`console.application.type.${one.type}`),
          })),
          addHref: `${path}/add`,
          nextHref:
            last === undefined ? null : `${path}?after=${tokens.sign(use, `${last.name}\n${last.id}`)}`,
          firstHref: query["after"] === undefined ? null : path,
        },
      };
    },
  };
}

import type { Translate } from "../../../kernel/languages.ts";
import { SUPPORT_OFFICE_CODE, type Office } from "../../../domain/offices/office.ts";
import { permit } from "../../../domain/access/access.ts";
import { LIST_PAGE_SIZE } from "../console-store.ts";
import { officeHref, type PlatformPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { typedSearch } from "../../../kernel/typed-text/typed-text.ts";

const PATH = "/console/offices";
const MAX_SEARCH_LENGTH = 100;

/** All offices by code, or those whose code or name matches a search. */
export function officesPage({ store, tokens }: ConsoleDeps): PlatformPage {
  return {
    name: "offices",
    about: "platform",
    path: "/offices",
    action: "offices.see",
    isEntry: true,
    show: async (context) => {
      const { query, actor, target, t } = context;
      const search = searchOf(query["q"]);
      const use = `offices ${search}`;
      const found = await store.officesAfter(tokens.position(use, query["after"], ""), search);
      const offices = found.slice(0, LIST_PAGE_SIZE);
      const last = found.length > LIST_PAGE_SIZE ? offices.at(-1) : undefined;
      const asked = search === "" ? {} : { q: search };
      return {
        view: "offices",
        model: {
          values: { q: search },
          path: PATH,
          offices: offices.map((office) => lineOf(office, t)),
          addHref: permit(actor, "office.add", target) === "never" ? null : `${PATH}/add`,
          nextHref: last === undefined ? null : addressOf({ ...asked, after: tokens.sign(use, last.code) }),
          firstHref: query["after"] === undefined ? null : addressOf(asked),
        },
      };
    },
  };
}

function lineOf(
  { code, name, status, isPurged }: Pick<Office, "code" | "name" | "status" | "isPurged">,
  t: Translate,
) {
  const isOpen = status === "open";
  const close = isOpen ? "console.offices.close" : "console.offices.open";
  return {
    ...{ code, name },
    href: officeHref(code),
    badges: isOpen ? [] : [{ text: t(`console.status.${isPurged ? "deleted" : "closed"}`), kind: "off" }],
    actions: [
      { text: t("console.users.name"), href: officeHref(code, "/users") },
      { text: t("console.settings.name"), href: officeHref(code, "/settings") },
      ...(code === SUPPORT_OFFICE_CODE || isPurged
        ? []
        : [{ text: t(close), href: officeHref(code, "/close") }]),
    ],
  };
}

const searchOf = (typed: unknown): string =>
  typeof typed === "string" ? typedSearch(typed).slice(0, MAX_SEARCH_LENGTH) : "";

const addressOf = (query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? PATH : `${PATH}?${text}`;
};

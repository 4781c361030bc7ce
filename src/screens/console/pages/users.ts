import type { OfficeCounts } from "../../../domain/offices/overview-store.ts";
import { factorText, isFactorKind } from "../../../domain/factors/factor.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { permit } from "../../../domain/access/access.ts";
import type { ListedUser } from "../../../domain/users/user-list.ts";
import { officeHref, userHref, type OfficePage, type OfficeContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import {
  addressOf,
  askedOf,
  type Asked,
  CHIP_NAMES,
  CHIPS,
  queryOf,
  sortHref,
  sortOf,
} from "../user-list-query.ts";

/** The users of the office, with search, sort order and filters. */
export function usersPage({ userDeps }: ConsoleDeps): OfficePage {
  return {
    name: "users",
    about: "office",
    path: "/users",
    action: "users.see",
    isEntry: true,
    trail: ["settings"],
    show: async (context) => {
      const { actor, office, query, target, t } = context;
      const asked = askedOf(query);
      const after = typeof query["after"] === "string" ? query["after"] : null;
      const [{ users, next }, { counts }] = await Promise.all([
        userDeps.list.page(office.id, queryOf(asked), after),
        userDeps.overview.find(office.id, 0),
      ]);
      const path = officeHref(office.code, "/users");
      return {
        view: "users",
        model: {
          people: users.map((user) => lineOf(user, context)),
          asked,
          path,
          chips: chipsOf(counts, { asked, path, t }),
          columns: columnsOf(path, asked, t),
          search: asked.search,
          keeps: keepsOf(asked),
          allHref: addressOf(path, { ...asked, show: "all" }),
          isFiltered: asked.search !== "" || asked.show !== "all",
          addHref: permit(actor, "user.add", target) === "never" ? null : `${path}/add`,
          files: fileLinks(context),
          nextHref: next === null ? null : addressOf(path, asked, next),
          firstHref: after === null ? null : addressOf(path, asked),
        },
      };
    },
  };
}

/** The headings of the list; those with a `href` sort it. */
const columnsOf = (path: string, asked: Asked, t: Translate) => {
  const sorting = (heading: "name" | "username" | "lastSignIn", text: string) => ({
    ...{ text, href: sortHref(path, heading, asked), sort: sortOf(heading, asked) },
  });
  return [
    sorting("name", t("account.name.label")),
    sorting("username", t("password.username.label")),
    { text: t("console.role.name") },
    { text: t("account.method.label") },
    sorting("lastSignIn", t("console.user.lastSignIn")),
    { text: t("console.status.name") },
    { text: t("console.users.actions") },
  ];
};

/** What a new search keeps of the list. */
const keepsOf = ({ show, sort }: Asked) => ({
  ...(show === "all" ? {} : { show }),
  ...(sort === "username" ? {} : { sort }),
});

const chipsOf = (
  counts: OfficeCounts,
  { asked, path, t }: { readonly asked: Asked; readonly path: string; readonly t: Translate },
) =>
  CHIP_NAMES.map((show) => ({
    text: t(isFactorKind(show) ? factorText(show, "filter") : `console.users.show.${show}`),
    count: CHIPS[show].count(counts),
    href: addressOf(path, { ...asked, show }),
    isCurrent: show === asked.show,
    isAll: show === "all",
  }));

function lineOf(user: ListedUser, context: OfficeContext) {
  const { office, t } = context;
  const { id, username, name, factors, lastSignInAt } = user;
  const role = t(`console.role.${user.role}`);
  const methods = factors.map((kind) => t(factorText(kind, "filter"))).join(", ");
  return {
    href: userHref(office.code, id),
    ...{ username, name, role },
    methods: methods === "" ? t("account.method.none") : methods,
    lastSignIn:
      lastSignInAt === null ? t("console.user.never") : dateTime(epochSeconds(lastSignInAt), context).text,
    second: `${username} · ${role}`,
    badges: marksOf(user, t),
    actions: actionsOf(user, context),
  };
}

/** What the caller may do with the user; the page says more about each. */
const actionsOf = (user: ListedUser, { actor, office, t }: OfficeContext) => {
  // Whether a second person has to agree is for the page itself to ask.
  const target = { officeId: office.id, user: { id: user.id, role: user.role, ledLately: false } };
  const actions = [
    { action: "user.see", path: "", text: "console.user.edit" },
    { action: "user-events.see", path: "/events", text: "console.user-events.tab" },
    { action: "user.end-sessions", path: "/end-sessions", text: "console.user-sessions.title" },
    { action: "user.send-password-link", path: "/password-link", text: "console.user-password-link.title" },
  ] as const;
  return actions
    .filter(({ action }) => permit(actor, action, target) !== "never")
    .map(({ path, text }) => ({ text: t(text), href: userHref(office.code, user.id, path) }));
};

/** Badges that need the attention of an administrator. */
const marksOf = (user: ListedUser, t: Translate) => [
  ...(user.status === "active" ? [] : [{ text: t("console.status.disabled"), kind: "off" }]),
  ...(user.isFrozen || user.blockedUntil !== null
    ? [{ text: t("console.users.show.blocked"), kind: "alarm" }]
    : []),
  ...(user.isOverdue ? [{ text: t("console.users.show.overdue"), kind: "calm" }] : []),
  ...(user.hasPendingNumber ? [{ text: t("console.users.show.pending-number"), kind: "calm" }] : []),
];

/** Links to import and export, where the caller may use them. */
const fileLinks = ({ actor, target, office, t }: OfficeContext) =>
  (["import", "export"] as const)
    .filter((name) => permit(actor, `users.${name}`, target) !== "never")
    .map((name) => ({
      text: t(`console.users-${name}.title`),
      href: officeHref(office.code, `/users/${name}`),
    }));

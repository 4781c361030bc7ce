import type { OfficeCounts } from "../../../domain/offices/overview-store.ts";
import { factorText, isFactorKind } from "../../../domain/factors/factor.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { dateTime } from "../../../platform/web/date-format.ts";
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
  SORT_NAMES,
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
          sorts: SORT_NAMES.map((value) => ({ value, label: t(`console.users.sort.${value}`) })),
          values: { q: asked.search, sort: asked.sort },
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

const chipsOf = (
  counts: OfficeCounts,
  { asked, path, t }: { readonly asked: Asked; readonly path: string; readonly t: Translate },
) =>
  CHIP_NAMES.map((show) => ({
    text: t(isFactorKind(show) ? factorText(show, "filter") : `console.users.show.${show}`),
    count: CHIPS[show].count(counts),
    href: addressOf(path, { ...asked, show }),
    isCurrent: show === asked.show,
  }));

function lineOf(user: ListedUser, { office, t, language }: OfficeContext) {
  const { id, username, name, role, factors, lastSignInAt } = user;
  return {
    href: userHref(office.code, id),
    ...{ username, name },
    role: t(`console.role.${role}`),
    methods: factors.map((kind) => t(factorText(kind, "label"))).join(", "),
    lastSignIn: lastSignInAt === null ? null : dateTime(epochSeconds(lastSignInAt), language).text,
    marks: marksOf(user, t),
  };
}

/** Badges that need the attention of an administrator. */
const marksOf = (user: ListedUser, t: Translate): string[] => [
  ...(user.status === "active" ? [] : [t("console.status.disabled")]),
  ...(user.isFrozen || user.blockedUntil !== null ? [t("console.users.show.blocked")] : []),
  ...(user.isOverdue ? [t("console.users.show.overdue")] : []),
  ...(user.hasPendingNumber ? [t("console.users.show.pending-number")] : []),
];

/** Links to import and export, where the caller may use them. */
const fileLinks = ({ actor, target, office, t }: OfficeContext) =>
  (["import", "export"] as const)
    .filter((name) => permit(actor, `users.${name}`, target) !== "never")
    .map((name) => ({
      text: t(`console.users-${name}.title`),
      href: officeHref(office.code, `/users/${name}`),
    }));

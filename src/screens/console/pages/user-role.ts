import { rolesToGive } from "../../../domain/access/access.ts";
import type { RoleResult } from "../../../domain/users/user-administration.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, isOwn, overtaken, userOf, whoOf } from "../person-visit.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { ConsoleOutcome } from "../page.ts";
import {} from "../person-visit.ts";

/** What somebody may do in the office: never more than whoever gives it. */
export function userRolePage({ people, tokens }: ConsoleDeps): PersonPage {
  return {
    name: "user-role",
    about: "person",
    path: "/role",
    action: "user.change-role",
    trail: ["settings", "users"],
    keeps: ["role", "seen"],
    show: (visit) =>
      Promise.resolve({
        view: "user-role",
        model: {
          values: { role: visit.person.role, seen: tokens.sign(useOf(visit), visit.person.role) },
          roles: rolesToGive(visit.actor, visit.office).map((value) => ({
            value,
            label: visit.t(`console.role.${value}`),
            hint: visit.t(`console.role.${value}.hint`),
            recommended: false,
          })),
          who: whoOf(visit),
          effects: effectsOn(visit),
          undo: visit.t("console.user-role.undo"),
          backHref: hrefOf(visit),
        },
      }),
    submit: async (visit, { role: wanted = "", seen = "" }) => {
      const { actor, office, t } = visit;
      const role = rolesToGive(actor, office).find((one) => one === wanted);
      if (role === undefined) {
        return fault("role", t("userImport.row.role-above"));
      }
      const user = await userOf(people, visit);
      if (role !== user.role && tokens.read(useOf(visit), seen) !== user.role) {
        return overtaken(visit);
      }
      const result = await people.users.changeRole(user, role, { office, by: visit.actor });
      return answer(visit, result);
    },
  };
}

const useOf = ({ person, session }: PersonVisit): string => `role ${person.id} ${session.uid}`;

const effectsOn = (visit: PersonVisit): string[] =>
  ["sessions", "told", ...(isOwn(visit) ? ["own"] : [])].map((effect) =>
    visit.t(`console.user-role.${effect}`),
  );

function answer(visit: PersonVisit, { type }: RoleResult): ConsoleOutcome {
  switch (type) {
    case "changed":
    case "unchanged":
      return { type: "done", to: hrefOf(visit) };
    case "last":
      return fault("role", visit.t("console.user-role.last"));
    case "above-own":
    case "unfit-role":
      return fault("role", visit.t("userImport.row.role-above"));
    case "overtaken":
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      return overtaken(visit);
  }
}

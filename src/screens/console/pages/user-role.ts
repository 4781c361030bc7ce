import { rolesToGive } from "../../../domain/access/access.ts";
import type { RoleResult } from "../../../domain/users/user-administration.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, isOwn, overtaken, userOf, whoOf } from "../user-context.ts";
import { fault } from "../../../platform/web/page-kit.ts";

/** Changes the role of a user. Administrators cannot give a role above their own. */
export function userRolePage({ userDeps, tokens }: ConsoleDeps): UserPage {
  return {
    name: "user-role",
    about: "user",
    path: "/role",
    action: "user.change-role",
    trail: ["settings", "users"],
    keeps: ["role", "seen"],
    show: (context) =>
      Promise.resolve({
        view: "user-role",
        model: {
          values: { role: context.user.role, seen: tokens.sign(useOf(context), context.user.role) },
          roles: rolesToGive(context.actor, context.office).map((value) => ({
            value,
            label: context.t(`console.role.${value}`),
            hint: context.t(`console.role.${value}.hint`),
            recommended: false,
          })),
          who: whoOf(context),
          effects: effectsOn(context),
          undo: context.t("console.user-role.undo"),
          backHref: hrefOf(context),
        },
      }),
    submit: async (context, { role: wanted = "", seen = "" }) => {
      const { actor, office, t } = context;
      const role = rolesToGive(actor, office).find((one) => one === wanted);
      if (role === undefined) {
        return fault("role", t("userImport.row.role-above"));
      }
      const user = await userOf(userDeps, context);
      if (role !== user.role && tokens.read(useOf(context), seen) !== user.role) {
        return overtaken(context);
      }
      const result = await userDeps.users.changeRole(user, role, { office, by: context.actor });
      return answer(context, result);
    },
  };
}

const useOf = ({ user, session }: UserContext): string => `role ${user.id} ${session.uid}`;

const effectsOn = (context: UserContext): string[] =>
  ["sessions", "told", ...(isOwn(context) ? ["own"] : [])].map((effect) =>
    context.t(`console.user-role.${effect}`),
  );

function answer(context: UserContext, { type }: RoleResult): ConsoleOutcome {
  switch (type) {
    case "changed":
    case "unchanged":
      return { type: "done", to: hrefOf(context) };
    case "last":
      return fault("role", context.t("console.user-role.last"));
    case "above-own":
    case "unfit-role":
      return fault("role", context.t("userImport.row.role-above"));
    case "overtaken":
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      return overtaken(context);
  }
}

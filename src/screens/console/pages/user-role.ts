import { rolesToGive } from "../../../domain/access/access.ts";
import type { Role } from "../../../domain/access/role.ts";
import { reasonSchema } from "../../../domain/factors/help.ts";
import type { User } from "../../../domain/users/user.ts";
import type { RoleResult } from "../../../domain/users/user-administration.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import type { PageTokens } from "../page-tokens.ts";
import { hrefOf, isOwn, overtaken, userOf, whoOf } from "../user-context.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { fault } from "../../../platform/web/page-kit.ts";

/** Changes the role of a user. Administrators cannot give a role above their own. */
export function userRolePage({ userDeps, tokens }: ConsoleDeps): UserPage {
  return {
    name: "user-role",
    about: "user",
    path: "/role",
    action: "user.change-role",
    trail: ["settings", "users"],
    keeps: ["role", "seen", "reason"],
    show: async (context) => ({
      view: "user-role",
      model: {
        takesTwo: await mayTakeTwo(userDeps, context),
        values: { role: context.user.role, seen: tokens.sign(useOf(context), context.user.role), reason: "" },
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
    submit: (context, fields) => change(userDeps, tokens, { context, fields }),
  };
}

async function change(
  userDeps: UserDeps,
  tokens: PageTokens,
  { context, fields }: { context: UserContext; fields: Fields },
): Promise<ConsoleOutcome> {
  const { actor, office, t } = context;
  const { role: wanted = "", seen = "", reason = "" } = fields;
  const role = rolesToGive(actor, office).find((one) => one === wanted);
  if (role === undefined) {
    return fault("role", t("userImport.row.role-above"));
  }
  const user = await userOf(userDeps, context);
  if (role !== user.role && tokens.read(useOf(context), seen) !== user.role) {
    return overtaken(context);
  }
  const { type } = await userDeps.users.changeRole(user, role, { office, by: actor });
  return type === "needs-approval"
    ? ask(userDeps, context, { user, role, reason, seen })
    : answer(context, type);
}

/** Making or unmaking a superuser is a request where support does it. */
async function mayTakeTwo({ users }: UserDeps, { actor, office, user }: UserContext): Promise<boolean> {
  const isSupport = actor.role === "support";
  return (
    isSupport &&
    (user.role === "superuser" || !(await users.rolesToGiveAlone(office, actor)).includes("superuser"))
  );
}

async function ask(
  { approvals }: UserDeps,
  context: UserContext,
  { user, role, reason: typed, seen }: { user: User; role: Role; reason: string; seen: string },
): Promise<ConsoleOutcome> {
  const { actor: by, office, t } = context;
  const parsed = reasonSchema.safeParse(typed);
  if (!parsed.success) {
    return fault("reason", t("console.reason.wrong"), { role, seen, reason: typed });
  }
  const help = { by, office, reason: parsed.data };
  const { type } = await approvals.request(user, { action: "role", role }, help);
  // A repeated request changes nothing.
  return type === "requested" || type === "waiting"
    ? { type: "go", to: hrefOf(context, "/approval") }
    : overtaken(context);
}

const useOf = ({ user, session }: UserContext): string => `role ${user.id} ${session.uid}`;

const effectsOn = (context: UserContext): string[] =>
  ["sessions", "told", ...(isOwn(context) ? ["own"] : [])].map((effect) =>
    context.t(`console.user-role.${effect}`),
  );

function answer(context: UserContext, type: Exclude<RoleResult["type"], "needs-approval">): ConsoleOutcome {
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

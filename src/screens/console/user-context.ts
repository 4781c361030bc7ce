import { PageError } from "../../kernel/errors.ts";
import type { Action } from "../../domain/access/permissions.ts";
import { denialAlone, denialOf } from "../../domain/access/access.ts";
import type { User } from "../../domain/users/user.ts";
import { userHref, type ConsoleContext, type UserContext, type ConsoleOutcome } from "./page.ts";
import type { UserDeps } from "./console-deps.ts";
import { fault } from "../../platform/web/page-kit.ts";

/**
 * Whether the caller has the permission for an action on this user. The page of that action still asks for a step-up
 * where it has to.
 */
export const may = ({ actor, target }: ConsoleContext, action: Action): boolean =>
  denialOf(actor, action, target) === null;

/** The same for actions that may need the approval of a second person. */
export const mayAlone = ({ actor, target }: ConsoleContext, action: Action): boolean =>
  denialAlone(actor, action, target) === null;

export const isOwn = ({ actor, user }: UserContext): boolean => actor.id === user.id;

/**
 * The user as the domain services expect it. Throws PageError "not-found" for a user who was removed in the meantime.
 */
export async function userOf({ find }: UserDeps, { office, user }: UserContext): Promise<User> {
  const stored = await find(office.id, user.id);
  if (stored === null) {
    throw new PageError("not-found");
  }
  return stored;
}

export const hrefOf = ({ office, user }: UserContext, path = ""): string =>
  userHref(office.code, user.id, path);

/** The tabs of a user's pages. */
export const tabsOf = (context: UserContext, current: "general" | "events") => [
  { text: context.t("console.user.general"), href: hrefOf(context), current: current === "general" },
  ...(may(context, "user-events.see")
    ? [
        {
          text: context.t("console.user-events.tab"),
          href: hrefOf(context, "/events"),
          current: current === "events",
        },
      ]
    : []),
];

/** The user in texts, such as `Sanne Bakker (sanne)`. */
export const whoOf = ({ user }: UserContext): string => `${user.name} (${user.username})`;

/** The response when the state has changed between opening the form and sending it. */
export const overtaken = ({ t }: ConsoleContext): ConsoleOutcome => fault(null, t("console.overtaken"));

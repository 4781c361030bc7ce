import { PageError } from "../../kernel/errors.ts";
import type { Action } from "../../domain/access/permissions.ts";
import { denialAlone, denialOf } from "../../domain/access/access.ts";
import type { User } from "../../domain/users/user.ts";
import { userHref, type ConsoleContext, type UserContext, type ConsoleOutcome } from "./page.ts";
import type { UserDeps } from "./console-deps.ts";
import { fault } from "../../platform/web/page-kit.ts";

/** What the pages of one person share. Whether this visit's person may be treated so at all; the page itself asks for a fresh proof where it has to. */
export const may = ({ actor, target }: ConsoleContext, action: Action): boolean =>
  denialOf(actor, action, target) === null;

/** The same for what one member of support may not do alone. */
export const mayAlone = ({ actor, target }: ConsoleContext, action: Action): boolean =>
  denialAlone(actor, action, target) === null;

export const isOwn = ({ actor, user }: UserContext): boolean => actor.id === user.id;

/** The person as the services take them. Throws PageError "not-found" for somebody who is gone. */
export async function userOf({ find }: UserDeps, { office, user }: UserContext): Promise<User> {
  const stored = await find(office.id, user.id);
  if (stored === null) {
    throw new PageError("not-found");
  }
  return stored;
}

export const hrefOf = ({ office, user }: UserContext, path = ""): string =>
  userHref(office.code, user.id, path);

/** The head of every page with the person's tabs. */
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

/** Of whom a page speaks, such as `Sanne Bakker (sanne)`. */
export const whoOf = ({ user }: UserContext): string => `${user.name} (${user.username})`;

/** The answer when something was decided, or taken away, between opening the form and sending it. */
export const overtaken = ({ t }: ConsoleContext): ConsoleOutcome => fault(null, t("console.overtaken"));

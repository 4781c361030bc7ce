import { epochSeconds, now } from "../../../kernel/clock.ts";
import { confirmPage } from "../confirm-page.ts";
import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";

/** Ends the lockout of a user after too many wrong codes. */
export function userUnlockPage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-unlock",
    path: "/unlock",
    action: "user.unlock",
    asksReason: true,
    ask: async ({ office, user, t }) => {
      const seconds = epochSeconds(now());
      const { blockedUntil, isFrozen } = await userDeps.status.find(office.id, user.id, seconds);
      const isBlocked = blockedUntil !== null && !isFrozen;
      return {
        tone: "info",
        ...(isBlocked ? {} : { notice: t(`console.user-unlock.${isFrozen ? "frozen" : "free"}`) }),
        effects: isBlocked ? [t("console.user-unlock.again"), t("console.user-unlock.counted")] : [],
        undo: t("console.undo.none"),
        buttons: isBlocked ? [{ text: t("console.user-unlock.submit"), value: "unlock" }] : [],
      };
    },
    act: async (context, { reason }) => {
      const { type } = await userDeps.factors.unlock(await userOf(userDeps, context), {
        by: context.actor,
        reason,
      });
      return type === "unlocked" ? { type: "done", to: hrefOf(context) } : overtaken(context);
    },
  });
}

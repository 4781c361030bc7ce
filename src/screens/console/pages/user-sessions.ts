import { confirmPage } from "../confirm-page.ts";
import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";

/** Ends all sessions of a user. */
export function userSessionsPage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-sessions",
    path: "/end-sessions",
    action: "user.end-sessions",
    asksReason: false,
    ask: ({ t }) =>
      Promise.resolve({
        tone: "danger",
        effects: ["everywhere", "told"].map((effect) => t(`console.user-sessions.${effect}`)),
        undo: t("console.user-sessions.undo"),
        buttons: [{ text: t("console.user-sessions.submit"), value: "end" }],
      }),
    act: async (context) => {
      const { type } = await userDeps.users.endSessions(await userOf(userDeps, context), context.actor);
      return type === "ended" ? { type: "done", to: hrefOf(context) } : overtaken(context);
    },
  });
}

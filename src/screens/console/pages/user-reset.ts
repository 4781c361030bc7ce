import { needsApproval } from "../../../domain/access/access.ts";
import { confirmPage, showEnrolmentCode } from "../confirm-page.ts";
import type { UserPage, UserContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";

const ACTION = "user.reset-authenticator";
const takesTwo = ({ actor, target }: UserContext): boolean => needsApproval(actor, ACTION, target);

/** Resets a lost factor: at once, or after the approval of a second person where that is required. */
export function userResetPage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-reset",
    path: "/reset-authenticator",
    action: ACTION,
    asksReason: true,
    ask: (context) => {
      const { t } = context;
      const isRequest = takesTwo(context);
      return Promise.resolve({
        tone: isRequest ? "warn" : "danger",
        ...(isRequest ? { notice: t("console.user-reset.two") } : {}),
        effects: ["factors", "sessions", "code", "told"].map((effect) => t(`console.user-reset.${effect}`)),
        undo: t("console.user-reset.undo"),
        buttons: [{ text: t(`console.user-reset.${isRequest ? "ask" : "submit"}`), value: "reset" }],
      });
    },
    act: async (context, { reason }) => {
      const user = await userOf(userDeps, context);
      const help = { by: context.actor, reason };
      if (takesTwo(context)) {
        const { office } = context;
        const { type } = await userDeps.approvals.request(user, { action: "reset" }, { ...help, office });
        // A repeated request changes nothing.
        return type === "requested" || type === "waiting"
          ? { type: "done", to: hrefOf(context) }
          : overtaken(context);
      }
      const result = await userDeps.factors.reset(user, help);
      return result.type === "reset"
        ? showEnrolmentCode(context, result.enrolmentCode.reveal())
        : overtaken(context);
    },
  });
}

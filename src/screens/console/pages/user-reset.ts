import { needsApproval } from "../../../domain/access/access.ts";
import { fault } from "../../../platform/web/page-kit.ts";
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
    ask: async (context) => {
      const { t } = context;
      const isRequest = takesTwo(context);
      return {
        tone: isRequest ? "warn" : "danger",
        ...(isRequest ? { notice: t("console.user-reset.two") } : {}),
        effects: ["factors", "sessions", "code", "told"].map((effect) => t(`console.user-reset.${effect}`)),
        undo: t("console.user-reset.undo"),
        buttons: [{ text: t(`console.user-reset.${isRequest ? "ask" : "submit"}`), value: "reset" }],
        ...(isRequest ? {} : { seen: await userDeps.factors.seenBefore(await userOf(userDeps, context)) }),
      };
    },
    act: async (context, { reason, seen }) => {
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
      const result = await userDeps.factors.resetOnce(user, { ...help, seen });
      if (result.type === "shown") {
        return fault(null, context.t("console.user-reset.already"));
      }
      return result.type === "reset"
        ? showEnrolmentCode(context, result.enrolmentCode.reveal())
        : overtaken(context);
    },
  });
}

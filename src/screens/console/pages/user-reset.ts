import { needsApproval } from "../../../domain/access/access.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { confirmPage, onlyNotice, showEnrolmentCode, type Confirmation } from "../confirm-page.ts";
import { resetAimOf, resetEffects, resetTexts, setUpOf } from "../factor-effects.ts";
import type { UserPage, UserContext } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";

const ACTION = "user.reset-authenticator";
const takesTwo = ({ actor, target }: UserContext): boolean => needsApproval(actor, ACTION, target);

/**
 * Resets a lost factor, or lets a user who has none set one up again: at once, or after the approval of a second person where that is
 * required.
 */
export function userResetPage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-reset",
    path: "/reset-authenticator",
    action: ACTION,
    asksReason: true,
    ask: (context) => confirmationOf(userDeps, context),
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

async function confirmationOf(userDeps: UserDeps, context: UserContext): Promise<Confirmation> {
  const { t } = context;
  const state = await setUpOf(userDeps, context);
  const aim = resetAimOf(state);
  if (aim === null) {
    return onlyNotice(context, t("console.user-reset.nothing"));
  }
  const isRequest = takesTwo(context);
  const text = (key: string) => t(`${resetTexts(aim)}.${key}`);
  return {
    tone: aim === "reset" && !isRequest ? "danger" : "warn",
    title: text("title"),
    here: text("title"),
    ...(isRequest ? { notice: t("console.user-reset.two") } : {}),
    effects: resetEffects(state, context),
    undo: t(aim === "reset" ? "console.user-reset.undo" : "console.undo.none"),
    buttons: [{ text: text(isRequest ? "ask" : "submit"), value: "reset" }],
    ...(isRequest ? {} : { seen: await userDeps.factors.seenBefore(await userOf(userDeps, context)) }),
  };
}

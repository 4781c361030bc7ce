import { shownNumber } from "../../../domain/factors/mobile-number.ts";
import { confirmPage, showEnrolmentCode, onlyNotice } from "../confirm-page.ts";
import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { deletedEffects, setUpOf } from "../factor-effects.ts";
import { hrefOf, mayAlone, overtaken, userOf } from "../user-context.ts";

const ACTION = "number.delete";

/** Deletes a number. If it was the only factor, the user needs a code to enrol another one. */
export function userNumberDeletePage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-number-delete",
    path: "/number/delete",
    action: ACTION,
    asksReason: true,
    ask: async (context) => {
      const { user, t } = context;
      const { number } = user;
      if (number === null || !mayAlone(context, ACTION)) {
        const notice = t(number === null ? "console.user-number.nothing" : "console.user-number.two");
        return onlyNotice(context, notice);
      }
      return {
        tone: "danger",
        facts: [{ name: t("account.number.label"), value: shownNumber(number) }],
        effects: deletedEffects(await setUpOf(userDeps, context), context),
        undo: t("console.user-number-delete.undo"),
        buttons: [{ text: t("console.user-number-delete.submit"), value: "delete" }],
      };
    },
    act: async (context, { reason }) => {
      const user = await userOf(userDeps, context);
      const result =
        context.user.number === null
          ? ({ type: "refused" } as const)
          : await userDeps.factors.deleteNumber(user, { by: context.actor, reason });
      if (result.type === "refused") {
        // A double click, or another administrator was faster: the number is gone, as intended.
        return { type: "go", to: hrefOf(context) };
      }
      if (result.type !== "removed") {
        return overtaken(context);
      }
      const { enrolmentCode } = result;
      return enrolmentCode === null
        ? { type: "done", to: hrefOf(context) }
        : showEnrolmentCode(context, enrolmentCode.reveal());
    },
  });
}

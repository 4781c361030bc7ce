import { readableNumber, unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import { confirmPage, onlyNotice, type Confirmation, type Decision } from "../confirm-page.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf } from "../user-context.ts";

const ACTION = "number.approve";
const useOf = ({ user, session }: UserContext): string => `number change ${user.id} ${session.uid}`;

/**
 * A change of the number that the user has requested with the password alone. An administrator approves or refuses it,
 * never the user.
 */
export function userNumberChangePage({ userDeps, tokens }: ConsoleDeps): UserPage {
  const pendingOf = async ({ office, user }: UserContext) =>
    (await userDeps.status.find(office.id, user.id, epochSeconds(now()))).pendingNumber;
  return confirmPage({
    name: "user-number-change",
    path: "/number/change",
    action: ACTION,
    asksReason: true,
    ask: async (context) => {
      const { t } = context;
      const pending = await pendingOf(context);
      if (pending === null || !mayAlone(context, ACTION)) {
        const notice = t(pending === null ? "console.user-number-change.nothing" : "console.user-number.two");
        return onlyNotice(context, notice);
      }
      return {
        ...confirmationOf(context, pending),
        buttons: ["approve", "refuse"].map((value) => ({
          text: t(`console.user-number-change.${value}`),
          value,
        })),
        seen: tokens.sign(useOf(context), pending),
      };
    },
    act: async (context, decision) => {
      const pending = await pendingOf(context);
      // Only the number that the page has shown, not one that was requested since.
      return pending === null || tokens.read(useOf(context), decision.seen) !== pending
        ? overtaken(context)
        : decide(userDeps, context, decision);
    },
  });
}

async function decide(
  userDeps: UserDeps,
  context: UserContext,
  { decision, reason }: Decision,
): Promise<ConsoleOutcome> {
  const user = await userOf(userDeps, context);
  const help = { by: context.actor, reason };
  const { type } =
    decision === "approve"
      ? await userDeps.factors.approveNumber(user, help)
      : await userDeps.factors.refuseNumber(user, help);
  return type === "approved" || type === "cancelled"
    ? { type: "done", to: hrefOf(context) }
    : overtaken(context);
}

/** The page for a pending number. The current one is masked. */
function confirmationOf({ user, t }: UserContext, pending: string): Omit<Confirmation, "buttons"> {
  const old = user.number === null ? t("account.none") : unbrokenMask(user.number.number);
  return {
    tone: "warn",
    notice: t("console.user-number-change.call"),
    facts: [
      { name: t("console.user-number-change.old"), value: old },
      { name: t("console.user-number-change.new"), value: readableNumber(pending) },
    ],
    effects: ["codes", "sessions", "told"].map((effect) => t(`console.user-number-change.${effect}`)),
    undo: t("console.user-number-change.undo"),
  };
}

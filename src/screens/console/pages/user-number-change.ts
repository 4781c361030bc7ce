import { readableNumber, unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import { confirmPage, onlyNotice, type Confirmation, type Decision } from "../confirm-page.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf } from "../user-context.ts";

const ACTION = "number.approve";
const useOf = ({ user, session }: UserContext): string => `number change ${user.id} ${session.uid}`;

/**
 * A change of the number that the user has requested with the password alone. An administrator approves or refuses it,
 * never the user.
 */
export function userNumberChangePage(deps: ConsoleDeps): UserPage {
  const { userDeps, tokens } = deps;
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
      const seen = tokens.read(useOf(context), decision.seen);
      if (pending === null && seen !== null) {
        return decided(deps, context, { decision: decision.decision, seen });
      }
      // Only the number that the page has shown, not one that was requested since.
      return pending === null || seen !== pending
        ? overtaken(context)
        : decide(deps, context, { decision, seen });
    },
  });
}

async function decide(
  deps: ConsoleDeps,
  context: UserContext,
  { decision: { decision, reason }, seen }: { readonly decision: Decision; readonly seen: string },
): Promise<ConsoleOutcome> {
  const { userDeps } = deps;
  const user = await userOf(userDeps, context);
  const help = { by: context.actor, reason };
  const { type } =
    decision === "approve"
      ? await userDeps.factors.approveNumber(user, help)
      : await userDeps.factors.refuseNumber(user, help);
  if (type === "approved" || type === "cancelled") {
    return { type: "done", to: hrefOf(context) };
  }
  return type === "refused" ? decided(deps, context, { decision, seen }) : overtaken(context);
}

/** Nothing waits any more. Where it was decided in the same way, such as by the same form, the answer is the same. */
async function decided(
  { store }: ConsoleDeps,
  context: UserContext,
  { decision, seen }: { readonly decision: string; readonly seen: string },
): Promise<ConsoleOutcome> {
  const current = (await store.findUser(context.office.id, context.user.id))?.number ?? null;
  const isApproved = current?.state === "confirmed" && current.number === seen;
  return isApproved === (decision === "approve") ? { type: "done", to: hrefOf(context) } : overtaken(context);
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

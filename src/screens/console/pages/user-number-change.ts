import { readableNumber, unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import { confirmPage, onlyNotice, type Confirmation, type Decision } from "../confirm-page.ts";
import type { PersonPage, UserContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { PeopleDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf } from "../user-context.ts";
import type { ConsoleOutcome } from "../page.ts";
import {} from "../user-context.ts";

const ACTION = "number.approve";
const useOf = ({ person, session }: UserContext): string => `number change ${person.id} ${session.uid}`;

/** Another number that somebody has asked for with the password alone: approved or refused, never by themselves. */
export function userNumberChangePage({ people, tokens }: ConsoleDeps): PersonPage {
  const pendingOf = async ({ office, person }: UserContext) =>
    (await people.standing.find(office.id, person.id, epochSeconds(now()))).pendingNumber;
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
        ...told(context, pending),
        buttons: ["approve", "refuse"].map((value) => ({
          text: t(`console.user-number-change.${value}`),
          value,
        })),
        seen: tokens.sign(useOf(context), pending),
      };
    },
    act: async (context, decision) => {
      const pending = await pendingOf(context);
      // The number that was looked at, and no other that was asked for since.
      return pending === null || tokens.read(useOf(context), decision.seen) !== pending
        ? overtaken(context)
        : decide(people, context, decision);
    },
  });
}

async function decide(
  people: PeopleDeps,
  context: UserContext,
  { decision, reason }: Decision,
): Promise<ConsoleOutcome> {
  const user = await userOf(people, context);
  const help = { by: context.actor, reason };
  const { type } =
    decision === "approve"
      ? await people.factors.approveNumber(user, help)
      : await people.factors.refuseNumber(user, help);
  return type === "approved" || type === "cancelled"
    ? { type: "done", to: hrefOf(context) }
    : overtaken(context);
}

/** What is said where a number waits; the old one masked. */
function told({ person, t }: UserContext, pending: string): Omit<Confirmation, "buttons"> {
  const old = person.number === null ? t("account.none") : unbrokenMask(person.number.number);
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

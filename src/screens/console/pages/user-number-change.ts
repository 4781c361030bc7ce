import { readableNumber, unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import { confirmPage, onlyNotice, type Confirmation, type Decision } from "../confirm-page.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { PeopleDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf } from "../person-visit.ts";
import type { ConsoleOutcome } from "../page.ts";
import {} from "../person-visit.ts";

const ACTION = "number.approve";
const useOf = ({ person, session }: PersonVisit): string => `number change ${person.id} ${session.uid}`;

/** Another number that somebody has asked for with the password alone: approved or refused, never by themselves. */
export function userNumberChangePage({ people, tokens }: ConsoleDeps): PersonPage {
  const pendingOf = async ({ office, person }: PersonVisit) =>
    (await people.standing.find(office.id, person.id, epochSeconds(now()))).pendingNumber;
  return confirmPage({
    name: "user-number-change",
    path: "/number/change",
    action: ACTION,
    asksReason: true,
    ask: async (visit) => {
      const { t } = visit;
      const pending = await pendingOf(visit);
      if (pending === null || !mayAlone(visit, ACTION)) {
        const notice = t(pending === null ? "console.user-number-change.nothing" : "console.user-number.two");
        return onlyNotice(visit, notice);
      }
      return {
        ...told(visit, pending),
        buttons: ["approve", "refuse"].map((value) => ({
          text: t(`console.user-number-change.${value}`),
          value,
        })),
        seen: tokens.sign(useOf(visit), pending),
      };
    },
    act: async (visit, decision) => {
      const pending = await pendingOf(visit);
      // The number that was looked at, and no other that was asked for since.
      return pending === null || tokens.read(useOf(visit), decision.seen) !== pending
        ? overtaken(visit)
        : decide(people, visit, decision);
    },
  });
}

async function decide(
  people: PeopleDeps,
  visit: PersonVisit,
  { decision, reason }: Decision,
): Promise<ConsoleOutcome> {
  const user = await userOf(people, visit);
  const help = { by: visit.actor, reason };
  const { type } =
    decision === "approve"
      ? await people.factors.approveNumber(user, help)
      : await people.factors.refuseNumber(user, help);
  return type === "approved" || type === "cancelled" ? { type: "done", to: hrefOf(visit) } : overtaken(visit);
}

/** What is said where a number waits; the old one masked. */
function told({ person, t }: PersonVisit, pending: string): Omit<Confirmation, "buttons"> {
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

import { when } from "../../../platform/web/when.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { confirmPage, handOver, onlyNotice, type Decision } from "../confirm-page.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { overtaken } from "../person-visit.ts";
import type { ConsoleOutcome } from "../page.ts";
import {} from "../person-visit.ts";

/** A reset that takes two: whoever asked may withdraw it, and only somebody else approves. */
export function userResetRequestPage(parts: ConsoleDeps): PersonPage {
  const { store, tokens } = parts;
  return confirmPage({
    name: "user-reset-request",
    path: "/reset-request",
    action: "superuser-reset.approve",
    asksReason: false,
    ask: async (visit) => {
      const { actor, t, language } = visit;
      const request = await requestOf(parts, visit);
      if (request === null) {
        const notice = t("console.user-reset-request.nothing");
        return onlyNotice(visit, notice);
      }
      const isOwn = request.requestedBy === actor.id;
      const by = await store.findPerson(visit.session.account.office.id, request.requestedBy);
      const text = (key: string) => t(`console.user-reset-request.${key}`);
      return {
        tone: isOwn ? "info" : "danger",
        notice: text(isOwn ? "own" : "check"),
        facts: [
          { name: text("by"), value: by?.name ?? t("console.conflict.somebody") },
          { name: t("console.reason.label"), value: request.reason },
          { name: text("until"), value: when(epochSeconds(request.endsAt), language).text },
        ],
        effects: isOwn
          ? [text("withdrawn")]
          : ["factors", "sessions", "code", "told"].map((effect) => t(`console.user-reset.${effect}`)),
        undo: isOwn ? text("undo") : t("console.user-reset.undo"),
        buttons: [
          ...(isOwn ? [] : [{ text: text("approve"), value: "approve" }]),
          { text: text(isOwn ? "withdraw" : "refuse"), value: "refuse" },
        ],
        seen: tokens.sign(useOf(visit), request.id),
      };
    },
    act: (visit, decision) => decide(parts, visit, decision),
  });
}

const useOf = ({ person, session }: PersonVisit): string => `reset request ${person.id} ${session.uid}`;

async function decide(
  { people, tokens }: ConsoleDeps,
  visit: PersonVisit,
  { decision, seen }: Decision,
): Promise<ConsoleOutcome> {
  const id = tokens.read(useOf(visit), seen);
  if (id === null) {
    return overtaken(visit);
  }
  const key = { id, officeId: visit.office.id };
  if (decision === "refuse") {
    return (await people.factors.cancelReset(key, visit.actor))
      ? { type: "done", to: "/console/resets" }
      : overtaken(visit);
  }
  const result = await people.factors.approveReset(key, visit.actor);
  return result.type === "reset" ? handOver(visit, result.enrolmentCode.reveal()) : overtaken(visit);
}

/** The request of this page's person; null when none waits. */
const requestOf = async ({ people }: ConsoleDeps, { office, person }: PersonVisit) =>
  (await people.factors.waitingResets()).find(
    ({ officeCode, username }) => officeCode === office.code && username === person.username,
  ) ?? null;

import { needsSecondPerson } from "../../../domain/access/access.ts";
import { confirmPage, handOver } from "../confirm-page.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../person-visit.ts";

const ACTION = "user.reset-authenticator";
const takesTwo = ({ actor, target }: PersonVisit): boolean => needsSecondPerson(actor, ACTION, target);

/** Takes a lost factor away, at once or, where it takes two, by asking a second member of support. */
export function userResetPage({ people }: ConsoleDeps): PersonPage {
  return confirmPage({
    name: "user-reset",
    path: "/reset-authenticator",
    action: ACTION,
    asksReason: true,
    ask: (visit) => {
      const { t } = visit;
      const isAsked = takesTwo(visit);
      return Promise.resolve({
        tone: isAsked ? "warn" : "danger",
        ...(isAsked ? { notice: t("console.user-reset.two") } : {}),
        effects: ["factors", "sessions", "code", "told"].map((effect) => t(`console.user-reset.${effect}`)),
        undo: t("console.user-reset.undo"),
        buttons: [{ text: t(`console.user-reset.${isAsked ? "ask" : "submit"}`), value: "reset" }],
      });
    },
    act: async (visit, { reason }) => {
      const user = await userOf(people, visit);
      const help = { by: visit.actor, reason };
      if (takesTwo(visit)) {
        const { type } = await people.factors.requestReset(user, help);
        // Asked twice is asked once.
        return type === "requested" || type === "waiting"
          ? { type: "done", to: hrefOf(visit) }
          : overtaken(visit);
      }
      const result = await people.factors.reset(user, help);
      return result.type === "reset" ? handOver(visit, result.enrolmentCode.reveal()) : overtaken(visit);
    },
  });
}

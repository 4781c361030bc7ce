import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { confirmPage, handOver, onlyNotice } from "../confirm-page.ts";
import type { PersonPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf } from "../person-visit.ts";

const ACTION = "number.delete";

/** Deletes a number; where it was the only factor, its owner needs a code to set up another. */
export function userNumberDeletePage({ people }: ConsoleDeps): PersonPage {
  return confirmPage({
    name: "user-number-delete",
    path: "/number/delete",
    action: ACTION,
    asksReason: true,
    ask: (visit) => {
      const { person, t } = visit;
      const { number } = person;
      if (number === null || !mayAlone(visit, ACTION)) {
        const notice = t(number === null ? "console.user-number.nothing" : "console.user-number.two");
        return Promise.resolve(onlyNotice(visit, notice));
      }
      const isFactor = number.state === "confirmed";
      const effects = isFactor ? ["noCodes", "sessions", "code", "told"] : ["asked"];
      return Promise.resolve({
        tone: "danger",
        facts: [{ name: t("account.number.label"), value: unbrokenMask(number.number) }],
        effects: effects.map((effect) => t(`console.user-number-delete.${effect}`)),
        undo: t("console.user-number-delete.undo"),
        buttons: [{ text: t("console.user-number-delete.submit"), value: "delete" }],
      });
    },
    act: async (visit, { reason }) => {
      const user = await userOf(people, visit);
      if (visit.person.number === null) {
        // Pressed twice, or somebody else was faster: it is gone, and that is what was wanted.
        return { type: "go", to: hrefOf(visit) };
      }
      const result = await people.factors.deleteNumber(user, { by: visit.actor, reason });
      if (result.type !== "removed") {
        return overtaken(visit);
      }
      const { enrolmentCode } = result;
      return enrolmentCode === null
        ? { type: "done", to: hrefOf(visit) }
        : handOver(visit, enrolmentCode.reveal());
    },
  });
}

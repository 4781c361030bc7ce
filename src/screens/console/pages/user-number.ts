import { reasonSchema } from "../../../domain/factors/help.ts";
import { unbrokenMask, parseMobileNumber } from "../../../domain/factors/mobile-number.ts";
import type { Fields } from "../../../platform/web/form.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { PeopleDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf, whoOf } from "../person-visit.ts";
import type { ConsoleOutcome } from "../page.ts";
import type { FieldError } from "../../../platform/web/page-kit.ts";
import {} from "../person-visit.ts";

const ACTION = "number.enter";

/** Enters a number for somebody, to be confirmed by its owner; a confirmed one stops to be a factor. */
export function userNumberPage({ people }: ConsoleDeps): PersonPage {
  return {
    name: "user-number",
    about: "person",
    path: "/number",
    action: ACTION,
    trail: ["settings", "users"],
    keeps: ["number", "reason"],
    show: (visit) => {
      const { person, t } = visit;
      const { number } = person;
      return Promise.resolve({
        view: "user-number",
        model: {
          values: { number: "", reason: "" },
          who: whoOf(visit),
          old: number === null ? null : unbrokenMask(number.number),
          isAlone: mayAlone(visit, ACTION),
          tone: number?.state === "confirmed" ? "warn" : "info",
          effects: effectsOn(visit),
          undo: t("console.user-number.undo"),
          deleteHref: number === null ? null : hrefOf(visit, "/number/delete"),
          resetHref: hrefOf(visit, "/reset-authenticator"),
          backHref: hrefOf(visit),
        },
      });
    },
    submit: (visit, fields) => save(people, visit, fields),
  };
}

async function save(
  people: PeopleDeps,
  visit: PersonVisit,
  { number: typed = "", reason: why = "" }: Fields,
): Promise<ConsoleOutcome> {
  const { office, t } = visit;
  const number = parseMobileNumber(typed, office.country, office.countries);
  const reason = reasonSchema.safeParse(why);
  const errors: FieldError[] = [
    ...(number.type === "number"
      ? []
      : [{ field: "number", message: t(`console.user-number.${number.fault}`) }]),
    ...(reason.success ? [] : [{ field: "reason", message: t("console.reason.wrong") }]),
  ];
  if (number.type !== "number" || !reason.success) {
    return { type: "errors", errors, values: { number: typed, reason: why } };
  }
  const help = { by: visit.actor, reason: reason.data };
  const user = await userOf(people, visit);
  const { type } = await people.factors.enterNumber(user, number.e164, help);
  return type === "set" || type === "unchanged" ? { type: "done", to: hrefOf(visit) } : overtaken(visit);
}

function effectsOn({ person, t }: PersonVisit): string[] {
  const isFactor = person.number?.state === "confirmed";
  const effects = isFactor ? ["old", "sessions", "exactly", "told"] : ["confirms"];
  return effects.map((effect) => t(`console.user-number.${effect}`));
}

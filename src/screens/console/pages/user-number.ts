import { reasonSchema } from "../../../domain/factors/help.ts";
import { unbrokenMask, parseMobileNumber } from "../../../domain/factors/mobile-number.ts";
import type { Fields } from "../../../platform/web/form.ts";
import type { PersonPage, UserContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { PeopleDeps } from "../console-deps.ts";
import { hrefOf, mayAlone, overtaken, userOf, whoOf } from "../user-context.ts";
import type { ConsoleOutcome } from "../page.ts";
import type { FieldError } from "../../../platform/web/page-kit.ts";
import {} from "../user-context.ts";

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
    show: (context) => {
      const { person, t } = context;
      const { number } = person;
      return Promise.resolve({
        view: "user-number",
        model: {
          values: { number: "", reason: "" },
          who: whoOf(context),
          old: number === null ? null : unbrokenMask(number.number),
          isAlone: mayAlone(context, ACTION),
          tone: number?.state === "confirmed" ? "warn" : "info",
          effects: effectsOn(context),
          undo: t("console.user-number.undo"),
          deleteHref: number === null ? null : hrefOf(context, "/number/delete"),
          resetHref: hrefOf(context, "/reset-authenticator"),
          backHref: hrefOf(context),
        },
      });
    },
    submit: (context, fields) => save(people, context, fields),
  };
}

async function save(
  people: PeopleDeps,
  context: UserContext,
  { number: typed = "", reason: why = "" }: Fields,
): Promise<ConsoleOutcome> {
  const { office, t } = context;
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
  const help = { by: context.actor, reason: reason.data };
  const user = await userOf(people, context);
  const { type } = await people.factors.enterNumber(user, number.e164, help);
  return type === "set" || type === "unchanged" ? { type: "done", to: hrefOf(context) } : overtaken(context);
}

function effectsOn({ person, t }: UserContext): string[] {
  const isFactor = person.number?.state === "confirmed";
  const effects = isFactor ? ["old", "sessions", "exactly", "told"] : ["confirms"];
  return effects.map((effect) => t(`console.user-number.${effect}`));
}

import { reasonSchema } from "../../../domain/factors/help.ts";
import { parseMobileNumber, shownNumber } from "../../../domain/factors/mobile-number.ts";
import type { Fields } from "../../../platform/web/form.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { enteredEffects, setUpOf } from "../factor-effects.ts";
import { hrefOf, mayAlone, overtaken, userOf, whoOf } from "../user-context.ts";
import type { FieldError } from "../../../platform/web/page-kit.ts";

const ACTION = "number.enter";

/** Enters a number that the user has to confirm. It replaces a confirmed number, which is no longer a factor then. */
export function userNumberPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user-number",
    about: "user",
    path: "/number",
    action: ACTION,
    trail: ["settings", "users"],
    keeps: ["number", "reason"],
    show: async (context) => {
      const { user, t } = context;
      const { number } = user;
      return {
        view: "user-number",
        model: {
          values: { number: "", reason: "" },
          who: whoOf(context),
          old: number === null ? null : shownNumber(number),
          isAlone: mayAlone(context, ACTION),
          tone: number?.state === "confirmed" ? "warn" : "info",
          effects: enteredEffects(await setUpOf(userDeps, context), context),
          undo: t("console.user-number.undo"),
          deleteHref: number === null ? null : hrefOf(context, "/number/delete"),
          resetHref: hrefOf(context, "/reset-authenticator"),
          backHref: hrefOf(context),
        },
      };
    },
    submit: (context, fields) => save(userDeps, context, fields),
  };
}

async function save(
  userDeps: UserDeps,
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
  const user = await userOf(userDeps, context);
  const { type } = await userDeps.factors.enterNumber(user, number.e164, help);
  return type === "set" || type === "unchanged" ? { type: "done", to: hrefOf(context) } : overtaken(context);
}

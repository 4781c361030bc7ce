import { reasonSchema } from "../../../domain/factors/help.ts";
import { removedBy } from "../../../domain/factors/method-removal.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { ConsoleOutcome, UserContext, UserPage } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf, whoOf } from "../user-context.ts";
import { isSeveral, methodsOf } from "../user-methods.ts";

/** Removes one of several methods of a user, such as the passkey of a lost device. */
export function userMethodPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user-method",
    about: "user",
    path: "/method",
    action: "user.reset-authenticator",
    trail: ["settings", "users"],
    keeps: ["method", "reason"],
    show: async (context) => {
      const { office, user, t } = context;
      const status = await userDeps.status.find(office.id, user.id, epochSeconds(now()));
      const methods = isSeveral(status) ? methodsOf(status, context) : [];
      return {
        view: "user-method",
        model: {
          values: { method: "", reason: "" },
          methods: methods.map(({ id, name, facts }) => ({
            ...{ value: id, label: name, hint: facts },
            recommended: false,
          })),
          effects: [
            ...["sessions", "told"].map((effect) => t(`console.user-method.${effect}`)),
            t("console.factors.stay"),
          ],
          who: whoOf(context),
          backHref: hrefOf(context),
        },
      };
    },
    submit: (context, fields) => remove(userDeps, context, fields),
  };
}

async function remove(
  userDeps: UserDeps,
  context: UserContext,
  { method = "", reason: typed = "" }: Fields,
): Promise<ConsoleOutcome> {
  const { actor: by, t } = context;
  if (method === "") {
    return fault("method", t("console.user-method.wrong"));
  }
  const reason = reasonSchema.safeParse(typed);
  if (!reason.success) {
    return fault("reason", t("console.reason.wrong"));
  }
  const help = { by, reason: reason.data, removed: removedBy(method) };
  const { type } = await userDeps.factors.removeMethod(await userOf(userDeps, context), help);
  if (type === "last") {
    return fault(null, t("console.user-method.last"));
  }
  if (type === "gone") {
    // Ended already, such as by the same form, or never the user's: the page shows what there is.
    return { type: "go", to: hrefOf(context) };
  }
  return type === "removed" ? { type: "done", to: hrefOf(context) } : overtaken(context);
}

import { reasonSchema } from "../../domain/factors/help.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { Action } from "../../domain/access/permissions.ts";
import type { ConsoleOutcome, UserPage, UserContext } from "./page.ts";
import { hrefOf, whoOf } from "./user-context.ts";

/** danger: something is taken away; warn: something changes that people feel; info: neither. */
type Tone = "danger" | "warn" | "info";

/** What is told before something is done to somebody. */
export interface Confirmation {
  readonly tone: Tone;
  /** Where the page's own title does not say what will be done. */
  readonly title?: string;
  /** What stands against it now, or has to be known besides; then there may be no button. */
  readonly notice?: string;
  readonly facts?: readonly { readonly name: string; readonly value: string }[];
  readonly effects: readonly string[];
  readonly undo: string;
  /** The buttons, the one of Enter first; none: it cannot be done now. */
  readonly buttons: readonly { readonly text: string; readonly value: string }[];
  /** What was seen, to be compared with what is there when the form comes back. */
  readonly seen?: string;
}

/** What was pressed, and why. */
export interface Decision {
  /** The button's value. */
  readonly decision: string;
  /** Empty where none is asked for. */
  readonly reason: string;
  readonly seen: string;
}

interface Spec {
  readonly name: string;
  readonly path: string;
  readonly action: Action;
  /** For the audit log. */
  readonly asksReason: boolean;
  readonly ask: (context: UserContext) => Promise<Confirmation>;
  readonly act: (context: UserContext, decision: Decision) => Promise<ConsoleOutcome>;
}

/** A page that says what will happen to whom, how it is undone, and asks for one press of a button. */
export function confirmPage({ name, path, action, asksReason, ask, act }: Spec): UserPage {
  return {
    ...{ name, path, action },
    about: "user",
    trail: ["settings", "users"],
    keeps: ["reason"],
    show: async (context) => {
      const { title, notice = null, facts = [], seen = "", ...confirmation } = await ask(context);
      const values = { reason: "" };
      return {
        view: "user-confirm",
        model: {
          ...{ ...confirmation, notice, facts, seen, asksReason, values },
          title: title ?? context.t(`console.${name}.title`),
          ...(title === undefined ? {} : { here: confirmation.buttons[0]?.text }),
          who: whoOf(context),
          backHref: hrefOf(context),
        },
      };
    },
    submit: (context, fields) => decide(context, fields, { asksReason, act }),
  };
}

function decide(
  context: UserContext,
  { reason = "", decision = "", seen = "" }: Fields,
  { asksReason, act }: Pick<Spec, "asksReason" | "act">,
): Promise<ConsoleOutcome> {
  const parsed = reasonSchema.safeParse(reason);
  if (asksReason && !parsed.success) {
    const errors = [{ field: "reason", message: context.t("console.reason.wrong") }];
    return Promise.resolve({ type: "errors", errors, values: { reason } });
  }
  return act(context, { decision, reason: parsed.data ?? "", seen });
}

/** What is told where it cannot be done now. */
export const onlyNotice = ({ t }: UserContext, notice: string): Confirmation => ({
  tone: "info",
  notice,
  effects: [],
  undo: t("console.undo.none"),
  buttons: [],
});

/** Shows a code that its owner needs to set up a factor, once. */
export const handOver = (context: UserContext, code: string): ConsoleOutcome => ({
  type: "show",
  shown: {
    view: "enrolment-code",
    model: { code, who: whoOf(context), backHref: hrefOf(context) },
  },
});

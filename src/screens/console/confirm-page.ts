import { reasonSchema } from "../../domain/factors/help.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { Action } from "../../domain/access/permissions.ts";
import type { ConsoleOutcome, UserPage, UserContext } from "./page.ts";
import { hrefOf, whoOf } from "./user-context.ts";

/** danger: something is removed; warn: something changes for the user; info: neither. */
type Tone = "danger" | "warn" | "info";

/** What the page explains before an action on a user. */
export interface Confirmation {
  readonly tone: Tone;
  /** Replaces the title of the page where that does not name the action. */
  readonly title?: string;
  /** Its name in the trail; else that of the first button, where the title is replaced. */
  readonly here?: string;
  /** Why the action is not possible now, or what else the administrator should know. */
  readonly notice?: string;
  readonly facts?: readonly { readonly name: string; readonly value: string }[];
  readonly effects: readonly string[];
  readonly undo: string;
  /** The buttons. The first one is for the Enter key. No buttons: the action is not possible now. */
  readonly buttons: readonly { readonly text: string; readonly value: string }[];
  /** The state that the page has shown; compared with the stored state when the form comes back. */
  readonly seen?: string;
}

/** The pressed button, and the reason. */
export interface Decision {
  /** The button's value. */
  readonly decision: string;
  /** Empty where the page asks for none. */
  readonly reason: string;
  readonly seen: string;
}

interface Spec {
  readonly name: string;
  readonly path: string;
  readonly action: Action;
  /** For the audit log, and for a second person. */
  readonly asksReason: boolean | ((context: UserContext) => boolean);
  /** See `PageOf`. */
  readonly isGrave?: (context: UserContext) => boolean;
  /** See `PageOf`. */
  readonly whenGone?: UserPage["whenGone"];
  readonly ask: (context: UserContext) => Promise<Confirmation>;
  readonly act: (context: UserContext, decision: Decision) => Promise<ConsoleOutcome>;
}

/** A page that explains an action on a user and how to undo it, and asks for one click. */
export function confirmPage({ name, path, action, asksReason, isGrave, whenGone, ask, act }: Spec): UserPage {
  return {
    ...{ name, path, action },
    ...(isGrave === undefined ? {} : { isGrave }),
    ...(whenGone === undefined ? {} : { whenGone }),
    about: "user",
    trail: ["settings", "users"],
    keeps: ["reason"],
    show: async (context) => {
      const { title, here, notice = null, facts = [], seen = "", ...confirmation } = await ask(context);
      const values = { reason: "" };
      return {
        view: "user-confirm",
        model: {
          ...{ ...confirmation, notice, facts, seen, values },
          asksReason: mustReason(asksReason, context),
          title: title ?? context.t(`console.${name}.title`),
          ...(title === undefined ? {} : { here: here ?? confirmation.buttons[0]?.text }),
          who: whoOf(context),
          backHref: hrefOf(context),
        },
      };
    },
    submit: (context, fields) =>
      decide(context, fields, { asksReason: mustReason(asksReason, context), act }),
  };
}

const mustReason = (asks: Spec["asksReason"], context: UserContext): boolean =>
  typeof asks === "boolean" ? asks : asks(context);

function decide(
  context: UserContext,
  { reason = "", decision = "", seen = "" }: Fields,
  { asksReason, act }: Pick<Spec, "act"> & { readonly asksReason: boolean },
): Promise<ConsoleOutcome> {
  const parsed = reasonSchema.safeParse(reason);
  if (asksReason && !parsed.success) {
    const errors = [{ field: "reason", message: context.t("console.reason.wrong") }];
    return Promise.resolve({ type: "errors", errors, values: { reason } });
  }
  return act(context, { decision, reason: parsed.data ?? "", seen });
}

/** The page of an action that is not possible now. */
export const onlyNotice = ({ t }: UserContext, notice: string): Confirmation => ({
  tone: "info",
  notice,
  effects: [],
  undo: t("console.undo.none"),
  buttons: [],
});

/** Shows, once, the code that the user needs to enrol a factor. */
export const showEnrolmentCode = (context: UserContext, code: string): ConsoleOutcome => ({
  type: "show",
  shown: {
    view: "enrolment-code",
    model: { code, who: whoOf(context), backHref: hrefOf(context) },
  },
});

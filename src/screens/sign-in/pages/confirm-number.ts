import { z } from "zod";
import { readableNumber } from "../../../domain/factors/mobile-number.ts";
import type { Page, PageContext } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";
import { enrolOutcome, type ReplacedFactorDeps } from "./replaced-factor.ts";
import {
  codeForm,
  liveOf,
  resend,
  sendOutcome,
  sendTo,
  sentFor,
  smsModel,
  type SmsDeps,
} from "./sms-page.ts";

const form = z.object({ later: z.string().optional() });

/** The number that an administrator entered after the reset. The user cannot choose another one here. */
export function confirmNumberPage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "confirm-number",
    view: "sign-in/confirm-number",
    form,
    keeps: [],
    show: (context) =>
      Promise.resolve({
        ...postponeModel(context),
        values: {},
        autofocus: "",
        number: readableNumber(enteredNumber(context)),
      }),
    submit: async (context, { later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const number = enteredNumber(context);
      const result = await sendTo(deps, context, { purpose: "enrol", to: number, isResend: false });
      return sendOutcome(deps, context, {
        result,
        field: null,
        next: "confirm-number-code",
        purpose: "enrol",
      });
    },
  };
}

/** The code that went to exactly that number. A code that was sent to another number proves nothing here. */
export function confirmNumberCodePage(deps: SmsDeps & ReplacedFactorDeps): Page<z.output<typeof codeForm>> {
  const isSentThere = async (context: PageContext) =>
    (await sentFor(deps, context, "enrol"))?.to === enteredNumber(context);
  return {
    name: "confirm-number-code",
    view: "sign-in/confirm-number-code",
    form: codeForm,
    keeps: [],
    skipTo: async (context) => ((await isSentThere(context)) ? null : "confirm-number"),
    show: (context) =>
      smsModel(deps, context, {
        purpose: "enrol",
        number: readableNumber(enteredNumber(context)),
        result: null,
      }),
    live: (context) => liveOf(deps, context, "enrol"),
    submit: async (context, { code, resend: again, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      if (!(await isSentThere(context))) {
        // As in enrol-sms.ts: a duplicate may just have used the code.
        return { type: "go", to: "confirm-number-code" };
      }
      if (again !== undefined) {
        const number = enteredNumber(context);
        return resend(deps, context, { purpose: "enrol", page: "confirm-number-code", to: number });
      }
      const replaces = false;
      const attempt = { type: "new-sms", code, binding: context.interaction.uid, replaces } as const;
      const result = await deps.codes.check(contactOf(context), attempt, context.visitor);
      const page = { name: "confirm-number-code", field: "code", fact: "sms-enrolled" } as const;
      return enrolOutcome(deps, context, { result, replaces, page });
    },
  };
}

function enteredNumber({ user }: PageContext): string {
  const number = user?.number ?? null;
  if (number === null) {
    throw new Error("There is no number to confirm.");
  }
  return number;
}

import { z } from "zod";
import { has } from "../journey.ts";
import type { Page, PageContext } from "../page.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";
import { otherEnrolments } from "./factor-choice.ts";
import { isConfirmed, sendOutcome, sendTo, sentFor, type SmsDeps } from "./sms-page.ts";
import { typedNumber, typedNumberModel } from "./typed-number.ts";

const form = z.object({ number: z.string().default(""), later: z.string().optional() });

/** The user enters their own number. It belongs to the account only once the code that goes there is entered. */
export function enterNumberPage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "enter-number",
    view: "sign-in/enter-number",
    form,
    keeps: ["number"],
    show: async (context) => ({
      ...postponeModel(context),
      ...codesLeftModel(context),
      instead: otherEnrolments(context, "sms"),
      ...typedNumberModel(context, await knownNumber(deps, context)),
    }),
    submit: async (context, { number: typed, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const read = typedNumber(context, typed);
      if (read.type === "errors") {
        return read;
      }
      const result = await sendTo(deps, context, { purpose: "enrol", to: read.number, isResend: false });
      return sendOutcome(deps, context, { result, field: "number", next: "enrol-sms", purpose: "enrol" });
    },
  };
}

/** The number to correct: the one of the last code, else the one that the office has entered, if that may be shown. */
async function knownNumber(deps: SmsDeps, context: PageContext): Promise<string | null> {
  const { signIn, user } = context;
  const sent = await sentFor(deps, context, "enrol");
  if (sent !== null) {
    return isConfirmed(context, sent.to) ? null : sent.to;
  }
  return signIn.number.state === "unconfirmed" && !has(signIn, "recovery-code-used")
    ? (user?.number ?? null)
    : null;
}

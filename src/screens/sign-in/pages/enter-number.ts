import { z } from "zod";
import type { Page } from "../page.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";
import { sendOutcome, sendTo, type SmsDeps } from "./sms-page.ts";
import { typedNumber, typedNumberModel } from "./typed-number.ts";

const form = z.object({ number: z.string().default(""), later: z.string().optional() });

/** The user enters their own number. It belongs to the account only once the code that goes there is entered. */
export function enterNumberPage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "enter-number",
    view: "sign-in/enter-number",
    form,
    keeps: ["number"],
    show: (context) =>
      Promise.resolve({
        ...postponeModel(context),
        ...codesLeftModel(context),
        ...typedNumberModel(context),
      }),
    submit: async (context, { number: typed, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const read = typedNumber(context, typed);
      if (read.type === "errors") {
        return read;
      }
      const result = await sendTo(deps, context, { purpose: "enrol", number: read.number, isResend: false });
      return sendOutcome(context, { result, field: "number", next: "enrol-sms", purpose: "enrol" });
    },
  };
}

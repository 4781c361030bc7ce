import { z } from "zod";
import type { Page } from "../page.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";
import { sendOutcome, sendTo, type SmsParts } from "./sms-page.ts";
import { typedNumber, typedNumberModel } from "./typed-number.ts";

const form = z.object({ number: z.string().default(""), later: z.string().optional() });

/** The user types the own number. It is stored with the code that goes there, and is nobody's before that is typed. */
export function enterNumberPage(parts: SmsParts): Page<z.output<typeof form>> {
  return {
    name: "enter-number",
    view: "sign-in/enter-number",
    form,
    keeps: ["number"],
    show: (visit) =>
      Promise.resolve({ ...postponeModel(visit), ...codesLeftModel(visit), ...typedNumberModel(visit) }),
    submit: async (visit, { number: typed, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      const read = typedNumber(visit, typed);
      if (read.type === "errors") {
        return read;
      }
      const result = await sendTo(parts, visit, { purpose: "enrol", number: read.number, isResend: false });
      return sendOutcome(parts, visit, { result, field: "number", next: "enrol-sms", purpose: "enrol" });
    },
  };
}

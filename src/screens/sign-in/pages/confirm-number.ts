import { z } from "zod";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import type { Page, Visit } from "../page.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";
import {
  codeForm,
  liveOf,
  resend,
  sendOutcome,
  sendTo,
  sentFor,
  smsModel,
  type SmsParts,
} from "./sms-page.ts";

const form = z.object({ later: z.string().optional() });

/** The number that the office has entered after a reset. There is no other to choose here. */
export function confirmNumberPage(parts: SmsParts): Page<z.output<typeof form>> {
  return {
    name: "confirm-number",
    view: "sign-in/confirm-number",
    form,
    keeps: [],
    show: (visit) =>
      Promise.resolve({
        ...postponeModel(visit),
        values: {},
        autofocus: "",
        number: unbrokenMask(enteredNumber(visit)),
      }),
    submit: async (visit, { later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      const number = enteredNumber(visit);
      const result = await sendTo(parts, visit, { purpose: "enrol", number, isResend: false });
      return sendOutcome(parts, visit, {
        result,
        field: null,
        next: "confirm-number-code",
        purpose: "enrol",
      });
    },
  };
}

/** The code that was sent to exactly that number; one that went elsewhere proves nothing here. */
export function confirmNumberCodePage(parts: SmsParts): Page<z.output<typeof codeForm>> {
  const isSentThere = async (visit: Visit) =>
    (await sentFor(parts, visit, "enrol"))?.number === enteredNumber(visit);
  return {
    name: "confirm-number-code",
    view: "sign-in/confirm-number-code",
    form: codeForm,
    keeps: [],
    skipTo: async (visit) => ((await isSentThere(visit)) ? null : "confirm-number"),
    show: (visit) =>
      smsModel(parts, visit, { purpose: "enrol", number: unbrokenMask(enteredNumber(visit)), result: null }),
    live: (visit) => liveOf(parts, visit, "enrol"),
    submit: async (visit, { code, resend: again, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      if (!(await isSentThere(visit))) {
        return { type: "go", to: "confirm-number" };
      }
      if (again !== undefined) {
        const number = enteredNumber(visit);
        return resend(parts, visit, { purpose: "enrol", page: "confirm-number-code", number });
      }
      const attempt = { type: "new-sms", code, binding: visit.interaction.uid, replaces: false } as const;
      const result = await parts.codes.check(personOf(visit), attempt, visit.visitor);
      return codeOutcome(visit, result, { name: "confirm-number-code", field: "code", fact: "sms-enrolled" });
    },
  };
}

function enteredNumber({ person }: Visit): string {
  const number = person?.number ?? null;
  if (number === null) {
    throw new Error("There is no number to confirm.");
  }
  return number;
}

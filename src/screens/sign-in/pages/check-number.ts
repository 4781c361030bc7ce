import { z } from "zod";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import type { Page } from "../page.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";
import { sendOutcome, sendTo, type SmsParts } from "./sms-page.ts";

const form = z.object({ later: z.string().optional() });

/** A number that the office has entered: the user looks at it before a message goes there. */
export function checkNumberPage(parts: SmsParts): Page<z.output<typeof form>> {
  return {
    name: "check-number",
    view: "sign-in/check-number",
    form,
    keeps: [],
    skipTo: ({ person }) => ((person?.number ?? null) === null ? "enter-number" : null),
    show: (visit) =>
      Promise.resolve({
        ...postponeModel(visit),
        values: {},
        autofocus: "",
        number: unbrokenMask(visit.person?.number ?? ""),
        otherHref: `/interaction/${visit.interaction.uid}/enter-number`,
      }),
    submit: async (visit, { later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      const number = visit.person?.number ?? null;
      if (number === null) {
        return { type: "go", to: "enter-number" };
      }
      const result = await sendTo(parts, visit, { purpose: "enrol", number, isResend: false });
      return sendOutcome(parts, visit, { result, field: null, next: "enrol-sms", purpose: "enrol" });
    },
  };
}

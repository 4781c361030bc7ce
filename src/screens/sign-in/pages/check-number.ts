import { z } from "zod";
import { readableNumber } from "../../../domain/factors/mobile-number.ts";
import { has } from "../journey.ts";
import type { Page } from "../page.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";
import { otherEnrolments } from "./factor-choice.ts";
import { sendOutcome, sendTo, type SmsDeps } from "./sms-page.ts";

const form = z.object({ later: z.string().optional() });

/** The number that the office has entered. The user checks it before a message goes out. */
export function checkNumberPage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "check-number",
    view: "sign-in/check-number",
    form,
    keeps: [],
    // After a recovery code, or beside a confirmed number that another factor has replaced, the number is lost.
    isOffered: (signIn) => signIn.number.state === "unconfirmed" && !has(signIn, "recovery-code-used"),
    skipTo: ({ signIn }) => (signIn.number.state === "none" ? "enter-number" : null),
    show: (context) =>
      Promise.resolve({
        ...postponeModel(context),
        values: {},
        autofocus: "",
        number: readableNumber(context.user?.number ?? ""),
        instead: otherEnrolments(context, "sms"),
        otherHref: `/interaction/${context.interaction.uid}/enter-number`,
      }),
    submit: async (context, { later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const number = context.user?.number ?? null;
      if (number === null) {
        return { type: "go", to: "enter-number" };
      }
      const result = await sendTo(deps, context, { purpose: "enrol", to: number, isResend: false });
      return sendOutcome(deps, context, { result, field: null, next: "enrol-sms", purpose: "enrol" });
    },
  };
}

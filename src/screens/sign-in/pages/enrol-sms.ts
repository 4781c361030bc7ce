import type { z } from "zod";
import { hasProvedFactor } from "../journey.ts";
import type { Page } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { codesLeftModel, postponed } from "./enrolment-model.ts";
import { otherEnrolments } from "./factor-choice.ts";
import { enrolOutcome, type ReplacedFactorDeps } from "./replaced-factor.ts";
import { codeForm, liveOf, resend, visibleNumber, sentFor, smsModel, type SmsDeps } from "./sms-page.ts";

/** The code that proves a new number. The number is stored only with the correct code. */
export function enrolSmsPage(deps: SmsDeps & ReplacedFactorDeps): Page<z.output<typeof codeForm>> {
  return {
    name: "enrol-sms",
    view: "sign-in/enrol-sms",
    form: codeForm,
    keeps: [],
    skipTo: async (context) => ((await sentFor(deps, context, "enrol")) === null ? "choose" : null),
    show: async (context) => {
      const sent = await sentFor(deps, context, "enrol");
      const number = visibleNumber(context, sent?.to ?? "");
      return {
        ...(await smsModel(deps, context, { purpose: "enrol", number, result: null })),
        ...codesLeftModel(context),
        instead: otherEnrolments(context, "sms"),
        changeHref: `/interaction/${context.interaction.uid}/enter-number`,
      };
    },
    live: (context) => liveOf(deps, context, "enrol"),
    submit: async (context, { code, resend: again, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const sent = await sentFor(deps, context, "enrol");
      if (sent === null) {
        // A duplicate of this form may just have used the code: this page decides again, from what is stored now.
        return { type: "go", to: "enrol-sms" };
      }
      if (again !== undefined) {
        return resend(deps, context, { purpose: "enrol", page: "enrol-sms", to: sent.to });
      }
      const replaces = hasProvedFactor(context.signIn);
      const attempt = { type: "new-sms", code, binding: context.interaction.uid, replaces } as const;
      const result = await deps.codes.check(contactOf(context), attempt, context.visitor);
      const page = { name: "enrol-sms", field: "code", fact: "sms-enrolled" } as const;
      return enrolOutcome(deps, context, { result, replaces, page });
    },
  };
}

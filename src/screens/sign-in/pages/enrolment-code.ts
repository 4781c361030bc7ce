import { z } from "zod";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import { codeOutcome, contactOf } from "./code-outcome.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";

const form = z.object({ enrolmentCode: z.string().default(""), later: z.string().optional() });

/** The one-time code that the administrator handed over after resetting the factor. */
export function enrolmentCodePage(codes: SecondFactorCheck): Page<z.output<typeof form>> {
  return {
    name: "enrolment-code",
    view: "sign-in/enrolment-code",
    form,
    keeps: [],
    show: (context) =>
      Promise.resolve({
        ...postponeModel(context),
        values: { enrolmentCode: "" },
        autofocus: "enrolmentCode",
      }),
    submit: async (context, { enrolmentCode, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const attempt = { type: "enrolment", code: enrolmentCode, binding: context.interaction.uid } as const;
      const result = await codes.check(contactOf(context), attempt, context.visitor);
      return codeOutcome(context, result, {
        name: "enrolment-code",
        field: "enrolmentCode",
        fact: "enrolment-code-proved",
      });
    },
  };
}

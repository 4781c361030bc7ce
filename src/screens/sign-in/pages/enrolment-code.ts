import { z } from "zod";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";

const form = z.object({ enrolmentCode: z.string().default(""), later: z.string().optional() });

/** The one-time code that whoever reset the factor has handed over. */
export function enrolmentCodePage(codes: SecondFactorCheck): Page<z.output<typeof form>> {
  return {
    name: "enrolment-code",
    view: "sign-in/enrolment-code",
    form,
    keeps: [],
    show: (visit) =>
      Promise.resolve({
        ...postponeModel(visit),
        values: { enrolmentCode: "" },
        autofocus: "enrolmentCode",
      }),
    submit: async (visit, { enrolmentCode, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      const attempt = { type: "enrolment", code: enrolmentCode, binding: visit.interaction.uid } as const;
      const result = await codes.check(personOf(visit), attempt, visit.visitor);
      return codeOutcome(visit, result, {
        name: "enrolment-code",
        field: "enrolmentCode",
        fact: "enrolment-code-proved",
      });
    },
  };
}

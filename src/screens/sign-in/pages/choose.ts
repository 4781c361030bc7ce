import { z } from "zod";
import { FACTOR_KINDS, FACTORS, factorText, type FactorKind } from "../../../domain/factors/factor.ts";

import { fault } from "../../../platform/web/page-kit.ts";
import type { Page, Visit } from "../page.ts";
import { enrolmentPage } from "./factor-ways.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";

const form = z.object({ method: z.string().default(""), later: z.string().optional() });

/** The methods that the office accepts, the stronger one first. */
const methodsFor = ({ signIn }: Visit): readonly FactorKind[] =>
  FACTOR_KINDS.filter((kind) => signIn.accepted.includes(kind));

/** The user's own choice of a method, among those that the office accepts. With one, there is nothing to choose. */
export function choosePage(): Page<z.output<typeof form>> {
  return {
    name: "choose",
    view: "sign-in/choose",
    form,
    keeps: ["method"],
    skipTo: (visit) => {
      const [only, ...others] = methodsFor(visit);
      return only !== undefined && others.length === 0 ? enrolmentPage(only, visit.signIn) : null;
    },
    show: (visit) =>
      Promise.resolve({
        ...postponeModel(visit),
        values: { method: methodsFor(visit)[0] ?? "" },
        autofocus: "method",
        options: methodsFor(visit).map((kind) => ({
          value: kind,
          label: visit.t(factorText(kind, "label")),
          hint: visit.t(factorText(kind, "hint")),
          recommended: FACTORS[kind].isRecommended,
        })),
      }),
    submit: (visit, { method, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return Promise.resolve(postponed(visit));
      }
      const chosen = methodsFor(visit).find((kind) => kind === method);
      return Promise.resolve(
        chosen === undefined
          ? fault("method", visit.t("choose.required"))
          : { type: "go", to: enrolmentPage(chosen, visit.signIn) },
      );
    },
  };
}

import { z } from "zod";
import { FACTOR_KINDS, FACTORS, factorText, type FactorKind } from "../../../domain/factors/factor.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { Page, PageContext } from "../page.ts";
import { enrolmentPage } from "./factor-choice.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";

const form = z.object({ method: z.string().default(""), later: z.string().optional() });

/** The methods that the office accepts, the strongest first. */
const methodsFor = ({ signIn }: PageContext): readonly FactorKind[] =>
  FACTOR_KINDS.filter((kind) => signIn.accepted.includes(kind));

/** The choice of a method. With only one accepted method the page is skipped. */
export function choosePage(): Page<z.output<typeof form>> {
  return {
    name: "choose",
    view: "sign-in/choose",
    form,
    keeps: ["method"],
    skipTo: (context) => {
      const [only, ...others] = methodsFor(context);
      return only !== undefined && others.length === 0 ? enrolmentPage(only, context.signIn) : null;
    },
    show: (context) =>
      Promise.resolve({
        ...postponeModel(context),
        values: { method: methodsFor(context)[0] ?? "" },
        autofocus: "method",
        options: methodsFor(context).map((kind) => ({
          value: kind,
          label: context.t(factorText(kind, "label")),
          hint: context.t(factorText(kind, "hint")),
          recommended: FACTORS[kind].isRecommended,
        })),
      }),
    submit: (context, { method, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return Promise.resolve(postponed(context));
      }
      const chosen = methodsFor(context).find((kind) => kind === method);
      return Promise.resolve(
        chosen === undefined
          ? fault("method", context.t("choose.required"))
          : { type: "go", to: enrolmentPage(chosen, context.signIn) },
      );
    },
  };
}

import { z } from "zod";
import { FACTOR_KINDS, FACTORS, factorText, type FactorKind } from "../../../domain/factors/factor.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { Page, PageContext } from "../page.ts";
import { enrolmentPage } from "./factor-choice.ts";
import { postponeModel, postponed } from "./enrolment-model.ts";
import { sentFor, type SmsDeps } from "./sms-page.ts";

const form = z.object({ method: z.string().default(""), later: z.string().optional() });

/** The methods that the office accepts, the strongest first. */
const methodsFor = ({ signIn }: PageContext): readonly FactorKind[] =>
  FACTOR_KINDS.filter((kind) => signIn.accepted.includes(kind));

/** The choice of a method. With only one accepted method the page is skipped. */
export function choosePage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "choose",
    view: "sign-in/choose",
    form,
    keeps: ["method"],
    skipTo: (context) => {
      const [only, ...others] = methodsFor(context);
      return only !== undefined && others.length === 0 ? enrolmentPage(only, context.signIn) : null;
    },
    show: async (context) => ({
      ...postponeModel(context),
      values: { method: await chosenBefore(deps, context) },
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

/** The method that was begun with in this sign-in: the one whose code was sent; else the strongest. */
async function chosenBefore(deps: SmsDeps, context: PageContext): Promise<FactorKind | ""> {
  const methods = methodsFor(context);
  const begun = (await sentFor(deps, context, "enrol")) === null ? undefined : methods.find(isSent);
  return begun ?? methods[0] ?? "";
}

const isSent = (kind: FactorKind): boolean => FACTORS[kind].sentBy !== null;

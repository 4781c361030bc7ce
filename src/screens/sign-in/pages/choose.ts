import { z } from "zod";
import {
  areSideBySide,
  FACTOR_KINDS,
  FACTORS,
  factorText,
  type FactorKind,
} from "../../../domain/factors/factor.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { nextStep } from "../journey.ts";
import type { Page, PageContext } from "../page.ts";
import { withRequestedFactor } from "../requested-factor.ts";
import type { SignIn } from "../sign-in-state.ts";
import type { SignInStore } from "../sign-in-store.ts";
import { factOf } from "./code-outcome.ts";
import { enrolmentPage } from "./factor-choice.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";
import { sentFor, type SmsDeps } from "./sms-page.ts";

const form = z.object({ method: z.string().default(""), later: z.string().optional() });

/** The methods that the office accepts, the strongest first. */
const methodsFor = ({ signIn }: PageContext): readonly FactorKind[] =>
  FACTOR_KINDS.filter((kind) => signIn.accepted.includes(kind));

export interface ChooseDeps extends SmsDeps {
  readonly store: SignInStore;
}

/** The choice of a method, which a user who comes back finds as it was. With only one accepted method the page is skipped. */
export function choosePage(deps: ChooseDeps): Page<z.output<typeof form>> {
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
      ...codesLeftModel(context),
      values: { method: chosenOf(context) ?? (await begunWith(deps, context)) },
      autofocus: "method",
      takesMore: areSideBySide(context.signIn.accepted),
      options: methodsFor(context).map((kind) => ({
        value: kind,
        label: context.t(factorText(kind, "label")),
        hint: context.t(factorText(kind, "hint")),
        recommended: FACTORS[kind].isRecommended,
      })),
    }),
    submit: async (context, { method, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const chosen = methodsFor(context).find((kind) => kind === method);
      if (chosen === undefined) {
        return fault("method", context.t("choose.required"));
      }
      if (chosen !== chosenOf(context)) {
        await keepChoice(deps, context, chosen);
      }
      return { type: "go", to: enrolmentPage(chosen, context.signIn) };
    },
  };
}

/** What was chosen last in this sign-in, while the office accepts it. */
function chosenOf(context: PageContext): FactorKind | null {
  const methods = methodsFor(context);
  const last = context.signIn.facts.findLast(({ type }) => methods.some((kind) => type === `${kind}-chosen`));
  return methods.find((kind) => last?.type === `${kind}-chosen`) ?? null;
}

/** The method whose code was sent in this sign-in, which other pages lead to as well; else the strongest. */
async function begunWith(deps: ChooseDeps, context: PageContext): Promise<FactorKind | ""> {
  const methods = methodsFor(context);
  const begun = (await sentFor(deps, context, "enrol")) === null ? undefined : methods.find(isSent);
  return begun ?? methods[0] ?? "";
}

const isSent = (kind: FactorKind): boolean => FACTORS[kind].sentBy !== null;

/** The page that sets the method up is of the same step, so the fact moves nothing on. */
async function keepChoice({ store }: ChooseDeps, context: PageContext, chosen: FactorKind): Promise<void> {
  const isStillDue = (signIn: SignIn) =>
    nextStep(withRequestedFactor(context.interaction, signIn)) === "enrol";
  await store.record(context.interaction.uid, factOf(context, `${chosen}-chosen`), isStillDue);
}

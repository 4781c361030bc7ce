import {
  FACTOR_KINDS,
  factorText,
  usableMethods,
  type FactorKind,
  type Sending,
} from "../../domain/factors/factor.ts";
import { RESISTANT_USERS } from "../../domain/factors/phishing-resistance.ts";
import { SUPPORT_OFFICE_CODE } from "../../domain/offices/office.ts";
import type { PolicyLosses } from "../../domain/offices/policy-dry-run.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import type { OfficeContext } from "./page.ts";
import { lostMethods } from "./policy-effects.ts";

/** What the page of the second-factor policy offers. */

/** The name of a method's box. */
export const boxOf = (kind: FactorKind): string => `method-${kind}`;

/** The choices of the form. Each says what it takes away from people. */
export async function choicesOf({ dryRun, sending }: ConsoleDeps, context: OfficeContext) {
  const { office, t } = context;
  const accepted = office.secondFactor.methods;
  const kinds = listedKinds(accepted, sending);
  const withoutEach = kinds.map((kind) => accepted.filter((other) => other !== kind));
  const losses = await dryRun.lossesOfEach(office, withoutEach);
  const people = losses[0]?.without ?? 0;
  const none = people > 0 ? t("console.settings.demand.required.none", { people }) : "";
  const isDemanded = office.secondFactor.demand === "required";
  // Of one that is not accepted, or is the only one, nothing could be said.
  const lostWithout = (losses: PolicyLosses | undefined, others: readonly FactorKind[] = []) =>
    losses === undefined || !isDemanded || others.length === 0 || others.length === accepted.length
      ? []
      : lostMethods(losses, context).map((loss) => t("console.settings.methods.without", { loss }));
  return {
    resistances: RESISTANT_USERS.map((value) => ({
      value,
      label: t(`console.settings.resistance.${value}`),
      hint: t(`console.settings.resistance.${value}.hint`),
    })),
    demands: demandsOf(context).map((demand) =>
      demand.value === "required" ? { ...demand, hint: `${demand.hint} ${none}`.trim() } : demand,
    ),
    methods: kinds.map((kind, index) => ({
      ...{ value: kind, box: boxOf(kind), label: t(factorText(kind, "label")) },
      hint: [t(factorText(kind, "acceptedHint")), ...lostWithout(losses[index], withoutEach[index])].join(
        " ",
      ),
    })),
  };
}

/** The staff of the platform has no choice. */
const demandsOf = ({ office, t }: OfficeContext) =>
  (office.code === SUPPORT_OFFICE_CODE ? ["required"] : ["off", "required"]).map((value) => ({
    value,
    label: t(`console.settings.demand.${value}`),
    hint: t(`console.settings.demand.${value}.hint`),
  }));

/** The methods that work here, and those that the office has. */
const listedKinds = (accepted: readonly FactorKind[], sending: Sending): FactorKind[] =>
  FACTOR_KINDS.filter(
    (kind) => accepted.includes(kind) || usableMethods(FACTOR_KINDS, sending).includes(kind),
  );

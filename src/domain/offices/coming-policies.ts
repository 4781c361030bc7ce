import type { Notice } from "../../platform/messages/notices.ts";
import { ROLES, type Role } from "../access/role.ts";
import { FACTORS, type FactorKind } from "../factors/factor.ts";
import { RESISTANT_ROLES } from "../factors/phishing-resistance.ts";
import type { Office } from "./office.ts";

/** A policy that begins on a day, as mails before it see it. */
export interface ComingPolicy {
  readonly kind: "second-factor" | "phishing-resistance";
  readonly from: Date;
  /** A user with one of these needs no mail. */
  readonly methods: readonly FactorKind[];
  readonly roles: readonly Role[];
  readonly notice: Notice;
}

/** The policies of an office that begin on a day, also on one that is past. */
export function comingPolicies({
  secondFactor,
  phishingResistance,
}: Pick<Office, "secondFactor" | "phishingResistance">): ComingPolicy[] {
  const { methods } = secondFactor;
  const general =
    secondFactor.demand === "off" || secondFactor.from === null
      ? []
      : [
          {
            ...({ kind: "second-factor", roles: ROLES, notice: "secondFactorSoon" } as const),
            ...{ from: secondFactor.from, methods },
          },
        ];
  const resistant =
    phishingResistance.of === "none" || phishingResistance.from === null
      ? []
      : [
          {
            ...({ kind: "phishing-resistance", notice: "passkeySoon" } as const),
            ...{ from: phishingResistance.from, roles: RESISTANT_ROLES[phishingResistance.of] },
            methods: methods.filter((kind) => FACTORS[kind].resistsPhishing),
          },
        ];
  return [...general, ...resistant];
}

import { z } from "zod";
import { FACTOR_KINDS, type FactorKind } from "../../../domain/factors/factor.ts";
import { has, type PageName } from "../journey.ts";
import type { Page, Visit } from "../page.ts";
import { postponed, postponeModel } from "./postpone.ts";

const form = z.object({ method: z.string().default(""), later: z.string().optional() });

/** The methods that the office accepts, the stronger one first. */
const methodsFor = ({ signIn }: Visit): readonly FactorKind[] =>
  FACTOR_KINDS.filter((kind) => signIn.accepted.includes(kind));

/** Where the enrolment of a method begins. */
function beginningOf(kind: FactorKind, { signIn }: Visit): PageName {
  switch (kind) {
    case "totp":
      return "enrol-totp";
    case "sms":
      // Whoever has a confirmed number and came here by something else has lost it.
      return signIn.number.state !== "unconfirmed" || has(signIn, "recovery-code-used")
        ? "enter-number"
        : "check-number";
  }
}

/** The user's own choice of a method, among those that the office accepts. With one, there is nothing to choose. */
export function choosePage(): Page<z.output<typeof form>> {
  return {
    name: "choose",
    view: "sign-in/choose",
    form,
    keeps: ["method"],
    skipTo: (visit) => {
      const [only, ...others] = methodsFor(visit);
      return only !== undefined && others.length === 0 ? beginningOf(only, visit) : null;
    },
    show: (visit) =>
      Promise.resolve({
        ...postponeModel(visit),
        values: { method: methodsFor(visit)[0] ?? "" },
        autofocus: "method",
        options: methodsFor(visit).map((kind) => ({
          value: kind,
          label: visit.t(`choose.${kind}.label`),
          hint: visit.t(`choose.${kind}.hint`),
          recommended: kind === "totp",
        })),
      }),
    submit: (visit, { method, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return Promise.resolve(postponed(visit));
      }
      const chosen = methodsFor(visit).find((kind) => kind === method);
      return Promise.resolve(
        chosen === undefined
          ? { errors: [{ field: "method", message: visit.t("choose.required") }] }
          : { go: beginningOf(chosen, visit) },
      );
    },
  };
}

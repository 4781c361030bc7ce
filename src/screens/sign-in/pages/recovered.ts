import { z } from "zod";
import { factorText } from "../../../domain/factors/factor.ts";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { Page, PageContext } from "../page.ts";
import { factOf } from "./code-outcome.ts";
import { codesLeftModel, postponed } from "./enrolment-model.ts";

const form = z.object({ answer: z.string().default("") });

/**
 * After a recovery code that has signed the user in: how many are left, and whether the factor is still there. Both answers sign
 * the user in; one that is lost is replaced first.
 */
export function recoveredPage(): Page<z.output<typeof form>> {
  return {
    name: "recovered",
    view: "sign-in/recovered",
    form,
    keeps: [],
    show: (context) =>
      Promise.resolve({
        ...codesLeftModel(context),
        values: {},
        autofocus: "",
        question: questionOf(context),
      }),
    submit: (context, { answer }) => {
      switch (answer) {
        case "yes":
          return Promise.resolve(postponed(context));
        case "no":
          return Promise.resolve({
            type: "done",
            fact: { ...factOf(context, "factor-lost"), also: ["code-acknowledged"] },
          });
        default:
          return Promise.resolve(fault(null, questionOf(context)));
      }
    },
  };
}

/** Asks for each factor that the office accepts, or, where it demands none, for all that the user has. */
function questionOf(context: PageContext): string {
  const { signIn, user, t, language } = context;
  const { factors, accepted, demand } = signIn;
  const names = factors
    .filter((kind) => demand !== "required" || accepted.includes(kind))
    .map((kind) => t(factorText(kind, "possession"), { number: unbrokenMask(user?.number ?? "") }));
  const things = new Intl.ListFormat(language, { type: "disjunction" }).format(names);
  return t("recovered.question", { things });
}

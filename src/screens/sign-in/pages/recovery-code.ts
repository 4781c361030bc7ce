import { z } from "zod";
import { factorText } from "../../../domain/factors/factor.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import { codeOutcome, contactOf } from "./code-outcome.ts";
import { firstChallenge, firstKind } from "./factor-choice.ts";

const form = z.object({ recoveryCode: z.string().default("") });

/** A recovery code in place of the factor. */
export function recoveryCodePage(codes: SecondFactorCheck): Page<z.output<typeof form>> {
  return {
    name: "recovery-code",
    view: "sign-in/recovery-code",
    form,
    keeps: [],
    show: ({ interaction, signIn, t }) =>
      Promise.resolve({
        values: { recoveryCode: "" },
        autofocus: "recoveryCode",
        back: t(factorText(firstKind(signIn), "back")),
        backHref: `/interaction/${interaction.uid}/${firstChallenge(signIn)}`,
        noCodesLeft: t(factorText(firstKind(signIn), "noCodesLeft")),
      }),
    submit: async (context, { recoveryCode }) => {
      const attempt = { type: "recovery", code: recoveryCode, binding: context.interaction.uid } as const;
      const result = await codes.check(contactOf(context), attempt, context.visitor);
      return codeOutcome(context, result, {
        name: "recovery-code",
        field: "recoveryCode",
        fact: "recovery-code-used",
      });
    },
  };
}

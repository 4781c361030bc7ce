import { z } from "zod";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import type { SignIn } from "../sign-in-state.ts";
import { codeOutcome, contactOf } from "./code-outcome.ts";
import { firstChallenge, firstKind } from "./factor-choice.ts";

const form = z.object({ code: z.string().default("") });

const isOffered = (signIn: SignIn): boolean => firstKind(signIn) === "sms" && signIn.factors.includes("totp");

/**
 * For a user who has lost the number in an office that accepts text messages only: the code of the app allows the user
 * to enrol another number, which is the next step.
 */
export function replaceNumberPage(codes: SecondFactorCheck): Page<z.output<typeof form>> {
  return {
    name: "replace-number",
    view: "sign-in/replace-number",
    form,
    keeps: [],
    isOffered,
    skipTo: ({ signIn }) => (isOffered(signIn) ? null : firstChallenge(signIn)),
    show: ({ interaction, user }) =>
      Promise.resolve({
        values: { code: "" },
        autofocus: "code",
        codeDigits: user?.codeDigits ?? 6,
        backHref: `/interaction/${interaction.uid}/lost-number`,
      }),
    submit: async (context, { code }) => {
      const attempt = { type: "totp", code, binding: context.interaction.uid } as const;
      const result = await codes.check(contactOf(context), attempt, context.visitor);
      return codeOutcome(context, result, { name: "replace-number", field: "code", fact: "totp-proved" });
    },
  };
}

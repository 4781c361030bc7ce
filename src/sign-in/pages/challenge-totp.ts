import { z } from "zod";
import type { SecondFactorCheck } from "../../factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";

const form = z.object({ code: z.string().default("") });

/** The code of the authenticator app. */
export function challengeTotpPage(codes: SecondFactorCheck): Page<z.output<typeof form>> {
  return {
    name: "challenge-totp",
    view: "sign-in/challenge-totp",
    form,
    keeps: [],
    skipTo: ({ signIn }) =>
      signIn.factors.includes("sms") && !signIn.factors.includes("totp") ? "challenge-sms" : null,
    show: ({ interaction, signIn }) =>
      Promise.resolve({
        values: { code: "" },
        autofocus: "code",
        recoveryHref: `/interaction/${interaction.uid}/recovery-code`,
        smsHref: signIn.factors.includes("sms") ? `/interaction/${interaction.uid}/challenge-sms` : null,
      }),
    submit: async (visit, { code }) => {
      const result = await codes.check(personOf(visit), { type: "totp", code }, visit.visitor);
      return codeOutcome(visit, result, { name: "challenge-totp", field: "code", fact: "totp-proved" });
    },
  };
}

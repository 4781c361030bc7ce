import { z } from "zod";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import { isSmsFirst } from "./app-way.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";
import { trustDaysOf, trustWish } from "./trust-wish.ts";

export interface ChallengeTotpParts {
  readonly codes: SecondFactorCheck;
  /** False where no gateway for text messages is set. */
  readonly canSendSms: boolean;
}

const form = z.object({ code: z.string().default(""), trust: z.string().optional() });

/** The code of the authenticator app. */
export function challengeTotpPage({ codes, canSendSms }: ChallengeTotpParts): Page<z.output<typeof form>> {
  return {
    name: "challenge-totp",
    view: "sign-in/challenge-totp",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (isSmsFirst(signIn) ? "challenge-sms" : null),
    show: (visit) => {
      const { interaction, signIn } = visit;
      const base = `/interaction/${interaction.uid}`;
      return Promise.resolve({
        values: { code: "" },
        autofocus: "code",
        recoveryHref: `${base}/recovery-code`,
        smsHref: canSendSms && signIn.factors.includes("sms") ? `${base}/challenge-sms` : null,
        trustDays: trustDaysOf(visit),
      });
    },
    submit: async (visit, { code, trust }) => {
      const attempt = { type: "totp", code, binding: visit.interaction.uid } as const;
      const result = await codes.check(personOf(visit), attempt, visit.visitor);
      return codeOutcome(visit, result, {
        name: "challenge-totp",
        field: "code",
        fact: "totp-proved",
        also: trustWish(trust),
      });
    },
  };
}

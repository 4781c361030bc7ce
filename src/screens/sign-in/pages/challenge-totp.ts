import type { Sending } from "../../../domain/factors/factor.ts";
import { z } from "zod";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page } from "../page.ts";
import type { SignIn } from "../sign-in-state.ts";
import { checkCode, codeOutcome } from "./code-outcome.ts";
import { firstChallenge, firstKind, isSufficient, otherFactors } from "./factor-choice.ts";
import { trustRequest, trustDaysOf } from "./challenge.ts";

export interface ChallengeTotpDeps {
  readonly codes: SecondFactorCheck;
  /** False where no gateway for text messages is set. */
  readonly sending: Sending;
}

const form = z.object({ code: z.string().default(""), trust: z.string().optional() });

const attemptOf = ({ code }: z.output<typeof form>, binding: string) =>
  ({ type: "totp", code, binding }) as const;

const isOffered = (signIn: SignIn): boolean => firstKind(signIn) === "totp" || isSufficient(signIn, "totp");

/** The code of the authenticator app. */
export function challengeTotpPage({ codes, sending }: ChallengeTotpDeps): Page<z.output<typeof form>> {
  return {
    name: "challenge-totp",
    view: "sign-in/challenge-totp",
    form,
    keeps: [],
    // Where the office accepts text messages only, the app proves the user for a new number instead:
    // `replace-number.ts`.
    isOffered,
    skipTo: ({ signIn }) => (isOffered(signIn) ? null : firstChallenge(signIn)),
    show: (context) =>
      Promise.resolve({
        values: { code: "" },
        autofocus: "code",
        codeDigits: context.user?.codeDigits ?? 6,
        recoveryHref: `/interaction/${context.interaction.uid}/recovery-code`,
        otherWays: otherFactors(context, "totp", sending),
        trustDays: trustDaysOf(context),
      }),
    attempt: attemptOf,
    submit: async (context, typed) => {
      const result = await checkCode(codes, context, attemptOf(typed, context.interaction.uid));
      return codeOutcome(context, result, {
        name: "challenge-totp",
        field: "code",
        fact: "totp-proved",
        also: trustRequest(typed.trust),
      });
    },
  };
}

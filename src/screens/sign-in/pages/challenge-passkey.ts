import type { Sending } from "../../../domain/factors/factor.ts";
import { z } from "zod";
import type { Ceremony, PasskeyChallenges } from "../../../domain/factors/passkeys/passkey-challenges.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import { ceremonyModel } from "../../../platform/web/ceremony-model.ts";
import type { Page, PageContext } from "../page.ts";
import type { SignIn } from "../sign-in-state.ts";
import { trustDaysOf, trustRequest } from "./challenge.ts";
import { checkCode, codeOutcome, contactOf } from "./code-outcome.ts";
import { firstChallenge, firstKind, isSufficient, otherFactors } from "./factor-choice.ts";

export interface PasskeyDeps {
  readonly codes: SecondFactorCheck;
  readonly challenges: PasskeyChallenges;
  /** False where no gateway for text messages is set. */
  readonly sending: Sending;
}

const form = z.object({ credential: z.string().default(""), trust: z.string().optional() });

const attemptOf = ({ credential: code }: z.output<typeof form>, binding: string) =>
  ({ type: "passkey", code, binding }) as const;

const isOffered = (signIn: SignIn): boolean =>
  firstKind(signIn) === "passkey" || isSufficient(signIn, "passkey");

/** One of the user's passkeys. The script of the page asks the browser for it; without one the page offers the other methods. */
export function challengePasskeyPage({
  codes,
  challenges,
  sending,
}: PasskeyDeps): Page<z.output<typeof form>> {
  return {
    name: "challenge-passkey",
    view: "sign-in/challenge-passkey",
    form,
    asks: true,
    keeps: [],
    isOffered,
    skipTo: ({ signIn }) => (isOffered(signIn) ? null : firstChallenge(signIn)),
    show: async (context) => ({
      values: {},
      autofocus: "",
      ceremony: context.isUnseen ? null : ceremonyModel(await ceremonyOf(challenges, context)),
      recoveryHref: `/interaction/${context.interaction.uid}/recovery-code`,
      otherWays: otherFactors(context, "passkey", sending),
      trustDays: trustDaysOf(context),
    }),
    attempt: attemptOf,
    submit: async (context, typed) => {
      const result = await checkCode(codes, context, attemptOf(typed, context.interaction.uid));
      return codeOutcome(context, result, {
        name: "challenge-passkey",
        field: null,
        fact: "passkey-proved",
        also: trustRequest(typed.trust),
        wrongText: "passkey.wrong",
      });
    },
  };
}

/** A page that is shown again has used its challenge up. */
const ceremonyOf = (challenges: PasskeyChallenges, context: PageContext): Ceremony | Promise<Ceremony> =>
  context.challenge === null
    ? challenges.ask(contactOf(context), context.interaction.uid)
    : challenges.asking(context.challenge);

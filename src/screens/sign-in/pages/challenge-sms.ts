import { z } from "zod";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import type { Page, PageContext } from "../page.ts";
import { trustRequest, trustDaysOf } from "./challenge.ts";
import { checkCode, codeOutcome } from "./code-outcome.ts";
import { firstChallenge, otherFactors } from "./factor-choice.ts";
import { liveOf, resend, sendTo, smsModel, type SmsDeps } from "./sms-page.ts";

const form = z.object({
  code: z.string().default(""),
  resend: z.string().optional(),
  trust: z.string().optional(),
});

const attemptOf = ({ code }: z.output<typeof form>, binding: string) =>
  ({ type: "sms", code, binding }) as const;

/**
 * The code of a text message. Opening the page sends the message to the confirmed number. Reloads do not send another
 * one, and a prefetch sends none: text messages cost money.
 */
export function challengeSmsPage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "challenge-sms",
    view: "sign-in/challenge-sms",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.factors.includes("sms") ? null : firstChallenge(signIn)),
    show: async (context) => {
      const number = confirmedNumber(context);
      const result = context.isUnseen
        ? null
        : await sendTo(deps, context, { purpose: "sign-in", to: number, isResend: false });
      const base = `/interaction/${context.interaction.uid}`;
      return {
        ...(await smsModel(deps, context, { purpose: "sign-in", number: unbrokenMask(number), result })),
        recoveryHref: `${base}/recovery-code`,
        lostHref: `${base}/lost-number`,
        otherWays: otherFactors(context, "sms", deps.sending),
        trustDays: trustDaysOf(context),
      };
    },
    live: (context) => liveOf(deps, context, "sign-in"),
    attempt: (typed, uid) => (typed.resend === undefined ? attemptOf(typed, uid) : null),
    submit: async (context, typed) => {
      if (typed.resend !== undefined) {
        const number = confirmedNumber(context);
        return resend(deps, context, { purpose: "sign-in", page: "challenge-sms", to: number });
      }
      const result = await checkCode(deps.codes, context, attemptOf(typed, context.interaction.uid));
      const page = { name: "challenge-sms", field: "code", fact: "sms-proved" } as const;
      return codeOutcome(context, result, { ...page, also: trustRequest(typed.trust) });
    },
  };
}

function confirmedNumber({ user, signIn }: PageContext): string {
  const number = user?.number ?? null;
  if (number === null || signIn.number.state !== "confirmed") {
    throw new Error("The user has the factor sms and no confirmed number.");
  }
  return number;
}

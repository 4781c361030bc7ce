import { z } from "zod";
import { maskAddress } from "../../../domain/factors/email/email-address.ts";
import type { SendResult } from "../../../domain/factors/sent-code-service.ts";
import type { Page, PageContext } from "../page.ts";
import { trustDaysOf, trustRequest } from "./challenge.ts";
import { checkCode, codeOutcome } from "./code-outcome.ts";
import { firstChallenge, otherFactors } from "./factor-choice.ts";
import { resend, sendTo, smsModel, type SmsDeps } from "./sms-page.ts";

const form = z.object({
  code: z.string().default(""),
  resend: z.string().optional(),
  trust: z.string().optional(),
});

const attemptOf = ({ code }: z.output<typeof form>, binding: string) =>
  ({ type: "email", code, binding }) as const;

/** The code of an email. Opening the page sends it to the proved address; reloads send no other, and a prefetch none. */
export function challengeEmailPage(deps: SmsDeps): Page<z.output<typeof form>> {
  return {
    name: "challenge-email",
    view: "sign-in/challenge-email",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.factors.includes("email") ? null : firstChallenge(signIn)),
    show: async (context) => {
      const to = provedAddress(context);
      const result = context.isUnseen ? null : await sent(deps, context, to);
      const base = `/interaction/${context.interaction.uid}`;
      return {
        ...(await smsModel(deps, context, { purpose: "sign-in", number: maskAddress(to ?? ""), result })),
        status: null,
        recoveryHref: `${base}/recovery-code`,
        otherWays: otherFactors(context, "email", deps.sending),
        trustDays: trustDaysOf(context),
      };
    },
    attempt: (typed, uid) => (typed.resend === undefined ? attemptOf(typed, uid) : null),
    submit: async (context, typed) => {
      const to = provedAddress(context);
      if (typed.resend !== undefined && to !== null) {
        return resend(deps, context, { purpose: "sign-in", page: "challenge-email", to });
      }
      const result = await checkCode(deps.codes, context, attemptOf(typed, context.interaction.uid));
      const page = { name: "challenge-email", field: "code", fact: "email-proved" } as const;
      return codeOutcome(context, result, { ...page, also: trustRequest(typed.trust) });
    },
  };
}

const sent = (deps: SmsDeps, context: PageContext, to: string | null): Promise<SendResult> =>
  to === null
    ? Promise.resolve({ type: "stopped", by: "off" })
    : sendTo(deps, context, { purpose: "sign-in", to, isResend: false });

/** Null where the address is not proved: nothing goes there. */
const provedAddress = ({ user }: PageContext): string | null =>
  user?.account.isMailProved === true ? user.account.mail : null;

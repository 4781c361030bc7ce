import { z } from "zod";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import type { Page, Visit } from "../page.ts";
import { trustWish, trustDaysOf } from "./challenge.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";
import { firstChallenge, otherWays } from "./factor-ways.ts";
import { liveOf, resend, sendTo, smsModel, type SmsParts } from "./sms-page.ts";

const form = z.object({
  code: z.string().default(""),
  resend: z.string().optional(),
  trust: z.string().optional(),
});

/**
 * The code of a text message. The first show sends it, to the confirmed number; however often the page is loaded, one
 * message goes out, and none for a look that nobody sees.
 */
export function challengeSmsPage(parts: SmsParts): Page<z.output<typeof form>> {
  return {
    name: "challenge-sms",
    view: "sign-in/challenge-sms",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.factors.includes("sms") ? null : firstChallenge(signIn)),
    show: async (visit) => {
      const number = confirmedNumber(visit);
      const result = visit.isUnseen
        ? null
        : await sendTo(parts, visit, { purpose: "sign-in", number, isResend: false });
      const base = `/interaction/${visit.interaction.uid}`;
      return {
        ...(await smsModel(parts, visit, { purpose: "sign-in", number: unbrokenMask(number), result })),
        recoveryHref: `${base}/recovery-code`,
        lostHref: `${base}/lost-number`,
        otherWays: otherWays(visit, "sms", true),
        trustDays: trustDaysOf(visit),
      };
    },
    live: (visit) => liveOf(parts, visit, "sign-in"),
    submit: async (visit, { code, resend: again, trust }) => {
      if (!visit.signIn.factors.includes("sms")) {
        return { type: "go", to: firstChallenge(visit.signIn) };
      }
      if (again !== undefined) {
        const number = confirmedNumber(visit);
        return resend(parts, visit, { purpose: "sign-in", page: "challenge-sms", number });
      }
      const attempt = { type: "sms", code, binding: visit.interaction.uid } as const;
      const result = await parts.codes.check(personOf(visit), attempt, visit.visitor);
      const page = { name: "challenge-sms", field: "code", fact: "sms-proved" } as const;
      return codeOutcome(visit, result, { ...page, also: trustWish(trust) });
    },
  };
}

function confirmedNumber({ person, signIn }: Visit): string {
  const number = person?.number ?? null;
  if (number === null || signIn.number.state !== "confirmed") {
    throw new Error("Somebody has the factor sms and no confirmed number.");
  }
  return number;
}

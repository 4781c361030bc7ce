import { z } from "zod";
import { clockSecond } from "../../../platform/web/clock-time.ts";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { SendResult, SmsCodeService } from "../../../domain/factors/sms-code-service.ts";
import type { SentCode, SmsPurpose } from "../../../domain/factors/sms-code-store.ts";
import { now } from "../../../kernel/clock.ts";
import type { MessageStatusStore } from "../../../platform/messages/message.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { hasProvedFactor, type PageName } from "../journey.ts";
import type { LiveStatus, Model, PageOutcome, Visit } from "../page.ts";
import { personOf } from "./code-outcome.ts";
import { postponeModel } from "./enrolment-model.ts";
import { liveStatusOf, statusOf } from "./sms-status.ts";

export interface SmsParts {
  readonly sender: SmsCodeService;
  readonly codes: SecondFactorCheck;
  readonly statuses: MessageStatusStore;
}

/** The form of a code that proves a new number. */
export const codeForm = z.object({
  code: z.string().default(""),
  resend: z.string().optional(),
  later: z.string().optional(),
});

/** A code for this sign-in, to a number in E.164. */
export function sendTo(
  { sender }: SmsParts,
  visit: Visit,
  wish: { purpose: SmsPurpose; number: string; isResend: boolean },
): Promise<SendResult> {
  return sender.sendCode({
    ...wish,
    person: personOf(visit),
    binding: visit.interaction.uid,
    visitor: visit.visitor,
    replaces: wish.purpose === "enrol" && hasProvedFactor(visit.signIn),
  });
}

/** What was sent last for this sign-in; null when nothing was. */
export const sentFor = ({ sender }: SmsParts, visit: Visit, purpose: SmsPurpose): Promise<SentCode | null> =>
  sender.stateOf({ person: personOf(visit), binding: visit.interaction.uid, purpose });

/** How it went, for the script of the page. */
export const liveOf = async (
  parts: SmsParts,
  visit: Visit,
  purpose: SmsPurpose,
): Promise<LiveStatus | null> =>
  liveStatusOf(parts, visit, { sent: await sentFor(parts, visit, purpose), purpose });

/** What a wish to send leads to: the page of the code, or the reason why nothing was sent and what works instead. */
export function sendOutcome(
  {}: SmsParts,
  visit: Visit,
  sent: { result: SendResult; field: string | null; next: PageName; purpose: SmsPurpose },
): PageOutcome {
  const { result, field, next } = sent;
  switch (result.type) {
    case "sent":
    case "already-sent":
    // The journey is asked again, and shows the block.
    case "blocked":
      return { type: "go", to: next };
    case "wait":
      return fault(field, visit.t("smsCode.wait", { seconds: secondsUntil(now(), result.until) }));
    case "stopped":
      return fault(field, stopText(visit, result.by, sent.purpose));
  }
}

/** Asks for another message to the number of the last one. */
export async function resend(
  parts: SmsParts,
  visit: Visit,
  { purpose, page, number }: { purpose: SmsPurpose; page: PageName; number: string },
): Promise<PageOutcome> {
  const result = await sendTo(parts, visit, { purpose, number, isResend: true });
  return sendOutcome(parts, visit, { result, field: null, next: page, purpose });
}

/** What the page of a code shows. `number`: as it may be seen here. `result`: of a message that was due just now. */
export async function smsModel(
  parts: SmsParts,
  visit: Visit,
  { purpose, number, result }: { purpose: SmsPurpose; number: string; result: SendResult | null },
): Promise<Model> {
  const at = now();
  const sent = await sentFor(parts, visit, purpose);
  const isExpired = sent !== null && sent.expiresAt <= at;
  const isWaiting = sent !== null && sent.resendAt > at;
  return {
    ...postponeModel(visit),
    values: { code: "" },
    autofocus: "code",
    number,
    isSent: sent !== null,
    stopped: result?.type === "stopped" ? stopText(visit, result.by, purpose) : null,
    isExpired,
    resend: isWaiting
      ? { at: sent.resendAt.toISOString(), time: clockSecond(sent.resendAt, visit.language) }
      : null,
    now: at.toISOString(),
    until: (sent?.expiresAt ?? at).toISOString(),
    // Of a code that is dead it does not matter any more how it went.
    status: isExpired ? null : await statusOf(parts, visit, { sent, purpose }),
  };
}

/** The number as it may be seen: whole for whoever has typed it here, else masked. */
export const seen = (visit: Visit, number: string): string =>
  number === visit.person?.number ? unbrokenMask(number) : number;

const stopText = ({ t }: Visit, by: string, purpose: SmsPurpose): string =>
  `${t(`smsStop.${by}`)} ${t(purpose === "enrol" ? "smsStop.otherwiseEnrol" : "smsStop.otherwise")}`;

const secondsUntil = (now: Date, then: Date): number =>
  Math.max(0, Math.ceil((then.getTime() - now.getTime()) / 1000));

import { clockTime } from "../../http/clock-time.ts";
import { maskNumber } from "../../factors/mobile-number.ts";
import type { SecondFactorCheck } from "../../factors/second-factor-check.ts";
import type { SendResult, SmsCodeService } from "../../factors/sms-code-service.ts";
import type { SentCode, SmsPurpose } from "../../factors/sms-code-store.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { MessageStatusStore } from "../../messages/message.ts";
import { hasProvedFactor, type PageName } from "../journey.ts";
import type { Model, Outcome, Visit } from "../page.ts";
import { personOf } from "./code-outcome.ts";

export interface SmsParts {
  readonly sender: SmsCodeService;
  readonly codes: SecondFactorCheck;
  readonly statuses: MessageStatusStore;
  readonly clock: Clock;
}

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

/** What a wish to send leads to: the page of the code, or the reason why nothing was sent and what works instead. */
export function sendOutcome(
  { clock }: SmsParts,
  visit: Visit,
  sent: { result: SendResult; field: string | null; next: PageName; purpose: SmsPurpose },
): Outcome {
  const { result, field, next } = sent;
  switch (result.type) {
    case "sent":
    case "already-sent":
    // The journey is asked again, and shows the block.
    case "blocked":
      return { go: next };
    case "wait":
      return {
        errors: [
          { field, message: visit.t("smsCode.wait", { seconds: secondsUntil(clock(), result.until) }) },
        ],
      };
    case "stopped":
      return { errors: [{ field, message: stopText(visit, result.by, sent.purpose) }] };
  }
}

/** Asks for another message to the number of the last one. */
export async function resend(
  parts: SmsParts,
  visit: Visit,
  { purpose, page, number }: { purpose: SmsPurpose; page: PageName; number: string },
): Promise<Outcome> {
  const result = await sendTo(parts, visit, { purpose, number, isResend: true });
  return sendOutcome(parts, visit, { result, field: null, next: page, purpose });
}

/** What the page of a code shows. `number`: as it may be seen here. `result`: of a message that was due just now. */
export async function smsModel(
  parts: SmsParts,
  visit: Visit,
  { purpose, number, result }: { purpose: SmsPurpose; number: string; result: SendResult | null },
): Promise<Model> {
  const { statuses, clock } = parts;
  const now = clock();
  const sent = await sentFor(parts, visit, purpose);
  const messageId = sent?.messageId ?? null;
  const status = messageId === null ? null : await statuses.find(personOf(visit).officeId, messageId);
  const { t, language } = visit;
  return {
    values: { code: "" },
    autofocus: "code",
    number,
    isSent: sent !== null,
    stopped: result?.type === "stopped" ? stopText(visit, result.by, purpose) : null,
    isExpired: sent !== null && sent.expiresAt <= now,
    resendSeconds: sent === null ? 0 : secondsUntil(now, sent.resendAt),
    resendAt: (sent?.resendAt ?? now).toISOString(),
    now: now.toISOString(),
    status:
      status === null ? null : t(`smsStatus.${status.state}`, { time: clockTime(status.at, now, language) }),
  };
}

/** The number as it may be seen: whole for whoever has typed it here, else masked. */
export const seen = (visit: Visit, number: string): string =>
  number === visit.person?.number ? maskNumber(number) : number;

const stopText = ({ t }: Visit, by: string, purpose: SmsPurpose): string =>
  `${t(`smsStop.${by}`)} ${t(purpose === "enrol" ? "smsStop.otherwiseEnrol" : "smsStop.otherwise")}`;

const secondsUntil = (now: Date, then: Date): number =>
  Math.max(0, Math.ceil((then.getTime() - now.getTime()) / 1000));

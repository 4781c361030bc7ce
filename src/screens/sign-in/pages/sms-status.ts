import type { SentCode, CodePurpose } from "../../../domain/factors/sent-code-store.ts";
import { timeOfDay } from "../../../kernel/date-format.ts";
import { now } from "../../../kernel/clock.ts";
import type { MessageState, SmsStatus } from "../../../platform/messages/message.ts";
import type { LiveStatus, PageContext } from "../page.ts";

/** What a page says about the last message: accepted, on its way, or lost. */
export interface SmsStatusView extends LiveStatus {
  readonly isLost: boolean;
}

/** All other states can still change with a delivery receipt. */
const FINAL: readonly MessageState[] = ["delivered", "refused", "failed", "expired"];
const LOST: readonly MessageState[] = ["refused", "failed", "expired"];

/** The status of the message of a code; null when unknown. */
export function statusOf(
  context: PageContext,
  { sent, purpose }: { sent: SentCode | null; purpose: CodePurpose },
): SmsStatusView | null {
  const status = sent?.status ?? null;
  return status === null ? null : viewOf(context, status, { now: now(), purpose });
}

/** For the script of an open page; null once the code has expired. */
export function liveStatusOf(
  context: PageContext,
  { sent, purpose }: { sent: SentCode | null; purpose: CodePurpose },
): LiveStatus | null {
  const isWaitedFor = sent !== null && sent.expiresAt > now();
  const status = isWaitedFor ? statusOf(context, { sent, purpose }) : null;
  if (status === null) {
    return null;
  }
  const { text, time, at, isFinal } = status;
  return { text, time, at, isFinal };
}

function viewOf(
  { t, ...reader }: PageContext,
  { state, at }: SmsStatus,
  { now, purpose }: { now: Date; purpose: CodePurpose },
): SmsStatusView {
  const time = timeOfDay(at, now, reader);
  const isNew = purpose === "enrol" && state === "refused";
  return {
    text: t(`smsStatus.${isNew ? "refusedNew" : state}`, { time }),
    time,
    at: at.toISOString(),
    isFinal: FINAL.includes(state),
    isLost: LOST.includes(state),
  };
}

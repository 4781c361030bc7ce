import type { SentCode, SmsPurpose } from "../../../domain/factors/sms-code-store.ts";
import { clockTime } from "../../../platform/web/clock-time.ts";
import { now } from "../../../kernel/clock.ts";
import type { MessageState, MessageStatusStore, SmsStatus } from "../../../platform/messages/message.ts";
import type { LiveStatus, Visit } from "../page.ts";
import { personOf } from "./code-outcome.ts";

interface StatusParts {
  readonly statuses: MessageStatusStore;
}

/** What a page says of the last message: taken, on its way, or that nothing will come. */
export interface SmsStatusView extends LiveStatus {
  readonly isLost: boolean;
}

/** A receipt may still come for the others. */
const FINAL: readonly MessageState[] = ["delivered", "refused", "failed", "expired"];
const LOST: readonly MessageState[] = ["refused", "failed", "expired"];

/** How a message went; null when nothing is known of it. */
export async function statusOf(
  { statuses }: StatusParts,
  visit: Visit,
  { sent, purpose }: { sent: SentCode | null; purpose: SmsPurpose },
): Promise<SmsStatusView | null> {
  const messageId = sent?.messageId ?? null;
  const status = messageId === null ? null : await statuses.find(personOf(visit).officeId, messageId);
  return status === null ? null : inWords(visit, status, { now: now(), purpose });
}

/** For the script of a page that is open; null when the code's time is over and nobody waits any more. */
export async function liveStatusOf(
  parts: StatusParts,
  visit: Visit,
  { sent, purpose }: { sent: SentCode | null; purpose: SmsPurpose },
): Promise<LiveStatus | null> {
  const isWaitedFor = sent !== null && sent.expiresAt > now();
  const status = isWaitedFor ? await statusOf(parts, visit, { sent, purpose }) : null;
  if (status === null) {
    return null;
  }
  const { text, time, at, isFinal } = status;
  return { text, time, at, isFinal };
}

function inWords(
  { t, language }: Visit,
  { state, at }: SmsStatus,
  { now, purpose }: { now: Date; purpose: SmsPurpose },
): SmsStatusView {
  const time = clockTime(at, now, language);
  const isNew = purpose === "enrol" && state === "refused";
  return {
    text: t(`smsStatus.${isNew ? "refusedNew" : state}`, { time }),
    time,
    at: at.toISOString(),
    isFinal: FINAL.includes(state),
    isLost: LOST.includes(state),
  };
}

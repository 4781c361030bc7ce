import { z } from "zod";
import { readableNumber, unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { timeWithSeconds } from "../../../kernel/date-format.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { CodeStop } from "../../../domain/factors/message-budget.ts";
import type { CodeSender, SendResult } from "../../../domain/factors/sent-code-service.ts";
import type { SentCode, CodePurpose } from "../../../domain/factors/sent-code-store.ts";
import type { Sending } from "../../../domain/factors/factor.ts";
import type { SentKind } from "../../../domain/factors/code-try.ts";
import { now } from "../../../kernel/clock.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { hasProvedFactor, type PageName } from "../journey.ts";
import type { LiveStatus, Model, PageOutcome, PageContext } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { postponeModel } from "./enrolment-model.ts";
import { liveStatusOf, statusOf } from "./sms-status.ts";

/** What the pages with a code by text message or email share: sending it, sending it again, and what they show. */

export interface SmsDeps {
  readonly sending: Sending;
  readonly sender: CodeSender;
  readonly codes: SecondFactorCheck;
}

/** The form for the code that proves a new number. */
export const codeForm = z.object({
  code: z.string().default(""),
  resend: z.string().optional(),
  later: z.string().optional(),
});

/** Sends a code for this sign-in. `to`: a number in E.164, or an address. */
export function sendTo(
  { sender }: SmsDeps,
  context: PageContext,
  message: { purpose: CodePurpose; to: string; isResend: boolean },
): Promise<SendResult> {
  return sender.sendCode({
    ...message,
    user: contactOf(context),
    office: context.office,
    binding: context.interaction.uid,
    visitor: context.visitor,
    replaces: message.purpose === "enrol" && hasProvedFactor(context.signIn),
  });
}

/** The code that was sent last in this sign-in; null when there is none. */
export const sentFor = (
  { sender }: SmsDeps,
  context: PageContext,
  purpose: CodePurpose,
): Promise<SentCode | null> =>
  sender.stateOf({ user: contactOf(context), binding: context.interaction.uid, purpose });

/** The status of the last message, for the script of the page. */
export const liveOf = async (
  deps: SmsDeps,
  context: PageContext,
  purpose: CodePurpose,
): Promise<LiveStatus | null> =>
  liveStatusOf(context, { sent: await sentFor(deps, context, purpose), purpose });

/** The outcome of a request to send: the page of the code, or why no message went out and what works instead. */
export function sendOutcome(
  { sender: { kind } }: SmsDeps,
  context: PageContext,
  sent: { result: SendResult; field: string | null; next: PageName; purpose: CodePurpose },
): PageOutcome {
  const { result, field, next } = sent;
  switch (result.type) {
    case "sent":
    case "already-sent":
    // The journey is asked again and shows the lockout.
    case "blocked":
      return { type: "go", to: next };
    case "wait":
      return fault(field, context.t(`${kind}Code.wait`, { seconds: secondsUntil(now(), result.until) }));
    case "stopped":
      return fault(field, stopText(context, kind, { by: result.by, purpose: sent.purpose }));
  }
}

/** Sends another message to the number or address of the last one. */
export async function resend(
  deps: SmsDeps,
  context: PageContext,
  { purpose, page, to }: { purpose: CodePurpose; page: PageName; to: string },
): Promise<PageOutcome> {
  const result = await sendTo(deps, context, { purpose, to, isResend: true });
  return sendOutcome(deps, context, { result, field: null, next: page, purpose });
}

/** The model of a code page. `number`: masked where necessary. `result`: of a message that this request has sent. */
export async function smsModel(
  deps: SmsDeps,
  context: PageContext,
  { purpose, number, result }: { purpose: CodePurpose; number: string; result: SendResult | null },
): Promise<Model> {
  const { kind } = deps.sender;
  const at = now();
  const known = result?.type === "sent" || result?.type === "already-sent";
  const sent = known ? result.sent : await sentFor(deps, context, purpose);
  const isExpired = sent !== null && sent.expiresAt <= at;
  const isWaiting = sent !== null && sent.resendAt > at;
  return {
    ...postponeModel(context),
    values: { code: "" },
    autofocus: "code",
    number,
    texts: `${kind}Code`,
    isSent: sent !== null,
    stopped: result?.type === "stopped" ? stopText(context, kind, { by: result.by, purpose }) : null,
    isExpired,
    isResent: sent?.isResent ?? false,
    resend: isWaiting
      ? { at: sent.resendAt.toISOString(), time: timeWithSeconds(sent.resendAt, context) }
      : null,
    now: at.toISOString(),
    until: (sent?.expiresAt ?? at).toISOString(),
    // The delivery of an expired code does not matter.
    status: isExpired ? null : statusOf(context, { sent, purpose }),
  };
}

/** The whole number that is to be confirmed, but a confirmed one masked: it must not leak to a thief of the password. */
export const visibleNumber = (context: PageContext, number: string): string =>
  isConfirmed(context, number) ? unbrokenMask(number) : readableNumber(number);

/** Whether this is the number that codes go to already. */
export const isConfirmed = ({ user, signIn }: PageContext, number: string): boolean =>
  number === user?.number && signIn.number.state === "confirmed";

const stopText = (
  { t }: PageContext,
  kind: SentKind,
  { by, purpose }: { by: CodeStop; purpose: CodePurpose },
): string =>
  `${t(`${kind}Stop.${by}`)} ${t(`${kind}Stop.${purpose === "enrol" ? "otherwiseEnrol" : "otherwise"}`)}`;

const secondsUntil = (now: Date, then: Date): number =>
  Math.max(0, Math.ceil((then.getTime() - now.getTime()) / 1000));

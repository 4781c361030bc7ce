import type { Sending } from "../../../domain/factors/factor.ts";
import { now } from "../../../kernel/clock.ts";
import {
  parseMobileNumber,
  readableNumber,
  unbrokenMask,
  writtenNumber,
} from "../../../domain/factors/mobile-number.ts";
import type { CodeSender } from "../../../domain/factors/sent-code-service.ts";
import { timeWithSeconds } from "../../../kernel/date-format.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { lockoutText, contactOf, requireAccepted, type CodeForm } from "../code-form.ts";
import { otherMethods } from "../other-methods.ts";
import { type ChangePage, type ChangeContext, type ChangeOutcome, type Shown, smsBinding } from "../page.ts";

export interface NumberPageDeps {
  readonly codes: CodeForm;
  readonly sender: CodeSender;
  readonly sending: Sending;
}

/**
 * Another number, or text messages in place of the app. The fresh sign-in has proved the current method, which stays
 * valid until the user enters the code that went to the new number. The server remembers that number; a form field
 * could be changed.
 */
export function numberPage(deps: NumberPageDeps): ChangePage {
  return {
    path: PATH,
    tab: "general",
    needsFactor: true,
    change: "number",
    keeps: ["number"],
    show: (context) => {
      requireAccepted(context, "sms");
      if (!deps.sending.sms) {
        return Promise.resolve({ view: "no-number", office: context.overview.office, model: {} });
      }
      const isEntry = context.overview.sent === null || context.query["other"] !== undefined;
      return Promise.resolve(isEntry ? entry(context, deps) : codePage(context, deps));
    },
    submit: (context, { number, code = "", resend }) => {
      requireAccepted(context, "sms");
      if (!deps.sending.sms) {
        return Promise.resolve({ type: "go", to: PATH });
      }
      if (number !== undefined) {
        return enter(deps, context, number);
      }
      if (resend !== undefined) {
        return sendAgain(deps, context);
      }
      const attempt = {
        type: "new-sms",
        code,
        binding: smsBinding(context.session),
        replaces: true,
      } as const;
      return deps.codes.submit(context, attempt, { kind: "sms", done: "number" });
    },
  };
}

const PATH = "/account/number";

function entry(context: ChangeContext, { codes, sending }: NumberPageDeps): Shown {
  const { overview, t } = context;
  const { number, sent } = overview;
  const old = number?.state === "confirmed" ? unbrokenMask(number.number) : null;
  // To be corrected: what was typed here, or what the office has entered.
  const known = sent?.to ?? (number?.state === "unconfirmed" ? number.number : undefined);
  return {
    view: "number",
    office: overview.office,
    model: {
      values: { number: known === undefined ? "" : writtenNumber(known) },
      autofocus: "number",
      block: lockoutText(context, codes),
      instead: otherMethods(context, "sms", sending),
      text: old === null ? t("account.number.switch") : t("account.number.change", { number: old }),
    },
  };
}

function codePage(context: ChangeContext, { codes, sending }: NumberPageDeps): Shown {
  const { overview } = context;
  const at = now();
  const resendAt = new Date((overview.sent?.resendAt ?? 0) * 1000);
  return {
    view: "number-code",
    office: overview.office,
    model: {
      values: { code: "" },
      autofocus: "code",
      block: lockoutText(context, codes),
      number: readableNumber(overview.sent?.to ?? ""),
      until: resendAt.toISOString(),
      untilTime: resendAt > at ? timeWithSeconds(resendAt, context) : null,
      now: at.toISOString(),
      isResent: overview.sent?.isResent ?? false,
      instead: otherMethods(context, "sms", sending),
      otherHref: `${PATH}?other=1`,
    },
  };
}

async function enter(deps: NumberPageDeps, context: ChangeContext, typed: string): Promise<ChangeOutcome> {
  const { overview, t } = context;
  const { country, countries } = overview.sms;
  const parsed = parseMobileNumber(typed, country, countries);
  if (parsed.type === "fault") {
    return fault("number", t(`account.number.${parsed.fault}`), { number: typed });
  }
  if (overview.number?.state === "confirmed" && overview.number.number === parsed.e164) {
    return fault("number", t("account.number.same"), { number: typed });
  }
  return send(deps, context, { to: parsed.e164, isResend: false });
}

/** Sends only to the number of the last code. */
async function sendAgain(deps: NumberPageDeps, context: ChangeContext): Promise<ChangeOutcome> {
  const number = context.overview.sent?.to;
  return number === undefined
    ? { type: "go", to: PATH }
    : send(deps, context, { to: number, isResend: true });
}

async function send(
  { sender }: NumberPageDeps,
  context: ChangeContext,
  message: { to: string; isResend: boolean },
): Promise<ChangeOutcome> {
  const { session, visitor, t } = context;
  const result = await sender.sendCode({
    ...message,
    user: contactOf(context),
    binding: smsBinding(session),
    purpose: "enrol",
    visitor,
    replaces: true,
  });
  switch (result.type) {
    case "sent":
    case "already-sent":
      return { type: "go", to: PATH };
    case "wait":
      return fault(null, t("account.number.wait"));
    case "stopped":
      return fault(null, t(result.by === "country" ? "account.number.country" : "account.number.stopped"));
    case "blocked":
      return fault(null, t("account.code.refused"));
  }
}

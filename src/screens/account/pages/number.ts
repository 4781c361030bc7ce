import { now } from "../../../kernel/clock.ts";
import { unbrokenMask, parseMobileNumber } from "../../../domain/factors/mobile-number.ts";
import type { SmsCodeService } from "../../../domain/factors/sms-code-service.ts";
import { clockTime } from "../../../platform/web/clock-time.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { blockOf, challengedOf, requireAccepted, type CodeForm } from "../code-form.ts";
import { type ChangePage, type ChangeVisit, type ChangeOutcome, type Shown, smsBinding } from "../page.ts";

export interface NumberPageParts {
  readonly codes: CodeForm;
  readonly sender: SmsCodeService;
  /** Whether this installation sends text messages at all. */
  readonly canSend: boolean;
}

/**
 * Another number, or text messages in place of the app. The fresh sign-in has proved the old method; it works until
 * the code that went to the new number is typed. The number that a code was sent to is remembered here, never in a form.
 */
export function numberPage(parts: NumberPageParts): ChangePage {
  return {
    path: PATH,
    tab: "general",
    needsFactor: true,
    show: (visit) => {
      requireAccepted(visit, "sms");
      if (!parts.canSend) {
        return Promise.resolve({ view: "no-number", office: visit.overview.office, model: {} });
      }
      const isEntry = visit.overview.sent === null || visit.query["other"] !== undefined;
      return Promise.resolve(isEntry ? entry(visit, parts) : codePage(visit, parts));
    },
    submit: (visit, { number, code = "", resend }) => {
      requireAccepted(visit, "sms");
      if (!parts.canSend) {
        return Promise.resolve({ type: "go", to: PATH });
      }
      if (number !== undefined) {
        return enter(parts, visit, number);
      }
      if (resend !== undefined) {
        return sendAgain(parts, visit);
      }
      const attempt = { type: "new-sms", code, binding: smsBinding(visit.session), replaces: true } as const;
      return parts.codes.submit(visit, attempt, { kind: "sms", done: "number" });
    },
  };
}

const PATH = "/account/number";

function entry({ overview, t, ...visit }: ChangeVisit, { codes }: NumberPageParts): Shown {
  const old = overview.number?.state === "confirmed" ? unbrokenMask(overview.number.number) : null;
  return {
    view: "number",
    office: overview.office,
    model: {
      values: { number: "" },
      autofocus: "number",
      block: blockOf({ ...visit, overview, t }, codes),
      text: old === null ? t("account.number.switch") : t("account.number.change", { number: old }),
    },
  };
}

function codePage(visit: ChangeVisit, { codes }: NumberPageParts): Shown {
  const { overview, language } = visit;
  const at = now();
  const resendAt = new Date((overview.sent?.resendAt ?? 0) * 1000);
  return {
    view: "number-code",
    office: overview.office,
    model: {
      values: { code: "" },
      autofocus: "code",
      block: blockOf(visit, codes),
      number: unbrokenMask(overview.sent?.number ?? ""),
      until: resendAt.toISOString(),
      untilTime: resendAt > at ? clockTime(resendAt, at, language) : null,
      now: at.toISOString(),
      otherHref: `${PATH}?other=1`,
    },
  };
}

async function enter(parts: NumberPageParts, visit: ChangeVisit, typed: string): Promise<ChangeOutcome> {
  const { overview, t } = visit;
  const { country, countries } = overview.sms;
  const parsed = parseMobileNumber(typed, country, countries);
  if (parsed.type === "fault") {
    return fault("number", t(`account.number.${parsed.fault}`), { number: typed });
  }
  if (overview.number?.state === "confirmed" && overview.number.number === parsed.e164) {
    return fault("number", t("account.number.same"), { number: typed });
  }
  return send(parts, visit, { number: parsed.e164, isResend: false });
}

/** Only to the number that the last code went to. */
async function sendAgain(parts: NumberPageParts, visit: ChangeVisit): Promise<ChangeOutcome> {
  const number = visit.overview.sent?.number;
  return number === undefined ? { type: "go", to: PATH } : send(parts, visit, { number, isResend: true });
}

async function send(
  { sender }: NumberPageParts,
  visit: ChangeVisit,
  wish: { number: string; isResend: boolean },
): Promise<ChangeOutcome> {
  const { session, visitor, t } = visit;
  const result = await sender.sendCode({
    ...wish,
    person: challengedOf(visit),
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

import { maskAddress } from "../../../domain/factors/email/email-address.ts";
import type { Sending } from "../../../domain/factors/factor.ts";
import type { CodeSender } from "../../../domain/factors/sent-code-service.ts";
import { now } from "../../../kernel/clock.ts";
import { timeWithSeconds } from "../../../kernel/date-format.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { contactOf, lockoutText, requireAccepted, type CodeForm } from "../code-form.ts";
import { otherMethods } from "../other-methods.ts";
import { smsBinding, type ChangeContext, type ChangeOutcome, type ChangePage, type Shown } from "../page.ts";

export interface EmailCodePageDeps {
  readonly codes: CodeForm;
  readonly sender: CodeSender;
  readonly sending: Sending;
}

/** Codes by email, to the account's own address: the user asks for one, and enters it. */
export function emailCodePage(deps: EmailCodePageDeps): ChangePage {
  return {
    path: PATH,
    tab: "general",
    needsFactor: true,
    change: "method",
    show: (context) => {
      requireAccepted(context, "email");
      const { sentMail } = context.overview;
      const isCurrent = sentMail !== null && sentMail.to === context.session.account.mail;
      return Promise.resolve(isCurrent ? codePage(context, deps) : entry(context, deps));
    },
    submit: (context, { code = "", send, resend }) => {
      requireAccepted(context, "email");
      if (send !== undefined || resend !== undefined) {
        return sendCode(deps, context, resend !== undefined);
      }
      if (context.session.account.mail === null) {
        return Promise.resolve({ type: "go", to: PATH });
      }
      const binding = smsBinding(context.session);
      const attempt = { type: "new-email", code, binding, replaces: true } as const;
      return deps.codes.submit(context, attempt, { kind: "email", done: "emailCode" });
    },
  };
}

const PATH = "/account/email-code";

const addressOf = ({ session }: ChangeContext): string => maskAddress(session.account.mail ?? "");

function entry(context: ChangeContext, { codes, sending }: EmailCodePageDeps): Shown {
  return {
    view: "email-code-start",
    office: context.overview.office,
    model: {
      values: {},
      block: lockoutText(context, codes),
      address: addressOf(context),
      hasAddress: context.session.account.mail !== null,
      instead: otherMethods(context, "email", sending),
    },
  };
}

function codePage(context: ChangeContext, { codes, sending }: EmailCodePageDeps): Shown {
  const { overview } = context;
  const at = now();
  const resendAt = new Date((overview.sentMail?.resendAt ?? 0) * 1000);
  return {
    view: "email-code",
    office: overview.office,
    model: {
      values: { code: "" },
      autofocus: "code",
      block: lockoutText(context, codes),
      address: addressOf(context),
      until: resendAt.toISOString(),
      untilTime: resendAt > at ? timeWithSeconds(resendAt, context) : null,
      now: at.toISOString(),
      isResent: overview.sentMail?.isResent ?? false,
      instead: otherMethods(context, "email", sending),
    },
  };
}

async function sendCode(
  { sender }: EmailCodePageDeps,
  context: ChangeContext,
  isResend: boolean,
): Promise<ChangeOutcome> {
  const { session, visitor, t } = context;
  const to = session.account.mail;
  if (to === null) {
    return { type: "go", to: PATH };
  }
  const result = await sender.sendCode({
    ...{ to, isResend, visitor, replaces: true },
    user: contactOf(context),
    binding: smsBinding(session),
    purpose: "enrol",
  });
  switch (result.type) {
    case "sent":
    case "already-sent":
      return { type: "go", to: PATH };
    case "wait":
      return fault(null, t("account.number.wait"));
    case "stopped":
      return fault(null, t(`emailStop.${result.by}`));
    case "blocked":
      return fault(null, t("account.code.refused"));
  }
}

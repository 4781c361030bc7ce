import type { z } from "zod";
import { maskAddress } from "../../../domain/factors/email/email-address.ts";
import { hasProvedFactor } from "../journey.ts";
import type { Page } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { codesLeftModel, postponed } from "./enrolment-model.ts";
import { otherEnrolments } from "./factor-choice.ts";
import { enrolOutcome, type ReplacedFactorDeps } from "./replaced-factor.ts";
import { codeForm, resend, sendTo, smsModel, type SmsDeps } from "./sms-page.ts";

/**
 * The first code by email. It goes to the account's own address, which no one types here: a thief who has the password could otherwise enter
 * a mailbox of their own. Opening the page sends it.
 */
export function enrolEmailPage(deps: SmsDeps & ReplacedFactorDeps): Page<z.output<typeof codeForm>> {
  return {
    name: "enrol-email",
    view: "sign-in/enrol-email",
    form: codeForm,
    keeps: [],
    show: async (context) => {
      const to = contactOf(context).mail;
      const result =
        context.isUnseen || to === null
          ? null
          : await sendTo(deps, context, { purpose: "enrol", to, isResend: false });
      return {
        ...(await smsModel(deps, context, { purpose: "enrol", number: maskAddress(to ?? ""), result })),
        ...codesLeftModel(context),
        status: null,
        hasAddress: to !== null,
        instead: otherEnrolments(context, "email"),
      };
    },
    submit: async (context, { code, resend: again, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const to = contactOf(context).mail;
      if (to === null) {
        return { type: "go", to: "enrol-email" };
      }
      if (again !== undefined) {
        return resend(deps, context, { purpose: "enrol", page: "enrol-email", to });
      }
      const replaces = hasProvedFactor(context.signIn);
      const attempt = { type: "new-email", code, binding: context.interaction.uid, replaces } as const;
      const result = await deps.codes.check(contactOf(context), attempt, context.visitor);
      const page = { name: "enrol-email", field: "code", fact: "email-enrolled" } as const;
      return enrolOutcome(deps, context, { result, replaces, page });
    },
  };
}

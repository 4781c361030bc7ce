import type { Translate } from "./languages.ts";
import type { Helper } from "./support-contact.ts";

/** Texts that tell their reader to ask the person who helps in the office: `{helper}` and `{numberHelper}` are filled in by us. */
const THROUGH_OFFICE: ReadonlySet<string> = new Set([
  "enrolmentCode.none",
  "enrolmentClosed.text",
  "blocked.frozen.text",
  "notice.factorEnrolled.text",
  "notice.passkeyAdded.text",
  "notice.emailCodeAdded.text",
  "notice.passwordLinkWithheld.text",
  "notice.factorRemoved.text",
  "notice.factorRemovedByOffice.text",
  "notice.factorReset.text",
  "notice.setUpOpened.text",
  "notice.recoveryCodeUsed.text",
  "notice.recoveryCodesLow.text",
  "notice.numberConfirmed.text",
  "notice.numberChanged.text",
  "notice.numberRequested.text",
  "notice.numberApproved.text",
  "notice.numberReplaced.text",
  "notice.numberRemoved.text",
  "forgotPassword.sent.nothing",
  "whichOffice.sent.nothing",
  "newPassword.done.frozen",
  "invitation.gone",
  "notMe.gone",
  "notMe.done.too-late.text",
  "notMe.done.next",
  "notMe.done.ended.next",
  "notice.passwordReset.text",
  "notice.passwordResetLifted.text",
  "notice.passwordChanged.text",
  "smsStatus.refused",
  "smsStatus.refusedNew",
  "smsStop.otherwiseEnrol",
  "emailStop.otherwiseEnrol",
  "enrolEmail.noAddress",
  "mobileNumber.country",
  "confirmNumber.other",
  "lostNumber.office",
  "newNumber.text",
  "newNumber.held",
  "numberPending.text",
  "account.history.text",
  "notice.passwordChangedHere.text",
  "notice.profileChanged.text",
  "notice.sessionsEnded.text",
  "notice.sessionEndedByOffice.text",
  "notice.sessionsEndedByOffice.text",
  "notice.accountDeleted.text",
  "notice.roleChanged.text",
  "notice.accessRevoked.text",
  "notice.trustEnded.text",
  "notice.trustEndedByOffice.text",
  "notice.recoveryCodesMade.text",
  "notice.numberSwitchedOff.text",
  "console.refused.staff",
]);

/** The same of every kind of second factor, also of one that is added: nothing to try is left, and only the office can help. */
const NO_CODES_LEFT = /^factor\.[\w-]+\.noCodesLeft$/;

/** Texts that send their reader to support at once. */
const TO_SUPPORT: ReadonlySet<string> = new Set([
  "error.unknown-application.action",
  "error.bad-redirect.action",
  "error.request.action",
  "error.internal.action",
  "error.unreadable-factor.action",
  "notice.factorResetAsked.text",
  "notice.superuserChanged.text",
  "notice.officeClosed.text",
  "console.application-try.fault.invalid_scope",
  "console.wrong.app.other",
]);

/**
 * Where a text sends its reader for help; null: nowhere. Each page and mail with such a text shows the support contact. This is the
 * one list of them, so that no page has to remember it; test/support-contact.test.ts reads the catalogues for what is missing here.
 */
export function asksFor(key: string, helper: Helper): "office" | "support" | null {
  if (THROUGH_OFFICE.has(key) || NO_CODES_LEFT.test(key)) {
    return helper === "support" ? "support" : "office";
  }
  return TO_SUPPORT.has(key) ? "support" : null;
}

/** The words for the helper, in the case that the sentences of each language need. Accountants enter numbers as well. */
export const helperWords = (t: Translate, helper: Helper): { helper: string; numberHelper: string } => ({
  helper: t(`helper.${helper}`),
  numberHelper: t(`helper.number.${helper}`),
});

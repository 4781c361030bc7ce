import type { PasswordCheck } from "../../../domain/credentials/password-check.ts";
import type { PageName } from "../journey.ts";
import type { LiveStatus, Model, PageOutcome, Page, Visit } from "../page.ts";
import type { FieldError } from "../../../platform/web/page-kit.ts";
import { blockedPage } from "./blocked.ts";
import { challengeTotpPage, type ChallengeTotpParts } from "./challenge-totp.ts";
import { challengeSmsPage } from "./challenge-sms.ts";
import { checkNumberPage } from "./check-number.ts";
import { choosePage } from "./choose.ts";
import { confirmNumberCodePage, confirmNumberPage } from "./confirm-number.ts";
import { enrolSmsPage } from "./enrol-sms.ts";
import { enrolTotpPage, type EnrolTotpParts } from "./enrol-totp.ts";
import { enrolmentClosedPage } from "./enrolment-closed.ts";
import { enrolmentCodePage } from "./enrolment-code.ts";
import { newPasswordPage, type NewPasswordParts } from "./new-password.ts";
import { enterNumberPage } from "./enter-number.ts";
import { lostNumberPage } from "./lost-number.ts";
import { newNumberPage, type NewNumberParts } from "./new-number.ts";
import { numberPendingPage } from "./number-pending.ts";
import { passwordPage } from "./password.ts";
import { replaceNumberPage } from "./replace-number.ts";
import { recoveryCodePage } from "./recovery-code.ts";
import { recoveryCodesPage, type RecoveryCodesParts } from "./recovery-codes.ts";
import type { SmsParts } from "./sms-page.ts";

/** A page whose form type is its own business. */
export interface AnyPage {
  readonly name: PageName;
  readonly view: string;
  readonly keeps: readonly string[];
  skipTo(visit: Visit): Promise<PageName | null>;
  show(visit: Visit): Promise<Model>;
  /** Null where the page has nothing that goes on while it is open. */
  live(visit: Visit): Promise<LiveStatus | null> | null;
  submit(visit: Visit, fields: Readonly<Record<string, string>>): Promise<PageOutcome>;
}

export type Pages = Readonly<Record<PageName, AnyPage>>;

export interface PagesParts
  extends ChallengeTotpParts, EnrolTotpParts, RecoveryCodesParts, NewPasswordParts, SmsParts, NewNumberParts {
  readonly passwords: PasswordCheck;
}

/** Every page of the journey by its name; a page that the table names and nobody wrote is a type error. */
export function createPages(parts: PagesParts): Pages {
  const { codes } = parts;
  return {
    password: closed(passwordPage(parts)),
    blocked: closed(blockedPage()),
    "challenge-totp": closed(challengeTotpPage(parts)),
    "challenge-sms": closed(challengeSmsPage(parts)),
    "lost-number": closed(lostNumberPage()),
    "replace-number": closed(replaceNumberPage(codes)),
    "new-number": closed(newNumberPage(parts)),
    "number-pending": closed(numberPendingPage(parts)),
    "confirm-number": closed(confirmNumberPage(parts)),
    "confirm-number-code": closed(confirmNumberCodePage(parts)),
    "check-number": closed(checkNumberPage(parts)),
    "enter-number": closed(enterNumberPage(parts)),
    "enrol-sms": closed(enrolSmsPage(parts)),
    "recovery-code": closed(recoveryCodePage(codes)),
    "enrolment-closed": closed(enrolmentClosedPage()),
    "enrolment-code": closed(enrolmentCodePage(codes)),
    choose: closed(choosePage()),
    "enrol-totp": closed(enrolTotpPage(parts)),
    "recovery-codes": closed(recoveryCodesPage(parts)),
    "new-password": closed(newPasswordPage(parts)),
  };
}

function closed<Form>(page: Page<Form>): AnyPage {
  return {
    name: page.name,
    view: page.view,
    keeps: page.keeps,
    skipTo: async (visit) => (await page.skipTo?.(visit)) ?? null,
    show: (visit) => page.show(visit),
    live: (visit) => page.live?.(visit) ?? null,
    submit: (visit, fields) => {
      const parsed = page.form.safeParse(fields);
      return parsed.success
        ? page.submit(visit, parsed.data)
        : Promise.resolve({
            type: "errors",
            errors: parsed.error.issues.map((issue): FieldError => faultOf(issue)),
          });
    },
  };
}

const faultOf = (issue: { path: readonly PropertyKey[]; message: string }): FieldError => ({
  field: typeof issue.path[0] === "string" ? issue.path[0] : null,
  message: issue.message,
});

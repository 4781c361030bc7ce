import type { PasswordCheck } from "../../../domain/credentials/password-check.ts";
import type { Passwordless } from "../../../domain/factors/passkeys/passwordless.ts";
import type { CodeSender } from "../../../domain/factors/sent-code-service.ts";
import type { CodeTry } from "../../../domain/factors/code-try.ts";
import type { PageName } from "../journey.ts";
import { isOffered } from "../offered-pages.ts";
import type { LiveStatus, Model, PageOutcome, Page, PageContext } from "../page.ts";
import type { SignIn } from "../sign-in-state.ts";
import type { FieldError } from "../../../platform/web/page-kit.ts";
import { blockedPage } from "./blocked.ts";
import { challengePasskeyPage, type PasskeyDeps } from "./challenge-passkey.ts";
import { challengeTotpPage, type ChallengeTotpDeps } from "./challenge-totp.ts";
import { challengeEmailPage } from "./challenge-email.ts";
import { challengeSmsPage } from "./challenge-sms.ts";
import { checkNumberPage } from "./check-number.ts";
import { choosePage } from "./choose.ts";
import { confirmNumberCodePage, confirmNumberPage } from "./confirm-number.ts";
import { enrolEmailPage } from "./enrol-email.ts";
import { enrolPasskeyPage } from "./enrol-passkey.ts";
import { enrolSmsPage } from "./enrol-sms.ts";
import { enrolTotpPage, type EnrolTotpDeps } from "./enrol-totp.ts";
import { enrolmentClosedPage } from "./enrolment-closed.ts";
import { enrolmentCodePage } from "./enrolment-code.ts";
import { newPasswordPage, type NewPasswordDeps } from "./new-password.ts";
import { enterNumberPage } from "./enter-number.ts";
import { lostNumberPage } from "./lost-number.ts";
import { newNumberPage, type NewNumberDeps } from "./new-number.ts";
import { numberPendingPage } from "./number-pending.ts";
import { passwordPage } from "./password.ts";
import { replaceNumberPage } from "./replace-number.ts";
import { lostNumberCodePage, recoveryCodePage } from "./recovery-code.ts";
import { recoveredPage } from "./recovered.ts";
import { recoveryCodesPage, type RecoveryCodesDeps } from "./recovery-codes.ts";
import type { SmsDeps } from "./sms-page.ts";

/** A page without the type of its form, so that one list can hold all pages. */
export interface AnyPage {
  readonly name: PageName;
  readonly view: string;
  readonly asks: boolean;
  readonly keeps: readonly string[];
  isOffered(signIn: SignIn): boolean;
  skipTo(context: PageContext): Promise<PageName | null>;
  show(context: PageContext): Promise<Model>;
  /** Null for a page without a live status. */
  live(context: PageContext): Promise<LiveStatus | null> | null;
  attempt(fields: Readonly<Record<string, string>>, uid: string): CodeTry | null;
  submit(context: PageContext, fields: Readonly<Record<string, string>>): Promise<PageOutcome>;
}

export type Pages = Readonly<Record<PageName, AnyPage>>;

export interface PagesDeps
  extends
    PasskeyDeps,
    ChallengeTotpDeps,
    EnrolTotpDeps,
    RecoveryCodesDeps,
    NewPasswordDeps,
    SmsDeps,
    NewNumberDeps {
  readonly passwords: PasswordCheck;
  readonly passwordless: Passwordless;
  readonly emailSender: CodeSender;
}

/** Every page of the journey by its name. A page that is missing here is a type error. */
export function createPages(deps: PagesDeps): Pages {
  const { codes } = deps;
  const byEmail = { ...deps, sender: deps.emailSender };
  return {
    password: withoutFormType(passwordPage(deps)),
    blocked: withoutFormType(blockedPage()),
    "challenge-passkey": withoutFormType(challengePasskeyPage(deps)),
    "enrol-passkey": withoutFormType(enrolPasskeyPage(deps)),
    "challenge-totp": withoutFormType(challengeTotpPage(deps)),
    "challenge-sms": withoutFormType(challengeSmsPage(deps)),
    "challenge-email": withoutFormType(challengeEmailPage(byEmail)),
    "enrol-email": withoutFormType(enrolEmailPage(byEmail)),
    "lost-number": withoutFormType(lostNumberPage(deps)),
    "replace-number": withoutFormType(replaceNumberPage(codes)),
    "new-number": withoutFormType(newNumberPage(deps)),
    "number-pending": withoutFormType(numberPendingPage(deps)),
    "confirm-number": withoutFormType(confirmNumberPage(deps)),
    "confirm-number-code": withoutFormType(confirmNumberCodePage(deps)),
    "check-number": withoutFormType(checkNumberPage(deps)),
    "enter-number": withoutFormType(enterNumberPage(deps)),
    "enrol-sms": withoutFormType(enrolSmsPage(deps)),
    "recovery-code": withoutFormType(recoveryCodePage(codes)),
    "lost-number-code": withoutFormType(lostNumberCodePage(codes)),
    recovered: withoutFormType(recoveredPage()),
    "enrolment-closed": withoutFormType(enrolmentClosedPage()),
    "enrolment-code": withoutFormType(enrolmentCodePage(codes)),
    choose: withoutFormType(choosePage(deps)),
    "enrol-totp": withoutFormType(enrolTotpPage(deps)),
    "recovery-codes": withoutFormType(recoveryCodesPage(deps)),
    "new-password": withoutFormType(newPasswordPage(deps)),
  };
}

function withoutFormType<Form>(page: Page<Form>): AnyPage {
  return {
    name: page.name,
    view: page.view,
    asks: page.asks ?? false,
    keeps: page.keeps,
    isOffered: (signIn) => isOffered(page, signIn),
    skipTo: async (context) => (await page.skipTo?.(context)) ?? null,
    show: (context) => page.show(context),
    live: (context) => page.live?.(context) ?? null,
    attempt: (fields, uid) => {
      const parsed = page.form.safeParse(fields);
      return parsed.success ? (page.attempt?.(parsed.data, uid) ?? null) : null;
    },
    submit: (context, fields) => {
      const parsed = page.form.safeParse(fields);
      return parsed.success
        ? page.submit(context, parsed.data)
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

import type { AuditStore } from "./audit/audit-store.ts";
import type { Database } from "./database/database.ts";
import type { EnrolmentStore } from "./factors/enrolment.ts";
import type { FactorStore } from "./factors/factor-store.ts";
import type { GuardStore } from "./factors/guard-store.ts";
import { NumberNotices, type NotMe } from "./factors/number-notices.ts";
import { NumberNotMe } from "./factors/number-not-me.ts";
import { NumberRecord } from "./factors/number-record.ts";
import { NumberService } from "./factors/number-service.ts";
import { NumberStore } from "./factors/number-store.ts";
import type { RecoveryCodeStore } from "./factors/recovery-code-store.ts";
import { SmsBudget } from "./factors/sms-budget.ts";
import { SmsBudgetStore } from "./factors/sms-budget-store.ts";
import { SmsCodeCheck } from "./factors/sms-code-check.ts";
import { SmsCodeService } from "./factors/sms-code-service.ts";
import { SmsCodeStore } from "./factors/sms-code-store.ts";
import type { Clock } from "./kernel/clock.ts";
import type { KeyedHash } from "./kernel/secret.ts";
import type { MessageQueue } from "./messages/message.ts";
import type { Notices } from "./messages/notices.ts";
import type { OfficeStore } from "./offices/office-store.ts";
import type { Settings } from "./settings.ts";
import type { InstallationRules } from "./sign-in/sign-in-row.ts";
import type { UserStore } from "./users/user-store.ts";

interface NumberParts {
  readonly settings: Settings;
  readonly database: Database;
  readonly hash: KeyedHash;
  readonly audit: AuditStore;
  readonly users: UserStore;
  readonly offices: OfficeStore;
  readonly guard: GuardStore;
  readonly factors: FactorStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly notices: Notices;
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly notMe: NotMe;
  readonly translate: (
    language: string,
    key: string,
    values: Readonly<Record<string, string | number>>,
  ) => string;
}

/** What the sign-in needs to know of this installation. */
export const rulesOf = ({ secondFactorGuard: { frozenFrom }, gateways }: Settings): InstallationRules => ({
  frozenFrom,
  canSendSms: gateways.sms !== "none",
});

/** Mobile numbers and the codes that are sent to them. */
export function composeNumbers(parts: NumberParts) {
  const { settings, database, hash, audit, translate } = parts;
  const product = settings.productName;
  const numbers = new NumberStore();
  const codes = new SmsCodeStore(database);
  const budgetStore = new SmsBudgetStore(database);
  const budget = new SmsBudget({ store: budgetStore, limits: settings.smsLimits, hash, audit });
  const { canSendSms: canSend } = rulesOf(settings);
  const notices = new NumberNotices({
    ...{ ...parts, budget, queue: canSend ? parts.queue : null },
    text: (language, notice, values) => translate(language, `sms.${notice}`, { ...values, product }),
  });
  const record = new NumberRecord({ ...parts, notices });
  const host = new URL(settings.issuer).hostname;
  const text = (language: string, code: string) => translate(language, "sms.code", { code, product, host });
  return {
    numbers,
    smsCodes: codes,
    smsBudget: budgetStore,
    smsCounter: (officeId: string) => budget.officeCounter(officeId),
    numberNotices: notices,
    smsCheck: new SmsCodeCheck({ ...parts, codes, numbers, notices }),
    smsSender: new SmsCodeService({ ...parts, codes, numbers, budget, canSend, text }),
    numberService: new NumberService({ ...parts, codes, numbers, record }),
    numberNotMe: new NumberNotMe({ ...parts, numbers, record }),
  };
}

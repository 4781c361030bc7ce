import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { Database } from "../../platform/database/database.ts";
import type { EnrolmentStore } from "../../domain/factors/enrolment.ts";
import type { FactorStore } from "../../domain/factors/factor-store.ts";
import type { GuardStore } from "../../domain/factors/guard-store.ts";
import { NumberNotices, type NotMe } from "../../domain/factors/number-notices.ts";
import { NumberNotMe } from "../../domain/factors/number-not-me.ts";
import { NumberRecord } from "../../domain/factors/number-record.ts";
import { NumberService } from "../../domain/factors/number-service.ts";
import { NumberStore } from "../../domain/factors/number-store.ts";
import type { RecoveryCodeStore } from "../../domain/factors/recovery-code-store.ts";
import { SmsBudget } from "../../domain/factors/sms-budget.ts";
import { SmsBudgetStore } from "../../domain/factors/sms-budget-store.ts";
import { SmsCodeCheck } from "../../domain/factors/sms-code-check.ts";
import { SmsCodeService } from "../../domain/factors/sms-code-service.ts";
import { SmsCodeStore } from "../../domain/factors/sms-code-store.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { MessageQueue } from "../../platform/messages/message.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { Settings } from "../settings/settings.ts";
import type { InstallationRules } from "../../screens/sign-in/sign-in-row.ts";
import type { UserStore } from "../../domain/users/user-store.ts";

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

import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import { now } from "../../kernel/clock.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { CodeUsedMeanwhile, type UserContact, type CodeTry, type Judgement } from "./code-try.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import { parseRecoveryCode, RECOVERY_CODES } from "./recovery-codes.ts";
import type { RecoveryCodeStore } from "./recovery-code-store.ts";
import type { SmsCodeCheck } from "./sms-code-check.ts";
import type { TotpCheck } from "./totp-check.ts";

interface Deps {
  readonly totpCheck: TotpCheck;
  readonly smsCheck: SmsCodeCheck;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
}

const WRONG = { type: "wrong" } as const;
const USED = { type: "used", confirmedAt: null } as const;

/**
 * Checks codes for `second-factor-check.ts`, which has reserved the try. An error thrown here gives the try back, so it
 * must mean "not checked" or "correct": once a code was found incorrect, nothing may query the database.
 */
export class CodeJudge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async judge(person: UserContact, attempt: CodeTry, visitor: Visitor): Promise<Judgement> {
    switch (attempt.type) {
      case "totp":
      case "new-totp":
        return this.#deps.totpCheck.judge(person, attempt, visitor);
      case "sms":
      case "new-sms":
        return this.#deps.smsCheck.judge(person, attempt, visitor);
      case "recovery":
        return this.#recovery(person, attempt.code, visitor);
      case "enrolment":
        return this.#enrolment(person, attempt.code);
    }
  }

  async #recovery(person: UserContact, typed: string, visitor: Visitor): Promise<Judgement> {
    const { recoveryCodes, audit, notices } = this.#deps;
    const { id, officeId } = person;
    const code = parseRecoveryCode(typed);
    const match = code === null ? null : await recoveryCodes.match(person, code);
    if (match === null) {
      return WRONG;
    }
    if (match.isUsed) {
      return USED;
    }
    return {
      type: "right",
      record: async (tx) => {
        const left = await recoveryCodes.use(tx, person, match.hash, now());
        if (left === null) {
          throw new CodeUsedMeanwhile();
        }
        const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
        await audit.add(tx, { type: "recovery-code.used", ...who, details: { left } });
        const notice = left <= RECOVERY_CODES.warnAt ? "recoveryCodesLow" : "recoveryCodeUsed";
        await notices.send(tx, person, notice, { left });
      },
    };
  }

  async #enrolment(person: UserContact, typed: string): Promise<Judgement> {
    const { enrolments } = this.#deps;
    const isRight = await enrolments.isCode(person, typed, now());
    return isRight ? { type: "right", record: () => Promise.resolve() } : WRONG;
  }
}

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

  async judge(user: UserContact, attempt: CodeTry, visitor: Visitor): Promise<Judgement> {
    switch (attempt.type) {
      case "totp":
      case "new-totp":
        return this.#deps.totpCheck.judge(user, attempt, visitor);
      case "sms":
      case "new-sms":
        return this.#deps.smsCheck.judge(user, attempt, visitor);
      case "recovery":
        return this.#recovery(user, attempt.code, visitor);
      case "enrolment":
        return this.#enrolment(user, attempt.code);
    }
  }

  async #recovery(user: UserContact, typed: string, visitor: Visitor): Promise<Judgement> {
    const { recoveryCodes, audit, notices } = this.#deps;
    const { id, officeId } = user;
    const code = parseRecoveryCode(typed);
    const match = code === null ? null : await recoveryCodes.match(user, code);
    if (match === null) {
      return WRONG;
    }
    if (match.isUsed) {
      return USED;
    }
    return {
      type: "right",
      record: async (tx) => {
        const left = await recoveryCodes.use(tx, user, match.hash, now());
        if (left === null) {
          throw new CodeUsedMeanwhile();
        }
        const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
        await audit.add(tx, { type: "recovery-code.used", ...who, details: { left } });
        const notice = left <= RECOVERY_CODES.warnAt ? "recoveryCodesLow" : "recoveryCodeUsed";
        await notices.send(tx, user, notice, { left });
      },
    };
  }

  async #enrolment(user: UserContact, typed: string): Promise<Judgement> {
    const { enrolments } = this.#deps;
    const isRight = await enrolments.isCode(user, typed, now());
    return isRight ? { type: "right", record: () => Promise.resolve() } : WRONG;
  }
}

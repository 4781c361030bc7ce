import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { bytesOf } from "../../platform/database/json-bytes.ts";
import type { CodeEffect, CodeTry, Judgement, UserContact } from "./code-try.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import { parseRecoveryCode, RECOVERY_CODES } from "./recovery-codes.ts";
import type { RecoveryCodeStore } from "./recovery-code-store.ts";
import type { EmailCodeCheck } from "./email/email-code-check.ts";
import type { SmsCodeCheck } from "./sms-code-check.ts";
import type { StoredCode } from "./stored-code.ts";
import type { TotpCheck } from "./totp-check.ts";
import type { PasskeyCheck } from "./passkeys/passkey-check.ts";

interface Deps {
  readonly passkeyCheck: PasskeyCheck;
  readonly totpCheck: TotpCheck;
  readonly smsCheck: SmsCodeCheck;
  readonly emailCheck: EmailCodeCheck;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
}

const WRONG = { type: "wrong" } as const;
const USED = { type: "used", confirmedAt: null } as const;

/**
 * Checks codes for `second-factor-check.ts`, which has reserved the try and with it read what they are compared with: nothing here
 * queries the database. An error thrown here gives the try back, so it must mean "not checked" or "correct".
 */
export class CodeJudge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async judge(
    user: UserContact,
    attempt: CodeTry,
    { stored, visitor }: { stored: StoredCode; visitor: Visitor },
  ): Promise<Judgement> {
    switch (attempt.type) {
      case "passkey":
      case "new-passkey": {
        const nothing = { challenge: null, answered: null, slot: "", known: [], models: null };
        return this.#deps.passkeyCheck.judge(user, attempt, { stored: stored.passkeys ?? nothing, visitor });
      }
      case "totp":
      case "new-totp":
        return this.#deps.totpCheck.judge(user, attempt, { stored: stored.app ?? null, visitor });
      case "sms":
      case "new-sms":
        return this.#deps.smsCheck.judge(user, attempt, { stored: stored.message ?? null, visitor });
      case "email":
      case "new-email":
        return this.#deps.emailCheck.judge(user, attempt, { stored: stored.message ?? null, visitor });
      case "recovery":
        return this.#recovery(user, attempt.code, { set: stored.recovery ?? null, visitor });
      case "enrolment":
        return this.#enrolment(user, attempt.code, stored.enrolment?.hash ?? null);
    }
  }

  async #recovery(
    user: UserContact,
    typed: string,
    { set, visitor }: { set: StoredCode["recovery"] | null; visitor: Visitor },
  ): Promise<Judgement> {
    const code = parseRecoveryCode(typed);
    const match = code === null || !set ? null : await this.#deps.recoveryCodes.match(set, code);
    if (match === null) {
      return WRONG;
    }
    return match.isUsed ? USED : { type: "right", effect: this.#useRecovery(user, match.hash, visitor) };
  }

  #useRecovery(user: UserContact, hash: Buffer, visitor: Visitor): CodeEffect {
    const { audit, notices } = this.#deps;
    const { id, officeId } = user;
    return {
      type: "proves",
      code: { kind: "recovery", hash: hash.toString("hex") },
      after: async (tx, left) => {
        const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
        await audit.add(tx, { type: "recovery-code.used", ...who, details: { left } });
        const notice = left <= RECOVERY_CODES.warnAt ? "recoveryCodesLow" : "recoveryCodeUsed";
        await notices.send(tx, user, notice, { left });
      },
    };
  }

  #enrolment(user: UserContact, typed: string, stored: string | null): Judgement {
    const isRight = stored !== null && this.#deps.enrolments.isCode(user, typed, bytesOf(stored));
    return isRight ? { type: "right", effect: { type: "enrols", record: () => Promise.resolve() } } : WRONG;
  }
}

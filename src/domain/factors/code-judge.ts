import type { AuditEvent } from "../audit/audit-event.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { epochSeconds, type Clock } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { CodeUsedMeanwhile, type Challenged, type CodeTry } from "./code-try.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore, TotpFactor } from "./factor-store.ts";
import { parseRecoveryCode, RECOVERY_CODES } from "./recovery-codes.ts";
import type { RecoveryCodeStore } from "./recovery-code-store.ts";
import { sixDigits } from "./sms-code.ts";
import type { SmsCodeCheck } from "./sms-code-check.ts";
import type { SmsTry } from "./code-try.ts";
import { isCodeOfStep, verify } from "./totp.ts";
import { openTotpSecret, sealTotpSecret } from "./totp-secret.ts";

export interface JudgeParts {
  readonly factors: FactorStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly sms: SmsCodeCheck;
}

/** `used`: exactly the code that was used last. `confirmedAt`: see `UsedCode`. */
export type Judgement =
  | { readonly type: "right"; readonly settle: (tx: Queryable) => Promise<void> }
  | { readonly type: "used"; readonly confirmedAt: Date | null }
  | { readonly type: "wrong" | "past" | "clock" };

const WRONG = { type: "wrong" } as const;
const USED = { type: "used", confirmedAt: null } as const;

/**
 * Looks at codes for `second-factor-check.ts`, which has reserved the try. What is thrown here was not looked at, or was
 * right: nothing may be asked of the database after a code was found wrong, because a fault gives the try back.
 */
export class CodeJudge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  async judge(person: Challenged, attempt: CodeTry, visitor: Visitor): Promise<Judgement> {
    switch (attempt.type) {
      case "totp":
        return this.#totp(person, attempt.code);
      case "recovery":
        return this.#recovery(person, attempt.code, visitor);
      case "new-totp":
        return this.#newTotp(person, attempt, visitor);
      case "enrolment":
        return this.#enrolment(person, attempt.code);
      case "sms":
      case "new-sms":
        return this.#sms(person, attempt, visitor);
    }
  }

  async #totp(person: Challenged, typed: string): Promise<Judgement> {
    const { factors, box, clock } = this.#parts;
    const factor = await factors.findTotp(person);
    const code = sixDigits(typed);
    if (factor === null || code === null) {
      return WRONG;
    }
    const secret = openTotpSecret(box, person, factor.sealedSecret);
    const result = verify(secret, code, epochSeconds(clock()), factor.lastStep);
    if (result.type === "used") {
      return USED;
    }
    if (result.type !== "accepted") {
      return result;
    }
    return {
      type: "right",
      settle: async (tx) => {
        if (!(await factors.useStep(tx, person, result.step))) {
          throw new CodeUsedMeanwhile();
        }
      },
    };
  }

  async #recovery(person: Challenged, typed: string, visitor: Visitor): Promise<Judgement> {
    const { recoveryCodes, clock, notices } = this.#parts;
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
      settle: async (tx) => {
        const left = await recoveryCodes.use(tx, person, match.hash, clock());
        if (left === null) {
          throw new CodeUsedMeanwhile();
        }
        await this.#tell(tx, person, { type: "recovery-code.used", visitor, details: { left } });
        const notice = left <= RECOVERY_CODES.warnAt ? "recoveryCodesLow" : "recoveryCodeUsed";
        await notices.send(tx, person, notice, { left });
      },
    };
  }

  /** The stored app is read before the code is looked at: whoever sends the form twice has it by now. */
  async #newTotp(
    person: Challenged,
    attempt: Extract<CodeTry, { type: "new-totp" }>,
    visitor: Visitor,
  ): Promise<Judgement> {
    const { factors, clock } = this.#parts;
    const stored = await factors.findTotp(person);
    const code = sixDigits(attempt.code);
    if (code === null) {
      return WRONG;
    }
    if (stored !== null && this.#isLastCodeOf(person, stored, code)) {
      return { type: "used", confirmedAt: stored.confirmedAt };
    }
    const result = verify(attempt.secret, code, epochSeconds(clock()), 0);
    if (result.type !== "accepted") {
      return result.type === "clock" ? result : WRONG;
    }
    return {
      type: "right",
      settle: (tx) => this.#addTotp(tx, person, { attempt, step: result.step, visitor }),
    };
  }

  #isLastCodeOf(person: Challenged, { sealedSecret, lastStep }: TotpFactor, code: string): boolean {
    return (
      lastStep > 0 && isCodeOfStep(openTotpSecret(this.#parts.box, person, sealedSecret), code, lastStep)
    );
  }

  async #addTotp(
    tx: Queryable,
    person: Challenged,
    found: { attempt: Extract<CodeTry, { type: "new-totp" }>; step: number; visitor: Visitor },
  ): Promise<void> {
    const { factors, enrolments, box, clock, notices } = this.#parts;
    const { attempt, step, visitor } = found;
    const sealedSecret = sealTotpSecret(box, person, attempt.secret);
    const factor = { sealedSecret, lastStep: step, confirmedAt: clock(), replaces: attempt.replaces };
    if (!(await factors.addTotp(tx, person, factor))) {
      throw new CodeUsedMeanwhile();
    }
    await enrolments.close(tx, person);
    await this.#tell(tx, person, { type: "factor.enrolled", visitor, details: { kind: "totp" } });
    await notices.send(tx, person, "factorEnrolled", {});
  }

  async #enrolment(person: Challenged, typed: string): Promise<Judgement> {
    const { enrolments, clock } = this.#parts;
    const isRight = await enrolments.isCode(person, typed, clock());
    return isRight ? { type: "right", settle: () => Promise.resolve() } : WRONG;
  }

  async #sms(person: Challenged, attempt: SmsTry, visitor: Visitor): Promise<Judgement> {
    const found = await this.#parts.sms.judge(person, attempt, visitor);
    if (found.type !== "right") {
      return found;
    }
    return {
      type: "right",
      settle: async (tx) => {
        if (!(await found.settle(tx))) {
          throw new CodeUsedMeanwhile();
        }
      },
    };
  }

  #tell(
    tx: Queryable,
    { id, officeId }: Challenged,
    event: Pick<AuditEvent, "type" | "visitor" | "details">,
  ): Promise<void> {
    return this.#parts.audit.add(tx, { ...event, outcome: "ok", officeId, actor: id, subject: id });
  }
}

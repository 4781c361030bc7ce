import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditEvent, Visitor } from "../audit/audit-event.ts";
import type { Queryable } from "../database/database.ts";
import { epochSeconds, type Clock } from "../kernel/clock.ts";
import type { SecretBox } from "../kernel/secret.ts";
import type { Notices } from "../messages/notices.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import type { GuardState, GuardStore } from "./guard-store.ts";
import { parseRecoveryCode, RECOVERY_CODES } from "./recovery-codes.ts";
import type { RecoveryCodeStore } from "./recovery-code-store.ts";
import { sixDigits } from "./sms-code.ts";
import type { SmsCodeCheck, SmsTry } from "./sms-code-check.ts";
import { CodeUsedMeanwhile, type Challenged, type CodeResult, type CodeTry } from "./code-try.ts";
import { verify } from "./totp.ts";
import { openTotpSecret, sealTotpSecret } from "./totp-secret.ts";

interface Parts {
  readonly guard: GuardStore;
  readonly factors: FactorStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly strikes: number;
  readonly sms: SmsCodeCheck;
}

type Judgement =
  { readonly type: "right"; readonly settle: (tx: Queryable) => Promise<void> } | "wrong" | "used" | "clock";

/**
 * The one way to try a code, whatever kind and wherever it is typed: reserve a try, then look, then record. The
 * reservation is committed before the code is looked at, so forty codes at once are three looks.
 */
export class SecondFactorCheck {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async check(person: Challenged, attempt: CodeTry, visitor: Visitor): Promise<CodeResult> {
    const { guard, clock } = this.#parts;
    const state = await guard.reserve(person, clock());
    if (state === null) {
      return { type: "refused" };
    }
    const judgement = await this.#judge(person, attempt, visitor);
    if (typeof judgement === "object") {
      const { settle } = judgement;
      return { type: "accepted", unblock: (tx) => guard.succeed(tx, person), settle };
    }
    await this.#tellWrong(person, attempt, state, visitor);
    const triesLeft = state.blockedUntil === null ? this.#parts.strikes - state.strikes : 0;
    return { type: judgement, triesLeft };
  }

  #judge(person: Challenged, attempt: CodeTry, visitor: Visitor): Promise<Judgement> {
    switch (attempt.type) {
      case "totp":
        return this.#judgeTotp(person, attempt.code);
      case "recovery":
        return this.#judgeRecovery(person, attempt.code, visitor);
      case "new-totp":
        return Promise.resolve(this.#judgeNewTotp(person, attempt, visitor));
      case "enrolment":
        return this.#judgeEnrolment(person, attempt.code);
      case "sms":
      case "new-sms":
        return this.#judgeSms(person, attempt, visitor);
    }
  }

  async #judgeTotp(person: Challenged, typed: string): Promise<Judgement> {
    const { factors, box, clock } = this.#parts;
    const factor = await factors.findTotp(person);
    const code = sixDigits(typed);
    if (factor === null || code === null) {
      return "wrong";
    }
    const secret = openTotpSecret(box, person, factor.sealedSecret);
    const result = verify(secret, code, epochSeconds(clock()), factor.lastStep);
    if (result.type !== "accepted") {
      return result.type;
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

  async #judgeRecovery(person: Challenged, typed: string, visitor: Visitor): Promise<Judgement> {
    const { recoveryCodes, clock } = this.#parts;
    const code = parseRecoveryCode(typed);
    const hash = code === null ? null : await recoveryCodes.match(person, code);
    if (hash === null) {
      return "wrong";
    }
    return {
      type: "right",
      settle: async (tx) => {
        const left = await recoveryCodes.use(tx, person, hash, clock());
        if (left === null) {
          throw new CodeUsedMeanwhile();
        }
        await this.#tell(tx, person, { type: "recovery-code.used", visitor, details: { left } });
        const notice = left <= RECOVERY_CODES.warnAt ? "recoveryCodesLow" : "recoveryCodeUsed";
        await this.#parts.notices.send(tx, person, notice, { left });
      },
    };
  }

  #judgeNewTotp(
    person: Challenged,
    attempt: Extract<CodeTry, { type: "new-totp" }>,
    visitor: Visitor,
  ): Judgement {
    const { factors, enrolments, box, clock } = this.#parts;
    const code = sixDigits(attempt.code);
    const result = code === null ? null : verify(attempt.secret, code, epochSeconds(clock()), 0);
    if (result === null || result.type !== "accepted") {
      return result?.type === "clock" ? "clock" : "wrong";
    }
    return {
      type: "right",
      settle: async (tx) => {
        const sealedSecret = sealTotpSecret(box, person, attempt.secret);
        const confirmedAt = clock();
        const factor = { sealedSecret, lastStep: result.step, confirmedAt, replaces: attempt.replaces };
        if (!(await factors.addTotp(tx, person, factor))) {
          throw new CodeUsedMeanwhile();
        }
        await enrolments.close(tx, person);
        await this.#tell(tx, person, { type: "factor.enrolled", visitor, details: { kind: "totp" } });
        await this.#parts.notices.send(tx, person, "factorEnrolled", {});
      },
    };
  }

  async #judgeEnrolment(person: Challenged, typed: string): Promise<Judgement> {
    const { enrolments, clock } = this.#parts;
    const isRight = await enrolments.isCode(person, typed, clock());
    return isRight ? { type: "right", settle: () => Promise.resolve() } : "wrong";
  }

  async #judgeSms(person: Challenged, attempt: SmsTry, visitor: Visitor): Promise<Judgement> {
    const settle = await this.#parts.sms.judge(person, attempt, visitor);
    if (settle === null) {
      return "wrong";
    }
    return {
      type: "right",
      settle: async (tx) => {
        if (!(await settle(tx))) {
          throw new CodeUsedMeanwhile();
        }
      },
    };
  }

  async #tellWrong(person: Challenged, attempt: CodeTry, state: GuardState, visitor: Visitor): Promise<void> {
    const { audit, notices } = this.#parts;
    const event = { officeId: person.officeId, actor: person.id, subject: person.id, visitor } as const;
    const { strikes, spent, blockedUntil } = state;
    await audit.inOffice(person.officeId, async (tx) => {
      await audit.add(tx, {
        ...event,
        type: "code.wrong",
        outcome: "refused",
        details: { kind: attempt.type, strikes, spent },
      });
      if (blockedUntil !== null) {
        await audit.add(tx, { ...event, type: "code.blocked", outcome: "alarm", details: { spent } });
        await notices.send(tx, person, "blocked", {});
      }
    });
  }

  #tell(
    tx: Queryable,
    { id, officeId }: Challenged,
    event: Pick<AuditEvent, "type" | "visitor" | "details">,
  ): Promise<void> {
    return this.#parts.audit.add(tx, { ...event, outcome: "ok", officeId, actor: id, subject: id });
  }
}

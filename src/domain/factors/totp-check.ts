import type { AuditStore } from "../audit/audit-store.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { CodeUsedMeanwhile, type UserContact, type FactorTry, type Judgement } from "./code-try.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import { sixDigits } from "./sms-code.ts";
import { isCodeOfStep, verify } from "./totp.ts";
import { openTotpSecret, sealTotpSecret } from "./totp-secret.ts";
import type { TotpFactor, TotpStore } from "./totp-store.ts";

interface Deps {
  readonly totpStore: TotpStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly box: SecretBox;
}

type NewApp = Extract<FactorTry<"totp">, { type: "new-totp" }>;

const WRONG = { type: "wrong" } as const;

/** Checks codes of authenticator apps for `second-factor-check.ts`, which has already reserved the try. */
export class TotpCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  judge(user: UserContact, attempt: FactorTry<"totp">, visitor: Visitor): Promise<Judgement> {
    return attempt.type === "totp" ? this.#prove(user, attempt.code) : this.#enrol(user, attempt, visitor);
  }

  async #prove(user: UserContact, typed: string): Promise<Judgement> {
    const { totpStore, box } = this.#deps;
    const factor = await totpStore.find(user);
    const code = sixDigits(typed);
    if (factor === null || code === null) {
      return WRONG;
    }
    const secret = openTotpSecret(box, user, factor.sealedSecret);
    const result = verify(secret, code, epochSeconds(now()), factor.lastStep);
    if (result.type === "used") {
      return { type: "used", confirmedAt: null };
    }
    if (result.type !== "accepted") {
      return result;
    }
    return {
      type: "right",
      record: async (tx) => {
        if (!(await totpStore.useStep(tx, user, result.step))) {
          throw new CodeUsedMeanwhile();
        }
      },
    };
  }

  /** The stored app is read before the code is checked, so that the second submission of a form finds the app of the first. */
  async #enrol(user: UserContact, attempt: NewApp, visitor: Visitor): Promise<Judgement> {
    const { totpStore } = this.#deps;
    const stored = await totpStore.find(user);
    const code = sixDigits(attempt.code);
    if (code === null) {
      return WRONG;
    }
    if (stored !== null && this.#isLastCodeOf(user, stored, code)) {
      return { type: "used", confirmedAt: stored.confirmedAt };
    }
    const result = verify(attempt.secret, code, epochSeconds(now()), 0);
    if (result.type !== "accepted") {
      return result.type === "expired" ? result : WRONG;
    }
    return {
      type: "right",
      record: (tx) => this.#add(tx, user, { attempt, step: result.step, visitor }),
    };
  }

  #isLastCodeOf(user: UserContact, { sealedSecret, lastStep }: TotpFactor, code: string): boolean {
    return lastStep > 0 && isCodeOfStep(openTotpSecret(this.#deps.box, user, sealedSecret), code, lastStep);
  }

  async #add(
    tx: Queryable,
    user: UserContact,
    { attempt, step, visitor }: { attempt: NewApp; step: number; visitor: Visitor },
  ): Promise<void> {
    const { totpStore, enrolments, audit, box, notices } = this.#deps;
    const { id, officeId } = user;
    const sealedSecret = sealTotpSecret(box, user, attempt.secret);
    const factor = { sealedSecret, lastStep: step, confirmedAt: now(), replaces: attempt.replaces };
    if (!(await totpStore.add(tx, user, factor))) {
      throw new CodeUsedMeanwhile();
    }
    await enrolments.close(tx, user);
    const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
    await audit.add(tx, { type: "factor.enrolled", ...who, details: { kind: "totp" } });
    await notices.send(tx, user, "factorEnrolled", {});
  }
}

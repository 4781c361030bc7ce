import type { AuditStore } from "../audit/audit-store.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import { bytesOf } from "../../platform/database/json-bytes.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { CodeUsedMeanwhile, type UserContact, type FactorTry, type Judgement } from "./code-try.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import { appCode, isCodeOfStep, verify } from "./totp.ts";
import { openTotpSecret, sealTotpSecret } from "./totp-secret.ts";
import type { StoredCode } from "./stored-code.ts";
import type { TotpStore } from "./totp-store.ts";

interface Deps {
  readonly totpStore: TotpStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly box: SecretBox;
}

type NewApp = Extract<FactorTry<"totp">, { type: "new-totp" }>;

/** The confirmed app; null where the user has none. */
type StoredApp = NonNullable<StoredCode["app"]> | null;

const WRONG = { type: "wrong" } as const;

/** Checks codes of authenticator apps for `second-factor-check.ts`, which has already reserved the try. */
export class TotpCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  judge(
    user: UserContact,
    attempt: FactorTry<"totp">,
    { stored, visitor }: { stored: StoredApp; visitor: Visitor },
  ): Judgement {
    return attempt.type === "totp"
      ? this.#prove(user, attempt.code, stored)
      : this.#enrol(user, attempt, { stored, visitor });
  }

  #prove(user: UserContact, typed: string, stored: StoredApp): Judgement {
    const code = appCode(typed);
    if (stored === null || code === null) {
      return WRONG;
    }
    const result = verify(this.#secretOf(user, stored), code, epochSeconds(now()), stored.lastStep);
    if (result.type === "used") {
      return { type: "used", confirmedAt: null };
    }
    if (result.type !== "accepted") {
      return result;
    }
    return {
      type: "right",
      effect: { type: "proves", code: { kind: "totp", step: result.step }, after: null },
    };
  }

  /** The second submission of a form finds the app of the first. */
  #enrol(
    user: UserContact,
    attempt: NewApp,
    { stored, visitor }: { stored: StoredApp; visitor: Visitor },
  ): Judgement {
    const code = appCode(attempt.code);
    if (code === null) {
      return WRONG;
    }
    if (stored !== null && this.#isLastCodeOf(user, stored, code)) {
      return { type: "used", confirmedAt: new Date(stored.confirmedAt) };
    }
    const result = verify(attempt.secret, code, epochSeconds(now()), 0);
    if (result.type !== "accepted") {
      return result.type === "expired" ? result : WRONG;
    }
    const record = (tx: Queryable) => this.#add(tx, user, { attempt, step: result.step, visitor });
    return { type: "right", effect: { type: "enrols", record } };
  }

  #isLastCodeOf(user: UserContact, stored: NonNullable<StoredApp>, code: string): boolean {
    return stored.lastStep > 0 && isCodeOfStep(this.#secretOf(user, stored), code, stored.lastStep);
  }

  #secretOf(user: UserContact, { sealed }: NonNullable<StoredApp>): string {
    return openTotpSecret(this.#deps.box, user, bytesOf(sealed));
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

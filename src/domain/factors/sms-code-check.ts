import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import { maskNumber } from "./mobile-number.ts";
import { moved } from "./number-moves.ts";
import type { NumberNotices } from "./number-notices.ts";
import { moveStateOf, type NumberStore } from "./number-store.ts";
import type { FactorTry, Judgement, UserContact } from "./code-try.ts";
import { judgeSentCode, type FirstCode } from "./sent-code-judge.ts";
import type { SentCodeStore } from "./sent-code-store.ts";
import type { StoredCode } from "./stored-code.ts";

interface Deps {
  readonly codes: SentCodeStore;
  readonly numbers: NumberStore;
  readonly factors: FactorStore;
  readonly enrolments: EnrolmentStore;
  readonly notices: NumberNotices;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
}

/** Checks codes of text messages for `second-factor-check.ts`, which has already reserved the try. */
export class SmsCodeCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  judge(
    user: UserContact,
    { type, code, binding, ...more }: FactorTry<"sms">,
    { stored, visitor }: { stored: NonNullable<StoredCode["message"]> | null; visitor: Visitor },
  ): Judgement {
    const replaces = "replaces" in more && more.replaces;
    return judgeSentCode(this.#deps.hash, user, {
      attempt: { kind: "sms", code, binding, isNew: type === "new-sms" },
      stored,
      enrol: (tx, first) => this.#enrol(tx, first, { user, replaces, visitor }),
    });
  }

  async #enrol(
    tx: Queryable,
    { slot, typed }: FirstCode,
    { user, replaces, visitor }: { user: UserContact; replaces: boolean; visitor: Visitor },
  ): Promise<boolean> {
    const { codes, numbers, factors, enrolments } = this.#deps;
    const at = now();
    const before = await numbers.findLocked(tx, user);
    const number = await codes.spend(tx, slot, { hash: typed, at });
    const proof = replaces ? "factor-and-code" : "code";
    if (number === null || moved(moveStateOf(before), "confirm", proof) === null) {
      return false;
    }
    const enteredBy = before?.number === number ? before.enteredBy : "user";
    await numbers.put(tx, user, { number, state: "confirmed", enteredBy, at });
    await factors.confirm(tx, user, { kind: "sms", at });
    await enrolments.close(tx, user);
    const old = before?.state === "confirmed" && before.number !== number ? before.number : null;
    await this.#notify(tx, user, { number, old, visitor });
    return true;
  }

  async #notify(
    tx: Queryable,
    user: UserContact,
    { number, old, visitor }: { number: string; old: string | null; visitor: Visitor },
  ): Promise<void> {
    const { audit, notices } = this.#deps;
    const { id, officeId } = user;
    const event = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
    const details = { number: maskNumber(number), replaced: old === null ? null : maskNumber(old) };
    await audit.add(tx, { ...event, type: "number.confirmed", details });
    await audit.add(tx, { ...event, type: "factor.enrolled", details: { kind: "sms" } });
    await notices.send(tx, user, {
      notice: old === null ? "numberConfirmed" : "numberChanged",
      number,
      old,
    });
  }
}

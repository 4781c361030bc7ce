import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../audit/audit-event.ts";
import type { Database, Queryable } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import type { KeyedHash } from "../kernel/secret.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import { maskNumber } from "./mobile-number.ts";
import { moved } from "./number-moves.ts";
import type { NumberNotices } from "./number-notices.ts";
import { moveStateOf, type NumberStore } from "./number-store.ts";
import type { Challenged } from "./code-try.ts";
import { hashOfCode, isCode, sixDigits, slotOf } from "./sms-code.ts";
import type { SmsCodeStore, SmsSlot } from "./sms-code-store.ts";

/** A code that came by text message. `binding`: the uid of the sign-in that it is typed in. */
export type SmsTry =
  | { readonly type: "sms"; readonly code: string; readonly binding: string }
  /** The first code to a new number; `replaces` when a recovery code or another factor has earned it. */
  | { readonly type: "new-sms"; readonly code: string; readonly binding: string; readonly replaces: boolean };

interface Parts {
  readonly database: Database;
  readonly codes: SmsCodeStore;
  readonly numbers: NumberStore;
  readonly factors: FactorStore;
  readonly enrolments: EnrolmentStore;
  readonly notices: NumberNotices;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
  readonly clock: Clock;
}

/** Answers false when the code was used or the number changed between the look and the write. */
type Settle = (tx: Queryable) => Promise<boolean>;

/** Judges codes of text messages for `second-factor-check.ts`, which has reserved the try before. */
export class SmsCodeCheck {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What a right code does; null for a wrong one. */
  async judge(person: Challenged, attempt: SmsTry, visitor: Visitor): Promise<Settle | null> {
    const { codes, hash, clock } = this.#parts;
    const purpose = attempt.type === "sms" ? "sign-in" : "enrol";
    const slot = slotOf(hash, { person, binding: attempt.binding, purpose });
    const code = sixDigits(attempt.code);
    const sent = code === null ? null : await codes.match(slot, clock());
    if (code === null || sent === null) {
      return null;
    }
    const typed = hashOfCode(hash, slot, { number: sent.number, code });
    if (!isCode(sent.hash, typed)) {
      return null;
    }
    if (attempt.type === "new-sms") {
      return (tx) => this.#enrol(tx, slot, { person, attempt, visitor, typed });
    }
    return (await this.#isConfirmed(person, sent.number)) ? (tx) => this.#prove(tx, slot, typed) : null;
  }

  async #isConfirmed(person: Challenged, number: string): Promise<boolean> {
    const { database, numbers } = this.#parts;
    const stored = await database.inOffice(person.officeId, (tx) => numbers.find(tx, person));
    return stored?.state === "confirmed" && stored.number === number;
  }

  async #prove(tx: Queryable, slot: SmsSlot, typed: Buffer): Promise<boolean> {
    const { codes, numbers, clock } = this.#parts;
    const number = await codes.spend(tx, slot, { hash: typed, at: clock() });
    const stored = await numbers.find(tx, slot.person);
    return number !== null && stored?.state === "confirmed" && stored.number === number;
  }

  async #enrol(
    tx: Queryable,
    slot: SmsSlot,
    {
      person,
      attempt,
      visitor,
      typed,
    }: {
      person: Challenged;
      attempt: Extract<SmsTry, { type: "new-sms" }>;
      visitor: Visitor;
      typed: Buffer;
    },
  ): Promise<boolean> {
    const { codes, numbers, factors, enrolments, clock } = this.#parts;
    const at = clock();
    const before = await numbers.findLocked(tx, person);
    const number = await codes.spend(tx, slot, { hash: typed, at });
    const proof = attempt.replaces ? "factor-and-code" : "code";
    if (number === null || moved(moveStateOf(before), "confirm", proof) === null) {
      return false;
    }
    const enteredBy = before?.number === number ? before.enteredBy : "user";
    await numbers.put(tx, person, { number, state: "confirmed", enteredBy, at });
    await factors.addSms(tx, person, at);
    await enrolments.close(tx, person);
    const old = before?.state === "confirmed" && before.number !== number ? before.number : null;
    await this.#tell(tx, person, { number, old, visitor });
    return true;
  }

  async #tell(
    tx: Queryable,
    person: Challenged,
    { number, old, visitor }: { number: string; old: string | null; visitor: Visitor },
  ): Promise<void> {
    const { audit, notices } = this.#parts;
    const { id, officeId } = person;
    const event = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
    const details = { number: maskNumber(number), replaced: old === null ? null : maskNumber(old) };
    await audit.add(tx, { ...event, type: "number.confirmed", details });
    await audit.add(tx, { ...event, type: "factor.enrolled", details: { kind: "sms" } });
    await notices.tell(tx, person, {
      notice: old === null ? "numberConfirmed" : "numberChanged",
      number,
      old,
    });
  }
}

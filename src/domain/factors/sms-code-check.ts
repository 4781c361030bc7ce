import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import { maskNumber } from "./mobile-number.ts";
import { moved } from "./number-moves.ts";
import type { NumberNotices } from "./number-notices.ts";
import { moveStateOf, type NumberStore } from "./number-store.ts";
import { CodeUsedMeanwhile, type UserContact, type FactorTry, type Judgement } from "./code-try.ts";
import { hashOfCode, isCode, sixDigits, slotOf } from "./sms-code.ts";
import type { SmsCodeStore, SmsSlot } from "./sms-code-store.ts";

interface Deps {
  readonly database: Database;
  readonly codes: SmsCodeStore;
  readonly numbers: NumberStore;
  readonly factors: FactorStore;
  readonly enrolments: EnrolmentStore;
  readonly notices: NumberNotices;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
}

type SmsTry = FactorTry<"sms">;

const WRONG = { type: "wrong" } as const;

/** Checks codes of text messages for `second-factor-check.ts`, which has already reserved the try. */
export class SmsCodeCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Everything to compare with is read first: after an incorrect code nothing may query the database. */
  async judge(user: UserContact, attempt: SmsTry, visitor: Visitor): Promise<Judgement> {
    const { codes, hash } = this.#deps;
    const purpose = attempt.type === "sms" ? "sign-in" : "enrol";
    const slot = slotOf(hash, { user, binding: attempt.binding, purpose });
    const code = sixDigits(attempt.code);
    if (code === null) {
      return WRONG;
    }
    const [sent, usedLast] = await Promise.all([codes.match(slot, now()), codes.lastUsed(user)]);
    const typed = hashOfCode(hash, slot, { number: sent?.number ?? "", code });
    if (sent !== null && isCode(sent.hash, typed)) {
      if (sent.usedAt !== null) {
        return { type: "used", confirmedAt: purpose === "enrol" ? sent.usedAt : null };
      }
      return sent.isExpired
        ? { type: "late" }
        : this.#right(slot, { user, attempt, visitor, typed, number: sent.number });
    }
    // A dead code says nothing about any other, and its owner learns which message to read (docs/decisions/0068).
    if (sent?.superseded.some((dead) => isCode(dead, typed)) === true) {
      return { type: "superseded" };
    }
    const isUsed =
      usedLast !== null &&
      isCode(usedLast.hash, hashOfCode(hash, usedLast, { number: usedLast.number, code }));
    return isUsed ? { type: "used", confirmedAt: null } : WRONG;
  }

  async #right(
    slot: SmsSlot,
    found: { user: UserContact; attempt: SmsTry; visitor: Visitor; typed: Buffer; number: string },
  ): Promise<Judgement> {
    const { user, attempt, visitor, typed, number } = found;
    if (attempt.type === "new-sms") {
      return {
        type: "right",
        record: orCodeUsed((tx) => this.#enrol(tx, slot, { user, attempt, visitor, typed })),
      };
    }
    const isConfirmed = await this.#isConfirmed(user, number);
    return isConfirmed ? { type: "right", record: orCodeUsed((tx) => this.#prove(tx, slot, typed)) } : WRONG;
  }

  async #isConfirmed(user: UserContact, number: string): Promise<boolean> {
    const { database, numbers } = this.#deps;
    const stored = await database.inOffice(user.officeId, (tx) => numbers.find(tx, user));
    return stored?.state === "confirmed" && stored.number === number;
  }

  async #prove(tx: Queryable, slot: SmsSlot, typed: Buffer): Promise<boolean> {
    const { codes, numbers } = this.#deps;
    const number = await codes.spend(tx, slot, { hash: typed, at: now() });
    const stored = await numbers.find(tx, slot.user);
    return number !== null && stored?.state === "confirmed" && stored.number === number;
  }

  async #enrol(
    tx: Queryable,
    slot: SmsSlot,
    {
      user,
      attempt,
      visitor,
      typed,
    }: {
      user: UserContact;
      attempt: Extract<SmsTry, { type: "new-sms" }>;
      visitor: Visitor;
      typed: Buffer;
    },
  ): Promise<boolean> {
    const { codes, numbers, factors, enrolments } = this.#deps;
    const at = now();
    const before = await numbers.findLocked(tx, user);
    const number = await codes.spend(tx, slot, { hash: typed, at });
    const proof = attempt.replaces ? "factor-and-code" : "code";
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

/** False: the code was used or the number changed between the read and the write. */
const orCodeUsed = (work: (tx: Queryable) => Promise<boolean>) => async (tx: Queryable) => {
  if (!(await work(tx))) {
    throw new CodeUsedMeanwhile();
  }
};

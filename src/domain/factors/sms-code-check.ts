import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import { bytesOf } from "../../platform/database/json-bytes.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import { maskNumber } from "./mobile-number.ts";
import { moved } from "./number-moves.ts";
import type { NumberNotices } from "./number-notices.ts";
import { moveStateOf, type NumberStore } from "./number-store.ts";
import { CodeUsedMeanwhile, type UserContact, type FactorTry, type Judgement } from "./code-try.ts";
import { hashOfCode, isCode, sixDigits, slotOf } from "./sent-code.ts";
import type { SentCodeStore, CodePurpose, CodeSlot } from "./sent-code-store.ts";
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

type SmsTry = FactorTry<"sms">;

/** What the code is compared with; null for no code of a text message. */
type StoredSms = NonNullable<StoredCode["message"]> | null;
type Newest = NonNullable<StoredSms> & { readonly sent: NonNullable<NonNullable<StoredSms>["sent"]> };

interface Found {
  readonly user: UserContact;
  readonly attempt: SmsTry;
  readonly visitor: Visitor;
  /** The typed code as it would be stored. */
  readonly typed: Buffer;
}

const WRONG = { type: "wrong" } as const;

/** Checks codes of text messages for `second-factor-check.ts`, which has already reserved the try. */
export class SmsCodeCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  judge(
    user: UserContact,
    attempt: SmsTry,
    { stored, visitor }: { stored: StoredSms; visitor: Visitor },
  ): Judgement {
    const { hash } = this.#deps;
    const slot = slotOf(hash, { user, binding: attempt.binding, purpose: purposeOf(attempt) });
    const code = sixDigits(attempt.code);
    if (code === null || stored === null) {
      return WRONG;
    }
    const { sent } = stored;
    const typed = hashOfCode(hash, slot, { number: sent?.number ?? "", code });
    if (sent !== null && isCode(bytesOf(sent.hash), typed)) {
      return this.#judgeNewest({ ...stored, sent }, slot, { user, attempt, visitor, typed });
    }
    // A dead code says nothing about any other, and its owner learns which message to read (docs/decisions/0068).
    if (sent?.superseded.some((dead) => isCode(bytesOf(dead), typed)) === true) {
      return { type: "superseded" };
    }
    return this.#isUsedLast(user, stored, code) ? { type: "used", confirmedAt: null } : WRONG;
  }

  /** The code of the newest message. */
  #judgeNewest({ sent, confirmed }: Newest, slot: CodeSlot, found: Found): Judgement {
    const { attempt, typed } = found;
    if (sent.usedAt !== null) {
      return { type: "used", confirmedAt: attempt.type === "new-sms" ? new Date(sent.usedAt) : null };
    }
    if (sent.isExpired) {
      return { type: "late" };
    }
    if (attempt.type === "new-sms") {
      const record = orCodeUsed((tx) => this.#enrol(tx, slot, { ...found, attempt }));
      return { type: "right", effect: { type: "enrols", record } };
    }
    const code = { kind: "sms", slot: inHex(slot.binding), hash: inHex(typed) } as const;
    return confirmed === sent.number
      ? { type: "right", effect: { type: "proves", code, after: null } }
      : WRONG;
  }

  #isUsedLast(user: UserContact, { usedLast }: NonNullable<StoredSms>, code: string): boolean {
    if (usedLast === null) {
      return false;
    }
    const { number, purpose } = usedLast;
    const slot = { user, purpose, binding: bytesOf(usedLast.binding) };
    return isCode(bytesOf(usedLast.hash), hashOfCode(this.#deps.hash, slot, { number, code }));
  }

  async #enrol(
    tx: Queryable,
    slot: CodeSlot,
    { user, attempt, visitor, typed }: Found & { attempt: Extract<SmsTry, { type: "new-sms" }> },
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

/** The messages among which a code is looked for. */
const purposeOf = ({ type }: SmsTry): CodePurpose => (type === "sms" ? "sign-in" : "enrol");

const inHex = (bytes: Buffer): string => bytes.toString("hex");

/** False: the code was used or the number changed between the read and the write. */
const orCodeUsed = (work: (tx: Queryable) => Promise<boolean>) => async (tx: Queryable) => {
  if (!(await work(tx))) {
    throw new CodeUsedMeanwhile();
  }
};

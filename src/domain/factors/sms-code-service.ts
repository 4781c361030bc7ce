import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { minutesAfter, secondsAfter, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { MessageQueue } from "../../platform/messages/message.ts";
import type { Office } from "../offices/office.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { FACTORS } from "./factor.ts";
import type { GuardStore } from "./guard-store.ts";
import { maskNumber, parseMobileNumber } from "./mobile-number.ts";
import type { NumberStore } from "./number-store.ts";
import type { UserContact } from "./code-try.ts";
import type { SmsRequest, SmsBudget, SmsStop, SmsLimit } from "./sms-budget.ts";
import { hashOfCode, newSmsCode, slotOf, SMS_CODE } from "./sms-code.ts";
import type { SentCode, SmsCodeStore, SmsPurpose, SmsSlot } from "./sms-code-store.ts";

/** A code to send. */
export interface CodeRequest {
  readonly user: UserContact;
  /** What the code belongs to: the uid of the sign-in. */
  readonly binding: string;
  readonly purpose: SmsPurpose;
  /** E.164 */
  readonly number: string;
  readonly visitor: Visitor;
  /** The user asks for another message. Otherwise only the first display of a page sends one. */
  readonly isResend: boolean;
  /** Another factor or a recovery code was proved, so a new number may get a code beside a confirmed one. */
  readonly replaces?: boolean;
}

export type SendResult =
  | { readonly type: "sent"; readonly messageId: string }
  | { readonly type: "already-sent" }
  | { readonly type: "wait"; readonly until: Date }
  | { readonly type: "stopped"; readonly by: SmsStop }
  | { readonly type: "blocked" };

/** Two requests within this time count as one click. */
const DOUBLE_CLICK_SECONDS = 3;

interface Deps {
  readonly database: Database;
  readonly codes: SmsCodeStore;
  readonly numbers: NumberStore;
  readonly guard: GuardStore;
  readonly budget: SmsBudget;
  readonly offices: OfficeStore;
  readonly queue: MessageQueue;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
  /** False without a gateway: then no message is queued that would never be sent. */
  readonly canSend: boolean;
  /** The message in the recipient's language. */
  readonly text: (language: string, code: string) => string;
}

/** Sends codes. Each message is counted first, in the transaction that queues it. */
export class SmsCodeService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async sendCode(wish: CodeRequest): Promise<SendResult> {
    const { database, offices, budget, canSend } = this.#deps;
    const { user, binding, number, visitor } = wish;
    if (!canSend) {
      return { type: "stopped", by: "off" };
    }
    const office = await offices.find(user.officeId);
    if (office === null) {
      throw new Error("The office of the user who signs in does not exist.");
    }
    if (wish.purpose === "enrol" && !isAccepted(office)) {
      return { type: "stopped", by: "off" };
    }
    const asked = { user, office, number, binding, visitor };
    if (!isAllowed(number, office)) {
      return this.#stopped(asked, budget.countryOf(asked));
    }
    try {
      return await database.inOffice(user.officeId, (tx) => this.#send(tx, wish, asked));
    } catch (error) {
      if (error instanceof BudgetSpent) {
        return await this.#stopped(asked, error.limit);
      }
      throw error;
    }
  }

  /** The last code for this sign-in and purpose; null when none was sent, or it is used. */
  stateOf(wish: Pick<CodeRequest, "user" | "binding" | "purpose">): Promise<SentCode | null> {
    return this.#deps.codes.findAlone(slotOf(this.#deps.hash, wish));
  }

  async #send(tx: Queryable, wish: CodeRequest, asked: SmsRequest): Promise<SendResult> {
    const { codes, guard, budget, queue, hash, text } = this.#deps;
    const { user, number } = wish;
    const at = now();
    if (await guard.isStopped(tx, user, at)) {
      return { type: "blocked" };
    }
    await this.#requireAllowedNumber(tx, wish);
    const slot = slotOf(hash, wish);
    const code = newSmsCode();
    const expiresAt = minutesAfter(at, SMS_CODE.minutes);
    const sent = { ...slot, number, at: at, expiresAt, isResend: wish.isResend };
    const sends = await codes.claim(tx, { ...sent, hash: hashOfCode(hash, slot, { number, code }) });
    if (sends === null) {
      return this.#tooEarly(tx, slot, wish.isResend);
    }
    const full = await budget.count(tx, asked, at);
    if (full !== null) {
      throw new BudgetSpent(full);
    }
    const sms = { to: number, text: text(user.language, code), officeId: user.officeId };
    const messageId = await queue.send(tx, { channel: "sms", ...sms, until: expiresAt });
    await codes.keepMessage(tx, slot, messageId);
    await this.#recordSent(tx, wish, sends);
    return { type: "sent", messageId };
  }

  async #tooEarly(tx: Queryable, slot: SmsSlot, isResend: boolean): Promise<SendResult> {
    const { codes } = this.#deps;
    const sent = isResend ? await codes.find(tx, slot) : null;
    // A double click continues like the first click, which has just sent the message.
    const isDoubleClick =
      sent !== null && sent.sends > 1 && secondsAfter(sent.sentAt, DOUBLE_CLICK_SECONDS) > now();
    return sent === null || isDoubleClick ? { type: "already-sent" } : { type: "wait", until: sent.resendAt };
  }

  /**
   * The last line of defence behind the journey: a sign-in's code is sent to the confirmed number only, and while a number
   * is confirmed, no other number gets a code with the password alone.
   */
  async #requireAllowedNumber(
    tx: Queryable,
    { user, purpose, number, replaces }: CodeRequest,
  ): Promise<void> {
    const stored = await this.#deps.numbers.find(tx, user);
    const confirmed = stored?.state === "confirmed" ? stored.number : null;
    const isAllowed = purpose === "sign-in" ? confirmed === number : confirmed === null || replaces === true;
    if (!isAllowed) {
      throw new Error(`No code for ${purpose} goes to this number.`);
    }
  }

  async #stopped(asked: SmsRequest, limit: SmsLimit): Promise<SendResult> {
    const { budget } = this.#deps;
    return { type: "stopped", by: await budget.recordStop(asked, limit, now()) };
  }

  #recordSent(tx: Queryable, { user, purpose, number, visitor }: CodeRequest, sends: number): Promise<void> {
    const { id, officeId } = user;
    return this.#deps.audit.add(tx, {
      type: "sms.sent",
      outcome: "ok",
      officeId,
      actor: id,
      subject: id,
      visitor,
      details: { purpose, to: maskNumber(number), sends },
    });
  }
}

/** Behind the pages, which ask for it too: an office that does not accept text messages pays for none of its new users. */
const isAccepted = ({ secondFactor }: Office): boolean =>
  secondFactor.methods.some((kind) => FACTORS[kind].sentBy === "sms");

/** The office may have shortened its list since the number was stored. */
const isAllowed = (e164: string, { country, countries }: Office): boolean =>
  parseMobileNumber(e164, country, countries).type === "number";

/** A limit is reached; the transaction is rolled back, so that an unsent message is not counted. */
class BudgetSpent extends Error {
  readonly limit: SmsLimit;

  constructor(limit: SmsLimit) {
    super("Too many text messages.");
    this.limit = limit;
  }
}

import type { Visitor } from "../../kernel/visitor.ts";
import { auditWritten } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { minutesAfter, secondsAfter, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { MessageQueue } from "../../platform/messages/message.ts";
import type { Office } from "../offices/office.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { FACTORS } from "./factor.ts";
import type { GuardStore } from "./guard-store.ts";
import { maskNumber, parseMobileNumber } from "./mobile-number.ts";
import type { UserContact } from "./code-try.ts";
import type { SmsRequest, SmsBudget, SmsStop, SmsLimit } from "./sms-budget.ts";
import { hashOfCode, newCode, slotOf, SENT_CODE } from "./sent-code.ts";
import type { NewSentCode, SentCode, SentCodeStore, CodePurpose } from "./sent-code-store.ts";

/** A code to send. */
export interface CodeRequest {
  readonly user: UserContact;
  /** What the code belongs to: the uid of the sign-in. */
  readonly binding: string;
  readonly purpose: CodePurpose;
  /** E.164 */
  readonly number: string;
  readonly visitor: Visitor;
  /** The user asks for another message. Otherwise only the first display of a page sends one. */
  readonly isResend: boolean;
  /** Another factor or a recovery code was proved, so a new number may get a code beside a confirmed one. */
  readonly replaces?: boolean;
  /** The user's office, where the caller has read it. */
  readonly office?: Office | null;
}

export type SendResult =
  /** `sent`: the last code that can be used. */
  | { readonly type: "sent" | "already-sent"; readonly sent: SentCode | null }
  | { readonly type: "wait"; readonly until: Date }
  | { readonly type: "stopped"; readonly by: SmsStop }
  | { readonly type: "blocked" };

/** Two requests within this time count as one click. */
const DOUBLE_CLICK_SECONDS = 3;

interface Deps {
  readonly database: Database;
  readonly codes: SentCodeStore;
  readonly guard: GuardStore;
  readonly budget: SmsBudget;
  readonly offices: OfficeStore;
  readonly queue: MessageQueue;
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
    const office = wish.office?.id === user.officeId ? wish.office : await offices.find(user.officeId);
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
    const { codes, budget } = this.#deps;
    const at = now();
    const { type, sent } = await codes.send(tx, this.#newCode(wish, at));
    switch (type) {
      case "blocked":
        return { type: "blocked" };
      case "forbidden":
        // The last line of defence behind the journey.
        throw new Error(`No code for ${wish.purpose} goes to this number.`);
      case "early":
        return this.#tooEarly(sent, wish.isResend);
      case "sent": {
        const full = await budget.count(tx, asked, at);
        if (full !== null) {
          throw new BudgetSpent(full);
        }
        auditWritten.emit({ type: "sms.sent", outcome: "ok", officeId: wish.user.officeId });
        return { type: "sent", sent };
      }
    }
  }

  #newCode(wish: CodeRequest, at: Date): NewSentCode {
    const { guard, queue, hash, text } = this.#deps;
    const { user, number, visitor, isResend, replaces = false } = wish;
    const slot = slotOf(hash, wish);
    const code = newCode();
    const expiresAt = minutesAfter(at, SENT_CODE.minutes);
    const sms = { to: number, text: text(user.language, code), officeId: user.officeId, until: expiresAt };
    return {
      ...{ ...slot, number, at, expiresAt, isResend, replaces, visitor },
      hash: hashOfCode(hash, slot, { number, code }),
      masked: maskNumber(number),
      frozenFrom: guard.frozenFrom,
      waits: SENT_CODE.resendWaits,
      message: queue.prepare({ channel: "sms", ...sms }).json,
    };
  }

  #tooEarly(sent: SentCode | null, isResend: boolean): SendResult {
    // A double click continues like the first click, which has just sent the message.
    const isDoubleClick =
      sent !== null && sent.sends > 1 && secondsAfter(sent.sentAt, DOUBLE_CLICK_SECONDS) > now();
    return sent === null || !isResend || isDoubleClick
      ? { type: "already-sent", sent }
      : { type: "wait", until: sent.resendAt };
  }

  async #stopped(asked: SmsRequest, limit: SmsLimit): Promise<SendResult> {
    const { budget } = this.#deps;
    return { type: "stopped", by: await budget.recordStop(asked, limit, now()) };
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

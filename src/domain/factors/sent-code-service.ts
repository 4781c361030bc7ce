import type { Visitor } from "../../kernel/visitor.ts";
import { auditWritten } from "../audit/audit-store.ts";
import { minutesAfter, secondsAfter, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimit } from "../../platform/limits/rate-limit-store.ts";
import type { PreparedMessage } from "../../platform/messages/message.ts";
import { SUPPORT_OFFICE_CODE, type Office } from "../offices/office.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { FACTORS } from "./factor.ts";
import type { GuardStore } from "./guard-store.ts";
import type { SentKind, UserContact } from "./code-try.ts";
import { fullLimit, type CodeStop, type CountedMessage, type MessageBudget } from "./message-budget.ts";
import { hashOfCode, newCode, slotOf, SENT_CODE } from "./sent-code.ts";
import type { CodePurpose, NewSentCode, SentCode, SentCodeStore } from "./sent-code-store.ts";

/** A code to send. */
export interface CodeRequest {
  readonly user: UserContact;
  /** What the code belongs to: the uid of the sign-in. */
  readonly binding: string;
  readonly purpose: CodePurpose;
  /** A mobile number (E.164), or an email address. */
  readonly to: string;
  readonly visitor: Visitor;
  /** The user asks for another message. Otherwise only the first display of a page sends one. */
  readonly isResend: boolean;
  /** Another factor or a recovery code was proved, so a new number or address may get a code beside a confirmed one. */
  readonly replaces?: boolean;
  /** The user's office, where the caller has read it. */
  readonly office?: Office | null;
}

export type SendResult =
  /** `sent`: the last code that can be used. */
  | { readonly type: "sent" | "already-sent"; readonly sent: SentCode | null }
  | { readonly type: "wait"; readonly until: Date }
  | { readonly type: "stopped"; readonly by: CodeStop }
  | { readonly type: "blocked" };

/** A message to count. */
export interface CountedRequest {
  readonly user: UserContact;
  readonly office: Office;
  /** In one form, so that every notation counts as the same. */
  readonly to: string;
  /** The sign-in. */
  readonly binding: string;
  readonly visitor: Visitor;
}

/** What is particular to a kind: its limits, and its message. */
export interface CodeChannel<Limit extends RateLimit = RateLimit> {
  readonly kind: SentKind;
  /** The audit event of a message that was sent. */
  readonly event: "sms.sent" | "email-code.sent";
  /** False without a gateway: then no message is queued that would never be sent. */
  readonly canSend: boolean;
  /** Whether it sends to the account's own address alone, which is not typed. */
  readonly isToAccount: boolean;
  /** The number or address as the audit log has it. */
  mask(to: string): string;
  /** The limit of messages that may not be sent at all; null for one that may. */
  forbiddenBy(asked: CountedRequest): Limit | null;
  /** What a message counts on. */
  budgetOf(asked: CountedRequest): MessageBudget<Limit>;
  /** Tells what was counted. */
  tell(asked: CountedRequest, counted: CountedMessage): void;
  /** Records a stop in a transaction of its own. */
  recordStop(asked: CountedRequest, full: Limit, now: Date): Promise<CodeStop>;
  /** The message in the recipient's language. */
  prepare(asked: CountedRequest, code: string, until: Date): PreparedMessage;
}

/** Two requests within this time count as one click. */
const DOUBLE_CLICK_SECONDS = 3;

interface Deps<Limit extends RateLimit> {
  readonly codes: SentCodeStore;
  readonly guard: GuardStore;
  readonly offices: OfficeStore;
  readonly hash: KeyedHash;
  readonly channel: CodeChannel<Limit>;
}

/** Sends codes of one kind, as pages see it. */
export interface CodeSender {
  readonly kind: SentKind;
  sendCode(wish: CodeRequest): Promise<SendResult>;
  stateOf(wish: Pick<CodeRequest, "user" | "binding" | "purpose">): Promise<SentCode | null>;
}

/** Sends codes of one kind. Each message is counted by the statement that queues it. */
export class SentCodeService<Limit extends RateLimit = RateLimit> implements CodeSender {
  readonly kind: SentKind;
  readonly #deps: Deps<Limit>;

  constructor(deps: Deps<Limit>) {
    this.#deps = deps;
    this.kind = deps.channel.kind;
  }

  async sendCode(wish: CodeRequest): Promise<SendResult> {
    const { offices, channel } = this.#deps;
    const { user, binding, to, visitor } = wish;
    if (!channel.canSend) {
      return { type: "stopped", by: "off" };
    }
    const office = wish.office?.id === user.officeId ? wish.office : await offices.find(user.officeId);
    if (office === null) {
      throw new Error("The office of the user who signs in does not exist.");
    }
    if (!this.#isAccepted(office, wish.purpose)) {
      return { type: "stopped", by: "off" };
    }
    const asked = { user, office, to, binding, visitor };
    const forbidden = channel.forbiddenBy(asked);
    return forbidden === null ? this.#send(wish, asked) : this.#stopped(asked, forbidden);
  }

  /** The last code for this sign-in and purpose; null when none was sent, or it is used. */
  stateOf(wish: Pick<CodeRequest, "user" | "binding" | "purpose">): Promise<SentCode | null> {
    return this.#deps.codes.findAlone(slotOf(this.#deps.hash, { ...wish, kind: this.kind }));
  }

  /**
   * Behind the pages, which ask for it too: an office that does not accept the kind sends none to its new users, and a kind that is too weak
   * for the platform's staff sends them nothing at all.
   */
  #isAccepted({ code, secondFactor }: Office, purpose: CodePurpose): boolean {
    const isForAll = FACTORS[this.kind].isForStaff || code !== SUPPORT_OFFICE_CODE;
    return isForAll && (purpose !== "enrol" || secondFactor.methods.includes(this.kind));
  }

  async #send(wish: CodeRequest, asked: CountedRequest): Promise<SendResult> {
    const { codes, channel } = this.#deps;
    const budget = channel.budgetOf(asked);
    const { type, sent, counted } = await codes.send(this.#newCode(wish, asked, now()), budget);
    switch (type) {
      case "blocked":
        return { type: "blocked" };
      case "forbidden":
        if (channel.isToAccount) {
          // It has changed since the caller read it. The next request reads the new one.
          return { type: "already-sent", sent: null };
        }
        // The last line of defence behind the journey.
        throw new Error(`No code for ${wish.purpose} goes to this number or address.`);
      case "early":
        return this.#tooEarly(sent, wish.isResend);
      case "full": {
        const full = fullLimit(budget, counted);
        if (full === null) {
          throw new Error("A message was refused by no limit of its own.");
        }
        return this.#stopped(asked, full);
      }
      case "sent": {
        channel.tell(asked, counted);
        auditWritten.emit({ type: channel.event, outcome: "ok", officeId: wish.user.officeId });
        return { type: "sent", sent };
      }
    }
  }

  #newCode(wish: CodeRequest, asked: CountedRequest, at: Date): NewSentCode {
    const { guard, hash, channel } = this.#deps;
    const { to, visitor, isResend, replaces = false } = wish;
    const slot = slotOf(hash, { ...wish, kind: this.kind });
    const code = newCode();
    const expiresAt = minutesAfter(at, SENT_CODE.minutes);
    return {
      ...{ ...slot, to, at, expiresAt, isResend, replaces, visitor },
      event: channel.event,
      hash: hashOfCode(hash, slot, { to, code }),
      masked: channel.mask(to),
      frozenFrom: guard.frozenFrom,
      waits: SENT_CODE.resendWaits,
      message: channel.prepare(asked, code, expiresAt).json,
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

  async #stopped(asked: CountedRequest, limit: Limit): Promise<SendResult> {
    return { type: "stopped", by: await this.#deps.channel.recordStop(asked, limit, now()) };
  }
}

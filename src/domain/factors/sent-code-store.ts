import { homeOf } from "../../kernel/home.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { SmsStatus } from "../../platform/messages/message.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { FactorKind } from "./factor.ts";
import { budgetJson, type CountedMessage, type MessageBudget } from "./message-budget.ts";

export type CodePurpose = "sign-in" | "enrol";

/** Identifies a code: its kind, its user, its binding (keyed hash of the sign-in or session) and its purpose. */
export interface CodeSlot {
  readonly kind: FactorKind;
  readonly user: UserRef;
  readonly binding: Buffer;
  readonly purpose: CodePurpose;
}

/** A code that is about to be sent. */
export interface NewSentCode extends CodeSlot {
  /** A mobile number (E.164) or an email address. */
  readonly to: string;
  /** The type of the audit event. */
  readonly event: AuditType;
  readonly hash: Buffer;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly isResend: boolean;
  readonly waits: readonly number[];
  /** A new number or address may get a code beside a confirmed one. */
  readonly replaces: boolean;
  /** The number or address as the audit log has it. */
  readonly masked: string;
  readonly frozenFrom: number;
  readonly visitor: Visitor;
  /** As `add_message` of the database reads it. */
  readonly message: string;
}

/** What a page may show about the code that was sent last. */
export interface SentCode {
  readonly to: string;
  readonly sentAt: Date;
  readonly sends: number;
  readonly messageId: string | null;
  readonly resendAt: Date;
  readonly expiresAt: Date;
  /** Whether it took the place of another code to the same number or address. */
  readonly isResent: boolean;
  /** Of its message; null when unknown. */
  readonly status: SmsStatus | null;
}

/** A code as the database returns it. */
interface SentJson extends Omit<SentCode, "sentAt" | "resendAt" | "expiresAt" | "status"> {
  readonly sentAt: string;
  readonly resendAt: string;
  readonly expiresAt: string;
  readonly status: { readonly state: SmsStatus["state"]; readonly at: string } | null;
}

interface AnswerJson {
  readonly type: SendAnswer["type"];
  readonly sent?: SentJson | null;
  readonly counted?: CountedMessage | null;
}

/**
 * `early`: a message was sent for this slot recently. `full`: it would exceed a limit of its budget, and nothing counts. `blocked`: no code would be checked now. `forbidden`: not to this number or address. `sent`:
 * the last code of the slot, where there is one that can be used.
 */
export interface SendAnswer {
  readonly type: "sent" | "early" | "full" | "blocked" | "forbidden";
  readonly sent: SentCode | null;
  readonly counted: CountedMessage;
}

function sentOf({ sentAt, resendAt, expiresAt, status, ...rest }: SentJson): SentCode {
  const times = { sentAt: new Date(sentAt), resendAt: new Date(resendAt), expiresAt: new Date(expiresAt) };
  return { ...rest, ...times, status: status === null ? null : { ...status, at: new Date(status.at) } };
}

const NOT_COUNTED: CountedMessage = { full: [], used: null, warned: null };

const statements = {
  send: { name: "sent_code_send", text: "select send_code($1, $2, $3, $4, $5, $6) as answer" },
  find: {
    name: "sent_code_find",
    text: `select json_build_object('to', c.sent_to, 'sentAt', c.sent_at, 'sends', c.sends,
             'messageId', c.message_id, 'resendAt', c.resend_at, 'expiresAt', c.expires_at, 'isResent', c.superseded is not null,
             'status', (select json_build_object('state', case m.state when 'sending' then 'waiting' else m.state end, 'at', m.state_at)
               from messages m where m.home = $home and m.id = c.message_id)) as sent
           from sent_codes c
           where c.home = $home and c.binding = $1 and c.purpose = $2 and c.user_id = $3 and c.kind = $4 and c.used_at is null`,
  },
  // A code of a new number or address. That of a confirmed one is spent by `spend_code` of the database. No row: it was used, a newer one was
  // sent, or it has expired.
  spend: {
    name: "sent_code_spend",
    text: `update sent_codes set used_at = $5
           where home = $home and binding = $1 and purpose = $2 and user_id = $3 and hash = $4 and kind = $6
             and used_at is null and expires_at > $5
           returning sent_to as "to"`,
  },
  forget: {
    name: "sent_code_forget",
    text: "delete from sent_codes where home = $home and user_id = $1 and kind = $2",
  },
  forgetAll: {
    name: "sent_code_forget_all",
    text: "delete from sent_codes where home = $home and user_id = $1",
  },
} as const satisfies Record<string, Statement>;

/** Codes that were sent by text message or email; each in the row of its slot, so that only the newest is valid. */
export class SentCodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Counts a message with a code and sends it, in one statement. */
  async send(code: NewSentCode, budget: MessageBudget): Promise<SendAnswer> {
    const { user, binding, hash, at, message, visitor, ...rest } = code;
    const bytes = { slot: binding.toString("hex"), hash: hash.toString("hex") };
    const from = { address: visitor.address, requestId: visitor.requestId };
    const written = { ...rest, ...bytes, ...from, budget: budgetJson(budget) };
    const { id, officeId } = user;
    const values = [homeOf(officeId), officeId, id, at, JSON.stringify(written), message];
    const [row] = await this.#database.query<{ answer: AnswerJson }>(statements.send, values);
    const { type, sent = null, counted = null } = row?.answer ?? { type: "blocked" };
    return { type, sent: sent === null ? null : sentOf(sent), counted: counted ?? NOT_COUNTED };
  }

  async find(queryable: Queryable, { user, kind, binding, purpose }: CodeSlot): Promise<SentCode | null> {
    const [row] = await queryable.query<{ sent: SentJson }>(statements.find, [
      binding,
      purpose,
      user.id,
      kind,
    ]);
    return row === undefined ? null : sentOf(row.sent);
  }

  findAlone(slot: CodeSlot): Promise<SentCode | null> {
    return this.#database.inOffice(slot.user.officeId, (tx) => this.find(tx, slot));
  }

  /** Uses up a code of a new number or address, and returns what it was sent to; null when it is no longer valid. */
  async spend(tx: Queryable, slot: CodeSlot, code: { hash: Buffer; at: Date }): Promise<string | null> {
    const { user, kind, binding, purpose } = slot;
    const values = [binding, purpose, user.id, code.hash, code.at, kind];
    const [row] = await tx.query<{ to: string }>(statements.spend, values);
    return row?.to ?? null;
  }

  /** Deletes every code of a user whose number or address changes. */
  async forget(tx: Queryable, { id }: UserRef, kind: FactorKind): Promise<void> {
    await tx.query(statements.forget, [id, kind]);
  }

  /** Deletes every code of a user whose factors are reset. */
  async forgetAll(tx: Queryable, { id }: UserRef): Promise<void> {
    await tx.query(statements.forgetAll, [id]);
  }
}

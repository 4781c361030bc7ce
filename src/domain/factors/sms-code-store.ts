import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";

export type SmsPurpose = "sign-in" | "enrol";

/** Identifies a code: its user, its binding (keyed hash of the sign-in or session) and its purpose. */
export interface SmsSlot {
  readonly user: UserRef;
  readonly binding: Buffer;
  readonly purpose: SmsPurpose;
}

/** A code that is about to be sent. */
export interface NewSmsCode extends SmsSlot {
  readonly number: string;
  readonly hash: Buffer;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly isResend: boolean;
}

/** What a page may show about the code that was sent last. */
export interface SentCode {
  readonly number: string;
  readonly sentAt: Date;
  readonly sends: number;
  readonly messageId: string | null;
  readonly resendAt: Date;
  readonly expiresAt: Date;
  /** Whether it took the place of another code to the same number. */
  readonly isResent: boolean;
}

/** Seconds until a code may be sent again, after the first, the second and every later message. */
const RESEND_WAITS = [30, 60, 120];

interface Row {
  readonly number: string;
  readonly sent_at: Date;
  readonly sends: number;
  readonly message_id: string | null;
  readonly resend_at: Date;
  readonly expires_at: Date;
  readonly is_resent: boolean;
}

const statements = {
  // No row: a message was sent for this slot recently. Ten parallel requests send one message. Another number is a new
  // request, and limited by the budget only.
  claim: {
    name: "sms_code_claim",
    text: `
      insert into sms_codes as c (home, office_id, user_id, binding, purpose, number, hash, sends, sent_at, resend_at, expires_at)
      values ($home, $1, $2, $3, $4, $5, $6, 1, $7, $7::timestamptz + make_interval(secs => ($9::integer[])[1]), $8)
      on conflict (home, user_id, binding, purpose) do update set number = excluded.number, hash = excluded.hash, sends = c.sends + 1,
        sent_at = $7, expires_at = $8, used_at = null, message_id = null,
        superseded = case when c.number = excluded.number and c.used_at is null then c.superseded || c.hash end,
        resend_at = $7::timestamptz + make_interval(secs => ($9::integer[])[least(c.sends + 1, cardinality($9::integer[]))])
      where c.number <> excluded.number or c.used_at is not null or ($10 and c.resend_at <= $7)
      returning sends`,
  },
  message: {
    name: "sms_code_message",
    text: "update sms_codes set message_id = $3 where home = $home and binding = $1 and purpose = $2 and user_id = $4",
  },
  find: {
    name: "sms_code_find",
    text: `select number, sent_at, sends, message_id, resend_at, expires_at, superseded is not null as is_resent from sms_codes
           where home = $home and binding = $1 and purpose = $2 and user_id = $3 and used_at is null`,
  },
  // A code of a new number. That of a confirmed one is spent by `spend_code` of the database. No row: it was used, a newer one was
  // sent, or it has expired.
  spend: {
    name: "sms_code_spend",
    text: `update sms_codes set used_at = $5
           where home = $home and binding = $1 and purpose = $2 and user_id = $3 and hash = $4
             and used_at is null and expires_at > $5
           returning number`,
  },
  forget: { name: "sms_code_forget", text: "delete from sms_codes where home = $home and user_id = $1" },
  purge: {
    name: "sms_code_purge",
    text: `delete from sms_codes where home = $home and ctid = any(array(
             select ctid from sms_codes
             where home = $home and office_id = $1 and sent_at < now() - interval '1 day' limit 100 for update skip locked))`,
  },
} as const satisfies Record<string, Statement>;

/** Codes that were sent by text message; each in the row of its slot, so that only the newest is valid. */
export class SmsCodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Claims the slot for a new code; null when it is too early for another one. */
  async claim(tx: Queryable, code: NewSmsCode): Promise<number | null> {
    const { user, binding, purpose, number, hash, at, expiresAt, isResend } = code;
    const values = [
      user.officeId,
      user.id,
      binding,
      purpose,
      number,
      hash,
      at,
      expiresAt,
      RESEND_WAITS,
      isResend,
    ];
    const [row] = await tx.query<{ sends: number }>(statements.claim, values);
    // A code older than a day belongs to no sign-in any more; each claim deletes those of the office.
    await tx.query(statements.purge, [user.officeId]);
    return row?.sends ?? null;
  }

  async keepMessage(tx: Queryable, { user, binding, purpose }: SmsSlot, messageId: string): Promise<void> {
    await tx.query(statements.message, [binding, purpose, messageId, user.id]);
  }

  async find(queryable: Queryable, { user, binding, purpose }: SmsSlot): Promise<SentCode | null> {
    const [row] = await queryable.query<Row>(statements.find, [binding, purpose, user.id]);
    return row === undefined
      ? null
      : {
          number: row.number,
          sentAt: row.sent_at,
          sends: row.sends,
          messageId: row.message_id,
          resendAt: row.resend_at,
          expiresAt: row.expires_at,
          isResent: row.is_resent,
        };
  }

  findAlone(slot: SmsSlot): Promise<SentCode | null> {
    return this.#database.inOffice(slot.user.officeId, (tx) => this.find(tx, slot));
  }

  /** Uses up a code of a new number, and returns the number that it was sent to; null when it is no longer valid. */
  async spend(tx: Queryable, slot: SmsSlot, code: { hash: Buffer; at: Date }): Promise<string | null> {
    const { user, binding, purpose } = slot;
    const values = [binding, purpose, user.id, code.hash, code.at];
    const [row] = await tx.query<{ number: string }>(statements.spend, values);
    return row?.number ?? null;
  }

  /** Deletes every code of a user whose number changes. */
  async forget(tx: Queryable, { id }: UserRef): Promise<void> {
    await tx.query(statements.forget, [id]);
  }
}

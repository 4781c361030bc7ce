import type { Queryable, Statement } from "../../platform/database/database.ts";

const statements = {
  hold: {
    name: "mailbox_hold",
    text: "update users set mailbox_hold_until = $2 where home = $home and id = $1",
  },
  isHeld: {
    name: "mailbox_is_held",
    text: "select id from users where home = $home and id = $1 and mailbox_hold_until > $2",
  },
  prove: {
    name: "mailbox_prove",
    text: `update users set mail_proved = mail, mail_proved_at = $3
           where home = $home and id = $1 and mail_hash(mail) = mail_hash($2) returning id`,
  },
} as const satisfies Record<string, Statement>;

/** What a user's mailbox has proved, and until when it proves nothing. In transactions of the user's office. */
export class MailboxStore {
  /** Until then the mailbox is not accepted as proof for a change of a factor or of the address. */
  async hold(tx: Queryable, userId: string, until: Date): Promise<void> {
    await tx.query(statements.hold, [userId, until]);
  }

  async isHeld(tx: Queryable, userId: string, now: Date): Promise<boolean> {
    return (await tx.query(statements.isHeld, [userId, now])).length > 0;
  }

  /** The user owns this address. Returns false, and proves nothing, where the account has another one by now. */
  async prove(tx: Queryable, userId: string, { mail, at }: { mail: string; at: Date }): Promise<boolean> {
    return (await tx.query(statements.prove, [userId, mail, at])).length === 1;
  }
}

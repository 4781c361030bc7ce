import type { Queryable, Statement } from "../../platform/database/database.ts";
import { KEEPS_MAIL, raisesVersion } from "./user-effects.ts";
import type { User } from "./user.ts";
import { foldUsername } from "./username.ts";

const IS_OTHER_MAILBOX = "mail_hash(mail) is distinct from mail_hash($6)";

const statements = {
  // An address that an administrator types is not proved, not even one that was proved before the last change. One that differs in case
  // alone is the same mailbox, and stays what it was (docs/decisions/0115). A mail address that another user has entered proves nothing for two days, and no password link is sent there; unless
  // the account has nothing to take over yet, because it has never been signed in to.
  edit: {
    name: "user_edit",
    text: `with changed as (
             update users set username = $3, username_key = $4, name = $5, mail = $6, language = $7, changed_at = $8,
               ${raisesVersion({ username: "$3", name: "$5", mail: "$6", language: "$7" })},
               mail_proved = case when ${IS_OTHER_MAILBOX} then null when mail = mail_proved then $6 else mail_proved end,
               mail_proved_at = case when ${IS_OTHER_MAILBOX} then null else mail_proved_at end,
               mailbox_hold_until = case when ${IS_OTHER_MAILBOX}
                 then greatest(mailbox_hold_until, $8::timestamptz + interval '48 hours') else mailbox_hold_until end,
               links_held_until = case when ${IS_OTHER_MAILBOX} and (password_changed_at > created_at
                   or exists (select from audit_events e where e.home = $home and e.subject = users.id::text and e.type = 'sign-in'))
                 then $8::timestamptz + interval '48 hours' else links_held_until end
             where home = $home and id = $1 and version = $2 returning *), ${KEEPS_MAIL}
           select version, links_held_until as "linksHeldUntil" from changed`,
  },
} as const satisfies Record<string, Statement>;

/** The one statement that edits another user. */
export class UserEditStore {
  /** Null, and nothing is changed, when the user has another version by now. Throws PostgreSQL's 23505 for a taken username. */
  async edit(
    tx: Queryable,
    { id, version, username, name, mail, language }: User,
    at: Date,
  ): Promise<Pick<User, "version" | "linksHeldUntil"> | null> {
    const values = [id, version, username, foldUsername(username), name, mail, language, at];
    const [row] = await tx.query<Pick<User, "version" | "linksHeldUntil">>(statements.edit, values);
    return row ?? null;
  }
}

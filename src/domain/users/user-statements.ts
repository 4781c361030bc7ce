import type { Statement } from "../../platform/database/database.ts";
import { officeJson } from "../offices/office-store.ts";
import { hasWords } from "../../platform/database/search-words.ts";
import { BEGINS, ENDS_SESSIONS, KEEPS_MAIL, raisesVersion } from "./user-effects.ts";

/** The statements of `user-store.ts`. */

/** Of `users u`, for every read model that shows a user. */
export const USER_COLUMNS = "u.username, u.name, u.mail, u.role, u.language, u.status";

const COLUMNS = `id, office_id, username, name, mail, role, language, status, version, links_held_until, led_until,
  mail is not null and mail is not distinct from mail_proved as is_mail_proved, mail_proved_at`;

/** SQL: from when a change counts. Proofs carry whole seconds, so one in the second of a change has to end with the older ones. */
export const nextSecond = (at: string) => `date_trunc('second', ${at}::timestamptz) + interval '1 second'`;

export const STATEMENTS = {
  account: { name: "account", text: "select find_account($1, $2) as account" },
  find: { name: "user_by_id", text: `select ${COLUMNS} from users where home = $home and id = $1` },
  // Without a transaction, which would be two more messages to the database.
  findWithOffice: {
    name: "user_with_office",
    text: `select ${COLUMNS}, ${officeJson("$2")} as office from find_office_user($1, $2, $3)`,
  },
  findByUsername: {
    name: "user_by_username",
    text: `select ${COLUMNS} from users where home = $home and username_key = $1`,
  },
  findByWords: {
    name: "user_by_words",
    text: `select ${COLUMNS} from users where home = $home and ${hasWords("search_words", "$1")} limit 2`,
  },
  findByMail: {
    name: "people_of_mail",
    text: `select office_code as "officeCode", office_name as "officeName", username, name, mail, language
           from find_people_of_mail($1)`,
  },
  list: {
    name: "user_list",
    text: `select ${COLUMNS} from users where home = $home order by username_key limit $1`,
  },
  addSubject: {
    name: "subject_add",
    text: "insert into subjects (home, id, office_id) values ($home, $1, $2)",
  },
  add: {
    name: "user_add",
    text: `with added as (
             insert into users (home, id, office_id, username, username_key, name, mail, role, language, password_hash,
               password_changed_at, valid_from, created_at, changed_at, password_expired)
             values ($home, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, date_trunc('second', $10::timestamptz), $10, $10, $11)
             on conflict (home, office_id, username_key) do nothing returning home, id, office_id, mail), ${BEGINS}
           select id from added`,
  },
  changePassword: {
    name: "user_change_password",
    text: `update users set password_hash = $2, password_changed_at = $3, valid_from = ${nextSecond("$3")},
             changed_at = $3, password_expired = false where home = $home and id = $1 returning ${ENDS_SESSIONS}`,
  },
  // In a sign-in, which survives by the fact that it has set this password.
  renewPassword: {
    name: "user_renew_password",
    text: `update users set password_hash = $2, password_changed_at = $3, changed_at = $3, password_expired = false,
             valid_from = greatest(valid_from, $4) where home = $home and id = $1 and password_expired
           returning id, ${ENDS_SESSIONS}`,
  },
  expirePassword: {
    name: "user_expire_password",
    text: `update users set password_expired = true, valid_from = ${nextSecond("$2")}, changed_at = $2 where home = $home and id = $1
           returning ${ENDS_SESSIONS}`,
  },
  expireCommon: {
    name: "user_expire_common_password",
    text: "update users set password_expired = true where home = $home and id = $1 and not password_expired returning id",
  },
  // Weaker than `for update`, which would block inserts of rows that reference this user.
  lock: { name: "user_lock", text: "select from users where home = $home and id = $1 for no key update" },
  passwordHash: {
    name: "user_password_hash",
    text: "select password_hash from users where home = $home and id = $1",
  },
  changeProfile: {
    name: "user_change_profile",
    text: `update users set name = $2, language = $3, time_zone = $5, changed_at = $4,
             ${raisesVersion({ name: "$2", language: "$3" })}
           where home = $home and id = $1 and (name is distinct from $2 or language is distinct from $3 or time_zone is distinct from $5)
           returning id`,
  },
  // What the new mailbox proves counts for nothing for two days: it has just been set.
  changeMail: {
    name: "user_change_mail",
    text: `with changed as (
             update users set mail = $2, mail_proved = $2, mail_proved_at = $3, changed_at = $3,
               ${raisesVersion({ mail: "$2" })},
               mailbox_hold_until = greatest(mailbox_hold_until, $3::timestamptz + interval '48 hours')
             where home = $home and id = $1 returning *), ${KEEPS_MAIL}
           select from changed`,
  },
  // "This was not me" is no proof: the address may belong to a person who has never heard of this account. So where it was not proved
  // before, no link to a new password goes there any earlier.
  restoreMail: {
    name: "user_restore_mail",
    text: `with changed as (
             update users set mail = $2, mail_proved = case when $4 then $2 end,
               mail_proved_at = case when $4 then $3::timestamptz end, changed_at = $3,
               links_held_until = case when $4 then null else links_held_until end,
               ${raisesVersion({ mail: "$2" })}
             where home = $home and id = $1 and mail is distinct from $2 returning *), ${KEEPS_MAIL}
           select id from changed`,
  },
  hold: {
    name: "user_hold",
    text: `select extract(epoch from valid_from)::float8 as "validFrom",
             case when others_ended_at is not null then json_build_object(
               'at', extract(epoch from others_ended_at)::float8, 'kept', kept_session) end as "othersEnded",
             extract(epoch from trust_ended_at)::float8 as "trustEnded"
           from users where home = $home and id = $1 and status = 'active' for no key update`,
  },
  endSessions: {
    name: "user_end_sessions",
    text: `update users set valid_from = ${nextSecond("$2")} where home = $home and id = $1
           returning ${ENDS_SESSIONS} as ended`,
  },
  rehash: {
    name: "user_rehash",
    text: "update users set password_hash = $2 where home = $home and id = $1 and password_hash = $3",
  },
} as const satisfies Record<string, Statement>;

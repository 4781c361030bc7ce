/**
 * What follows from a change of users' rows, as parts of the statement that makes it, so that none forgets it and none needs another
 * one. No trigger does it: a database that is spread over machines has none. test/domain/users/user-effects.test.ts knows every
 * statement that writes users.
 */

/** In `set`: the version rises where one of these columns gets another value. An edit that is based on an older one is a conflict. */
export const raisesVersion = (values: Readonly<Record<string, string>>): string =>
  `version = version + (row(${Object.keys(values).join(", ")}) is distinct from row(${Object.values(values).join(", ")}))::integer`;

/** In `returning`, in a transaction of the office: ends the sessions that the row does not allow any more. */
export const ENDS_SESSIONS = `end_sessions($home, array[id], case when status = 'active' then extract(epoch from valid_from)::float8 else 'infinity' end)`;

const LISTED = (rows: string) => `
  insert into mail_people (home, user_id, office_id, mail_hash)
  select home, id, office_id, mail_hash(mail) from ${rows} where mail is not null
  on conflict (home, user_id) do update set mail_hash = excluded.mail_hash`;

/** After `with changed as (an update of users returning *)`: the mail directory has the address of now. */
export const KEEPS_MAIL = `
  listed as (${LISTED("changed")}),
  unlisted as (delete from mail_people p using changed c where p.home = c.home and p.user_id = c.id and c.mail is null)`;

/** After `with added as (an insert into users returning home, id, office_id, mail)`: no sign-in yet, and a place in the mail directory. */
export const BEGINS = `
  begun as (insert into last_sign_ins (home, user_id, office_id, at) select home, id, office_id, '-infinity' from added),
  listed as (${LISTED("added")})`;

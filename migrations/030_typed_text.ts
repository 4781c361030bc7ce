import type { Knex } from "knex";
import { createFunctions } from "../src/platform/database/migration-sql.ts";

/**
 * Words for searching lists without case and accents, whatever the locale of the database; usernames in which a Turkish İ or a German
 * capital ẞ counts as the letter that other keyboards have; how the letters of an imported file were read.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ${createFunctions("search_words", "mail_hash")}
    alter table users add column search_words text not null generated always as
      (search_words(username || ' ' || name || ' ' || coalesce(mail, ''))) stored;
    alter table offices add column search_words text not null generated always as
      (search_words(code || ' ' || name)) stored;
    alter table applications add column search_words text not null generated always as (search_words(name)) stored;
    alter table import_runs add column encoding text;

    alter table users no force row level security;
    -- Of two users whose names only now count as one, the one who was first keeps it. The other gets a number, as no key is free.
    with folded as (
      select id, office_id, replace(replace(username_key, 'i' || chr(775), 'i'), 'ß', 'ss') as key,
        row_number() over (partition by office_id, replace(replace(username_key, 'i' || chr(775), 'i'), 'ß', 'ss')
          order by created_at, id) as place
      from users)
    update users u set
      username_key = f.key || case when f.place > 1 then '-' || left(u.id::text, 8) else '' end,
      username = u.username || case when f.place > 1 then '-' || left(u.id::text, 8) else '' end
    from folded f where f.id = u.id and (f.place > 1 or f.key <> u.username_key);
    alter table users force row level security;

    -- Of addresses that a database with a locale of its own, such as a Turkish one, has folded in its way.
    alter table mail_people no force row level security;
    alter table users no force row level security;
    update mail_people p set mail_hash = mail_hash(u.mail) from users u
      where u.id = p.user_id and u.mail is not null and p.mail_hash <> mail_hash(u.mail);
    alter table users force row level security;
    alter table mail_people force row level security;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table import_runs drop column encoding;
    alter table applications drop column search_words;
    alter table offices drop column search_words;
    alter table users drop column search_words;
    drop function search_words;
    delete from sql_functions where name = 'search_words';
  `);
}

import type { Knex } from "knex";

/** Two people who edit the same thing: the second one is told. And links wait after somebody else has set an address. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices add column version integer not null default 1;
    alter table users
      add column version integer not null default 1,
      -- Somebody else has put the mail address there: until then no link to choose a password goes to it.
      add column links_held_until timestamptz;

    -- A trigger, so that no way of changing something forgets to say so.
    create function raise_version() returns trigger language plpgsql as $$
    begin
      new.version := old.version + 1;
      return new;
    end $$;
    create trigger offices_version before update on offices for each row execute function raise_version();
    create trigger users_version before update of username, name, mail, role, language, status on users for each row
      when (row(old.username, old.name, old.mail, old.role, old.language, old.status)
        is distinct from row(new.username, new.name, new.mail, new.role, new.language, new.status))
      execute function raise_version();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger users_version on users;
    drop trigger offices_version on offices;
    drop function raise_version();
    alter table users drop column version, drop column links_held_until;
    alter table offices drop column version;
  `);
}

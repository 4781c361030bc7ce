import { expect } from "chai";
import { Client } from "pg";
import { freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { idAtHomeOf } from "../../support/sql-ids.ts";
import { useResource } from "../../support/suite-resource.ts";

const OFFICES = 300;
const USERS = 60;

/** Statements of a sign-in that know the home and the office, and the index that has what they ask for. */
const LOOKUPS: Readonly<Record<string, { readonly text: string; readonly index: string }>> = {
  "a user by the typed name": {
    text: "select * from users where home = $1 and office_id = $2 and username_key = $3",
    index: "users_home_office_id_username_key_key",
  },
  "a user by the id": {
    text: "select * from users where home = $1 and office_id = $2 and id = $3::uuid",
    index: "users_pkey",
  },
  "a factor of a user": {
    text: "select * from factors where home = $1 and office_id = $2 and user_id = $3::uuid",
    index: "factors_(pkey|office)",
  },
};

describe("a lookup in an office of many", function () {
  this.timeout(60_000);
  const database: FreshDatabase = useResource(freshDatabase, (made) => made.drop());
  let client: Client;
  before(async () => {
    client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    await client.query(`
      alter table offices no force row level security; alter table users no force row level security;
      alter table factors no force row level security;
      insert into offices (id, code, name, created_at, changed_at)
        select gen_random_uuid(), 'OFFICE-' || n, 'Noord', now(), now() from generate_series(1, ${String(OFFICES)}) n;
      insert into subjects (home, id, office_id)
        select home_of(o.id), ${idAtHomeOf("o.id")}, o.id from offices o, generate_series(1, ${String(USERS)});
      insert into users (home, id, office_id, username, username_key, name, password_hash, password_changed_at, valid_from,
          created_at, changed_at)
        select home, id, office_id, id::text, id::text, 'Anna', 'hash', now(), now(), now(), now() from subjects;
      insert into factors (home, office_id, user_id, kind, confirmed_at) select home, office_id, id, 'totp', now() from users;
      analyze`);
  });
  after(() => client.end());

  for (const [what, { text, index }] of Object.entries(LOOKUPS)) {
    it(`finds ${what} by its own index, not by one of the whole office`, async () => {
      const { rows } = await client.query<{ home: number; office_id: string; id: string }>(
        "select home, office_id, id from users order by id limit 1",
      );
      const [one] = rows;
      for (const mode of ["force_custom_plan", "force_generic_plan"]) {
        await client.query(`set plan_cache_mode = ${mode}; prepare lookup (smallint, uuid, text) as ${text}`);
        const values = `${String(one?.home)}::smallint, '${String(one?.office_id)}', '${String(one?.id)}'`;
        const plan = await client.query<{ "QUERY PLAN": string }>(`explain execute lookup (${values})`);
        await client.query("deallocate lookup");
        expect(plan.rows.map((row) => row["QUERY PLAN"]).join("\n"), mode).to.match(
          new RegExp(`using ${index} on`),
        );
      }
    });
  }
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import createKnex from "knex";
import { knexConfig, MIGRATIONS } from "../../../knexfile.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { migrate } from "../../../src/platform/database/migrate.ts";
import { knownMigrations } from "../../../src/platform/database/migration-marks.ts";
import { INSTALLED_SCHEMA } from "../../../src/platform/database/installed-schema.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";

describe("the migrations", () => {
  let database: FreshDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.drop());

  const schema = () => asOwner(database, INSTALLED_SCHEMA);
  const left = () =>
    asOwner<{ name: string }>(
      database,
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S')
         and relname not like 'migrations%'
       union all select proname from pg_proc where pronamespace = 'public'::regnamespace`,
    );

  it("go away, the newest first, leave nothing behind, and come back as they were", async () => {
    const before = await schema();
    const knex = createKnex(knexConfig(new Secret(database.ownerUrl)));
    try {
      await knex.migrate.rollback(undefined, true);
    } finally {
      await knex.destroy();
    }
    expect(await left()).to.deep.equal([]);
    await migrate({ owner: new Secret(database.ownerUrl), application: new Secret(database.url) });
    expect(await schema()).to.deep.equal(before);
  });

  it("write no function down: it would be in two places", async () => {
    for (const name of await knownMigrations()) {
      expect(readFileSync(join(MIGRATIONS, name), "utf8"), name).to.not.match(
        /create (or replace )?function/i,
      );
    }
  });
});

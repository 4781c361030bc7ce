import { expect } from "chai";
import createKnex from "knex";
import { knexConfig } from "../../../knexfile.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { migrate } from "../../../src/platform/database/migrate.ts";
import { knownMigrations } from "../../../src/platform/database/migration-marks.ts";
import { askAs, embeddedCluster, type Cluster } from "../../support/cluster.ts";

const PASSWORD = "plum-teapot-ladder-42";
/** The newest migration that made no row another one. */
const BEFORE = "012_user_imports.ts";

const OFFICES = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] as const;
const USERS = ["00000000-0000-4000-8000-000000000011", "00000000-0000-4000-8000-000000000012"] as const;

const ROWS = `
  insert into offices (id, code, name, created_at, changed_at) values
    ('${OFFICES[0]}', 'NOORD', 'Noord', now(), now()), ('${OFFICES[1]}', 'SUPPORT', 'Support', now(), now());
  insert into subjects (home, id, office_id) values (home_of('${OFFICES[0]}'), '${USERS[0]}', '${OFFICES[0]}'), (home_of('${OFFICES[1]}'), '${USERS[1]}', '${OFFICES[1]}');
  insert into users (home, id, office_id, username, username_key, name, mail, mail_proved, password_hash, password_changed_at,
      valid_from, created_at, changed_at)
    select home_of(s.office_id), s.id, s.office_id, 'anna', 'anna', 'Anna', 'anna@noord.example', 'anna@noord.example', 'hash', now(), now(), now(), now()
    from subjects s;
  insert into familiar_browsers (home, office_id, user_id, browser, expires_at)
    select home_of(office_id), office_id, id, 'browser', '2026-12-31 00:00:00+00' from users;
  insert into reset_requests (home, id, office_id, user_id, reason, requested_by, requested_at, ends_at)
    values (0, gen_random_uuid(), '${OFFICES[0]}', '${USERS[0]}', 'Lost phone', '${USERS[1]}', now(), now() + interval '1 day');
  insert into applications (id, name, type, settings, created_at, changed_at)
    select 'app_0000000000000000' || grace, 'Ledger', 'native', json_build_object('refreshGraceSeconds', grace), now(), now()
    from unnest(array[0, 30]) grace;
  insert into oidc_models (home, kind, id, payload, saved_at, expires_at) values (0, 2, 'one', '{}', now(), now());`;

describe("migrations of tables with rows, by an owner who sees none of them", function () {
  this.timeout(60_000);
  let cluster: Cluster;
  const owner = () => cluster.url({ user: "plain_owner", password: PASSWORD }, "filled");
  const upgrade = () => migrate({ owner: new Secret(owner()), application: null });
  const downgrade = async () => {
    const knex = createKnex(knexConfig(new Secret(owner())));
    try {
      for (const name of (await knownMigrations()).filter((known) => known > BEFORE).reverse()) {
        await knex.migrate.down({ name });
      }
    } finally {
      await knex.destroy();
    }
  };

  before(async () => {
    cluster = await embeddedCluster();
    for (const statement of [
      "create role vestibule_app",
      "create role vestibule_backup",
      `create role plain_owner login password '${PASSWORD}'`,
      "create database filled owner plain_owner",
    ]) {
      await cluster.sql("postgres", statement);
    }
    await upgrade();
    await downgrade();
    await cluster.sql("filled", ROWS);
    expect(await askAs(owner(), "select from users"), "what the owner sees").to.deep.equal([]);
  });
  after(() => cluster?.close());

  it("keep every row, with what the new columns say about it", async () => {
    expect(await upgrade()).to.include("015_familiar_browsers.ts");
    const [office] = await cluster.sql(
      "filled",
      `select second_factor, second_factor_since is not null as "isSince" from offices where code = 'SUPPORT'`,
    );
    expect(office).to.deep.equal({ second_factor: "required", isSince: true });
    expect(
      await cluster.sql(
        "filled",
        "select distinct expires_at - proved_at = interval '180 days' as is from familiar_browsers",
      ),
    ).to.deep.equal([{ is: true }]);
    expect(await cluster.sql("filled", "select action, role, state from approval_requests")).to.deep.equal([
      { action: "reset", role: null, state: "open" },
    ]);
    const [counts] = await cluster.sql(
      "filled",
      `select (select count(*)::integer from users where mail_proved = mail and mail_proved_at is null and led_until is null
           and others_ended_at is null and trust_ended_at is null) as users,
         (select count(*)::integer from oidc_models where network is null) as models,
         (select count(*)::integer from familiar_browsers) as browsers`,
    );
    expect(counts).to.deep.equal({ users: 2, models: 1, browsers: 2 });
    const grace =
      "select (settings -> 'refreshGraceSeconds')::integer as grace from applications order by id";
    expect(await cluster.sql("filled", grace)).to.deep.equal([{ grace: null }, { grace: 30 }]);
  });

  it("can be taken back and made again", async () => {
    await downgrade();
    const [counts] = await cluster.sql(
      "filled",
      "select (select count(*)::integer from reset_requests) as requests, (select count(*)::integer from users) as users",
    );
    expect(counts).to.deep.equal({ requests: 1, users: 2 });
    expect(await upgrade()).to.include("018_proved_mail.ts");
  });
});

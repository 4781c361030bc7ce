import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** Which worker has claimed a webhook, so that others see when it is gone. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The number of the mark of its worker. Null: it has none, and the claim lasts until its end.
    alter table webhooks add column claimed_by integer;
    create index webhooks_claimed on webhooks (claimed_by) where claimed_until is not null;
    -- It has one more argument now.
    drop function if exists claim_webhooks(integer, integer, double precision);
    delete from sql_functions where name = 'claim_webhooks';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Older sources have claim_webhooks with other arguments as a file.
    ${dropFunctions("claim_webhooks", "gone_webhook_workers")}
    drop index webhooks_claimed;
    alter table webhooks drop column claimed_by;
  `);
}

import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** When the claim of a webhook began. A short one is renewed while a worker serves the webhook, by a function of its own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Of the last claim. Null: there was none.
    alter table webhooks add column claimed_at timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("renew_webhooks")}
    alter table webhooks drop column claimed_at;
  `);
}

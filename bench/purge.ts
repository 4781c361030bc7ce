import { composeServices } from "../src/server/wiring/services.ts";
import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { OidcModelStore } from "../src/protocol/models/oidc-model-store.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { asOwner } from "./as-owner.ts";
import { addTokens, TOKENS } from "./fill-tokens.ts";
import { quantile } from "./figures.ts";
import type { Options } from "./options.ts";
import { newInstallation } from "./servers.ts";
import { table, tenths, whole } from "./table.ts";

/** One of ten is over already. */
const EXPIRED_PART = 10;
/** What housekeeping removes at once, and how often in a round of half a minute at most. */
const BATCH = 2_000;
const BATCHES = 25;

/** How fast expired tokens go while many others are stored. Answers the table. */
export async function purging({ scale }: Options): Promise<string> {
  const tokens = Math.round(TOKENS * scale);
  await using installation = await newInstallation();
  const services = await composeServices(readSettings(installation.environment));
  try {
    const bytes = await fill(installation.dataDir, tokens);
    const store = new OidcModelStore(services.database, 1_000);
    const times: number[] = [];
    const batches = Math.min(BATCHES, Math.floor(tokens / EXPIRED_PART / BATCH));
    for (let batch = 0; batch < batches; batch += 1) {
      const began = performance.now();
      await store.purge(BATCH);
      times.push(performance.now() - began);
    }
    const sum = times.reduce((all, time) => all + time, 0);
    const rate = (batches * BATCH * 1000) / sum;
    return table(
      ["tokens stored", "GB on the disk", "removed in a second", "a batch of 2,000: p50 ms", "p95 ms"],
      [
        [
          String(tokens),
          tenths(bytes / 1e9),
          whole(rate),
          tenths(quantile(times, 0.5)),
          tenths(quantile(times, 0.95)),
        ],
      ],
    );
  } finally {
    await services.close();
  }
}

/** Answers the size of the table with its indexes. */
async function fill(dataDir: string, tokens: number): Promise<number> {
  const embedded = await openEmbeddedDatabase({ dataDir, log: () => undefined });
  try {
    return await asOwner(embedded.ownerUrl, async (owner) => {
      await addTokens(owner, tokens);
      await owner.query("vacuum (analyze) oidc_models");
      await owner.query("checkpoint");
      const { rows } = await owner.query<{ size: string }>(
        "select pg_total_relation_size('oidc_models')::text as size",
      );
      return Number(rows[0]?.size);
    });
  } finally {
    await embedded.close();
  }
}

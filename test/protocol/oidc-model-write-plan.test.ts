import { expect } from "chai";
import { Client } from "pg";
import { contentOf } from "../../src/protocol/models/oidc-model-batch.ts";
import type { Batch } from "../../src/protocol/models/oidc-model.ts";
import { writeStatement } from "../../src/protocol/models/oidc-model-statements.ts";
import { asOwner } from "../support/database.ts";
import { startServices } from "../support/vestibule.ts";

const key = { home: 0, kind: 5, id: "aa" } as const;
const CROWD = {
  kind: 2,
  home: 0,
  id: "bb",
  payload: {},
  expiresAt: new Date(),
  exists: false,
  network: { key: "cc", times: 1 },
} as const;
const row = (exists: boolean) => ({ ...key, payload: {}, expiresAt: new Date(), exists });
const NOTHING: Batch = { save: [], consume: [], destroy: [], revokeGrants: [], signedOut: [] };
const BATCHES: Readonly<Record<string, Batch>> = {
  "a refresh": { ...NOTHING, consume: [key], save: [row(false)] },
  "a sign-in that begins": { ...NOTHING, save: [CROWD] },
  "a changed session": { ...NOTHING, save: [row(true)] },
  everything: {
    ...NOTHING,
    save: [row(true), row(false), CROWD],
    consume: [key],
    destroy: [key],
    revokeGrants: ["g1"],
  },
};

describe("the statement that stores what requests have changed", () => {
  let client: Client;
  let stop: () => Promise<void>;
  before(async () => {
    const { database, stop: end } = await startServices();
    stop = end;
    client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    await asOwner(
      database,
      `insert into oidc_models (home, kind, id, payload, grant_id, saved_at, expires_at)
       select n, 5, decode(md5(n::text), 'hex'), '{}', 'g' || n / 4, now(), now() + interval '1 day'
       from generate_series(1, 20000) n`,
    );
  });
  after(async () => {
    await client.end();
    await stop();
  });

  for (const [what, batch] of Object.entries(BATCHES)) {
    it(`reads no table whole for ${what}, also one of a size at which the planner would`, async () => {
      const { statement, lists } = writeStatement(contentOf([batch, batch], 1_000));
      const { name, text } = statement;
      const types = ["timestamptz", "integer[]", ...lists.map(() => "json")];
      const values = ["now()", "'{1,1}'", ...lists.map((list) => `'${list}'`)];
      await client.query(`prepare ${name} (${types.join(", ")}) as ${text}`);
      for (const mode of ["force_custom_plan", "force_generic_plan"]) {
        await client.query(`set plan_cache_mode = ${mode}`);
        const { rows } = await client.query<{ "QUERY PLAN": string }>(
          `explain execute ${name} (${values.join(", ")})`,
        );
        const plan = rows.map((line) => line["QUERY PLAN"]).join("\n");
        expect(plan, mode)
          .to.match(/Index/)
          .and.not.match(/Seq Scan on oidc_models/);
      }
    });
  }
});

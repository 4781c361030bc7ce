import { expect } from "chai";
import type { Database } from "../../../src/platform/database/database.ts";
import { IMPORTANT, OverviewStore } from "../../../src/domain/offices/overview-store.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

/** The values that a piece of SQL names: types of events, and an outcome. */
const namesIn = (sql = ""): string[] =>
  [...sql.matchAll(/'([a-z.-]+)'/g)].map(([, name = ""]) => name).sort();

describe("the events that a superuser should know of", () => {
  const started = useServices();

  it("are those of the index made for them, so that a long log is never read through", async () => {
    const [index] = await asOwner<{ indexdef: string }>(
      started.database,
      "select indexdef from pg_indexes where indexname = 'audit_events_important'",
    );
    expect(namesIn(IMPORTANT)).to.have.length(10).and.deep.equal(namesIn(index?.indexdef));
  });

  it("are found by that index, also in the long log of an office that has none of them", async () => {
    const { services, database } = started;
    const [quiet, loud] = [await makeOffice(services), await makeOffice(services)];
    // A commit that is written at once: before that, no vacuum counts a page as one that all may see, and the planner avoids the index.
    await asOwner(
      database,
      `with written as materialized (select set_config('synchronous_commit', 'on', true))
       insert into audit_events (home, at, office_id, type, outcome, actor)
       select home_of(case when n % 2 = 0 then $1::uuid else $2 end), now(), case when n % 2 = 0 then $1::uuid else $2 end,
         case when n % 2 = 1 then 'code.blocked' else 'sign-in' end, 'ok', 'test' from written, generate_series(1, 20000) n`,
      [quiet.id, loud.id],
    );
    await asOwner(database, "vacuum (analyze) audit_events");
    const plans: string[] = [];
    const inOffice: Database["inOffice"] = (id, work) =>
      services.database.inOffice(id, (tx) =>
        work({
          query: async (statement, values) => {
            if (statement.name === "overview_events") {
              const text = `explain ${statement.text}`;
              const rows = await tx.query<Record<string, string>>({ name: "explain", text }, values);
              plans.push(...rows.map((row) => row["QUERY PLAN"] ?? ""));
            }
            return tx.query(statement, values);
          },
        }),
      );
    const smsCounter = () => ({ scope: "sms-office", key: Buffer.alloc(32) }) as const;
    const parts = {
      database: { ...services.database, inOffice },
      frozenFrom: 50,
      smsCounter,
    };
    await new OverviewStore(parts).find(quiet.id);
    expect(plans.join("\n")).to.contain("Index Only Scan using audit_events_important");
  });

  it("have words on the overview, each of them", () => {
    expect(catalogueOf("en")).to.include.keys(
      namesIn(IMPORTANT).map((name) => `console.overview.event.${name}`),
    );
  });
});

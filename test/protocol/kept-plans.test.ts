import { expect } from "chai";
import { tokensFor, introspect, refresh, userinfo } from "../support/tokens.ts";
import { BY_HAND } from "../support/outbox.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** PostgreSQL plans a statement anew for its first five executions, and from then on only when that promises to pay. */
const PLANNED_ANEW = 5;
const TIMES = 20;
const ROUNDS = 10;

interface Prepared {
  readonly name: string;
  readonly custom: number;
  readonly generic: number;
}

describe("the plans of a request by a program", () => {
  const vestibule = useVestibule({ settings: BY_HAND, user: {}, application: {} });

  it("are made once for each connection", async () => {
    const { application, user, services } = vestibule;
    const { access, refresh: token } = await tokensFor(vestibule.browser(), application, user);
    const work = async () => {
      for (let time = 0; time < TIMES; time += 1) {
        await userinfo(vestibule.browser(), access);
        await introspect(vestibule.browser(), application, access);
        await refresh(vestibule.browser(), application, token);
      }
    };
    /** Of the connection that answers. */
    const planned = async () => {
      const prepared = await services.database.query<Prepared>({
        name: "prepared",
        text: `select name, custom_plans::integer as custom, generic_plans::integer as generic from pg_prepared_statements
               where name like 'oidc%'`,
      });
      return prepared.filter(({ custom, generic }) => custom + generic > 2 * PLANNED_ANEW);
    };
    let often = await planned();
    // The work may have gone to another connection.
    for (let round = 0; round < ROUNDS && !often.some(({ name }) => name === "oidc_find"); round += 1) {
      await work();
      often = await planned();
    }
    expect(often.map(({ name }) => name)).to.include("oidc_find");
    expect(often.filter(({ custom }) => custom > PLANNED_ANEW)).to.deep.equal([]);
  });
});

import { expect } from "chai";
import { setTimeout } from "node:timers/promises";
import type { Database, Queryable } from "../../../src/platform/database/database.ts";
import { composeDomain } from "../../../src/server/wiring/services.ts";
import { stranger } from "../../support/flood.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("links that are asked for at the same moment", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, user: { mail: "once@mail.example" } });

  /** How many of three are at work at the same moment, when each takes its time. */
  const atWork = async (officeCode: string, username: string): Promise<number> => {
    const { services } = vestibule;
    let [now, most] = [0, 0];
    const slow = (tx: Queryable): Queryable => ({
      query: async (statement, values) => {
        if (statement.name !== "audit_add") {
          return tx.query(statement, values);
        }
        now += 1;
        most = Math.max(most, now);
        await setTimeout(100);
        now -= 1;
        return tx.query(statement, values);
      },
    });
    const database: Database = {
      ...services.database,
      inOffice: (officeId, work) => services.database.inOffice(officeId, (tx) => work(slow(tx))),
      transaction: (work) => services.database.transaction((tx) => work(slow(tx))),
    };
    const { passwordLinks } = composeDomain({ ...services, database }).links;
    const ask = () => passwordLinks.ask({ officeCode, username, applicationId: null, visitor: stranger() });
    await Promise.all([ask(), ask(), ask()]);
    return most;
  };

  it("T6 wait for each other, whether there is such a user or not: otherwise the time of the last would tell", async () => {
    const { office, user } = vestibule;
    expect({
      known: await atWork(office.code, user.username),
      "unknown user": await atWork(office.code, "no.such.user"),
      "unknown office": await atWork("NOWHERE", user.username),
    }).to.deep.equal({ known: 1, "unknown user": 1, "unknown office": 1 });
  });
});

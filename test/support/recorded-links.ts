import { composeDomain } from "../../src/server/wiring/services.ts";
import type { Database, Queryable } from "../../src/platform/database/database.ts";
import type { PasswordLinks } from "../../src/domain/credentials/password-links.ts";
import type { TestVestibule } from "./vestibule.ts";

/** The links of a Vestibule over a database that writes down which statements it is sent. */
export function recordedLinks({ services }: TestVestibule): { links: PasswordLinks; seen: string[] } {
  const seen: string[] = [];
  const noting = (queryable: Queryable): Queryable => ({
    query: (statement, values) => {
      seen.push(statement.name);
      return queryable.query(statement, values);
    },
  });
  const { database } = services;
  const recording: Database = {
    ...database,
    ...noting(database),
    inOffice: (officeId, work) => {
      seen.push("begin");
      return database.inOffice(officeId, (tx) => work(noting(tx)));
    },
    transaction: (work) => {
      seen.push("begin");
      return database.transaction((tx) => work(noting(tx)));
    },
  };
  return { links: composeDomain({ ...services, database: recording }).links.passwordLinks, seen };
}

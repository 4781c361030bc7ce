import { composeLinkBase, composeLinks } from "../../src/server/wiring/compose-links.ts";
import type { Database, Queryable } from "../../src/platform/database/database.ts";
import { OfficeStore } from "../../src/domain/offices/office-store.ts";
import type { PasswordLinks } from "../../src/domain/credentials/password-links.ts";
import { UserStore } from "../../src/domain/users/user-store.ts";
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
  const stores = { users: new UserStore(recording), offices: new OfficeStore(recording) };
  const parts = { ...services, ...stores, database: recording };
  return { links: composeLinks(parts, composeLinkBase(parts)).passwordLinks, seen };
}
